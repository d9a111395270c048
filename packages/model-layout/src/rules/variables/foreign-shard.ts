import { copyDamage } from "../../files/copy-damage.ts";
import { readWholeFile } from "../../files/model-file-system.ts";
import type { VariableEntry } from "../../variables/bundle-entry.ts";
import type { VariablesIndex } from "../../variables/variables-index.ts";
import type { VersionContext } from "../version-context.ts";

/** Why a data file whose size or checksums do not fit is not what was exported. */
export interface ForeignShard {
  /** As the end of "the data file …". */
  readonly what: string;
  readonly mend: string;
}

/** Largest data file that is read whole only to say what a copy did to it. */
const SMALL = 64 << 20;

/** How many bytes the index wants of each shard. */
export function shardEnds(index: VariablesIndex): Map<number, number> {
  const ends = new Map<number, number>();
  for (const { shard, slices, offset, size } of index.entries) {
    if (slices.length > 0) continue;
    const end = Number(offset) + Number(size);
    ends.set(shard, Math.max(ends.get(shard) ?? 0, end));
  }
  return ends;
}

/**
 * What a data file holds instead of tensors, judged by its first bytes: asked only of a file that has not the size that
 * the index wants, since tensors may begin with any bytes.
 */
export function foreignShard(context: VersionContext, name: string): ForeignShard | undefined {
  const known = context.sniff(`variables/${name}`);
  if (known?.sure !== true) return undefined;
  return {
    what: `holds ${known.what}`,
    mend: known.mend ?? "Copy the file again.",
  };
}

/** {@link foreignShard} of a file in which these tensors failed their checksums: what a copy may have done to it counts too. */
export function damagedShard(
  context: VersionContext,
  name: string,
  failed: readonly VariableEntry[],
): ForeignShard | undefined {
  const foreign = foreignShard(context, name);
  if (foreign !== undefined) return foreign;
  const stat = context.stat(`variables/${name}`);
  if (!stat.ok || stat.value.size > SMALL) return undefined;
  const damage = copyDamage(readWholeFile(context.fs, context.file("variables", name)));
  if (damage?.range === undefined) return damage;
  // Tensors may well be zero: the zeros must be where the checksums failed.
  const [from, to] = damage.range;
  const hit = failed.every(({ offset, size }) => Number(offset) < to && Number(offset) + Number(size) > from);
  return hit ? damage : undefined;
}
