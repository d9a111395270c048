import { schemas } from "@servable/protos/text-schema";
import { copyDamage } from "../../files/copy-damage.ts";
import { readWholeFile } from "../../files/model-file-system.ts";
import { readGraph } from "../../graph/graph-def.ts";
import { endsAsTable } from "../../table/sorted-table.ts";
import { beginsAsTfRecord } from "../../warmup/tf-record.ts";
import { decodeMessage } from "../../wire/decode-message.ts";
import { WireError } from "../../wire/wire-reader.ts";
import type { VersionContext } from "../version-context.ts";

/** Whether bytes read as a GraphDef with nodes: a frozen graph that was renamed. */
function isGraphDef(bytes: Uint8Array): boolean {
  try {
    return readGraph(bytes).nodes.some(({ name, op }) => name !== "" && /^[A-Za-z_][A-Za-z0-9_>]*$/.test(op));
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}

/** Whether bytes read as a MetaGraphDef that says what wrote it. */
function isMetaGraph(bytes: Uint8Array): boolean {
  try {
    const info = decodeMessage(bytes, "tensorflow.MetaGraphDef", schemas, { asBytes: GRAPHS })[
      "meta_info_def"
    ];
    return info !== undefined && ("tags" in (info as object) || "tensorflow_version" in (info as object));
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}

const GRAPHS: ReadonlySet<string> = new Set(["tensorflow.GraphDef", "tensorflow.SavedObjectGraph"]);

/** Largest file that is read whole only to name what it is. */
const SMALL = 64 << 20;

/** What lies there instead, and what to do about it where that is not to export again. */
interface Instead {
  readonly message: string;
  readonly help?: string;
}

export function recognise(context: VersionContext, name: string): Instead | undefined {
  const known = context.sniff(name);
  const holds = (what: string, mend?: string): Instead => ({
    message: `${name} holds ${what}`,
    ...(mend === undefined ? {} : { help: `The load fails. ${mend}` }),
  });
  if (known?.sure === true) return holds(known.what, known.mend);
  const size = context.stat(name);
  if (size.ok && size.value.size <= SMALL) {
    const bytes = readWholeFile(context.fs, context.file(name));
    if (isGraphDef(bytes))
      return holds(
        "a bare GraphDef (a frozen graph)",
        "Import the graph and export a SavedModel with signatures (tf.compat.v1.saved_model.simple_save).",
      );
    if (isMetaGraph(bytes))
      return holds("a bare MetaGraphDef", "Export a SavedModel, which holds meta graphs with their tags.");
    if (endsAsTable(bytes)) return holds("a table as variables.index is one");
    if (beginsAsTfRecord(bytes)) return holds("TFRecords");
    const damage = known === undefined || !/text/.test(known.what) ? copyDamage(bytes) : undefined;
    if (damage !== undefined) return { message: `${name} ${damage.what}`, help: damage.mend };
  }
  return known === undefined ? undefined : holds(known.what);
}

/** For the text form only what is no text at all is worth a name: the parser's own reason is better otherwise. */
export function recogniseText(context: VersionContext, name: string): Instead | undefined {
  const known = context.sniff(name);
  if (known === undefined || /plain text|of a SavedModel/.test(known.what)) return undefined;
  return {
    message: `${name} holds ${known.what}`,
    ...(known.mend === undefined ? {} : { help: `The load fails. ${known.mend}` }),
  };
}

/** Whether a file is a frozen graph. */
export function holdsGraph(context: VersionContext, name: string): boolean {
  const stat = context.stat(name);
  if (!stat.ok || stat.value.kind !== "file" || stat.value.size > SMALL) return false;
  return isGraphDef(readWholeFile(context.fs, context.file(name)));
}
