import { showShape } from "@servable/tensors";
import { listVariables, type StoredVariable } from "../variables/list-variables.ts";
import type { VariablesIndex } from "../variables/variables-index.ts";
import type { VersionChange } from "./version-change.ts";

const typeOf = ({ entry: { dtype, unknownDtype }, shape }: StoredVariable): string =>
  `${unknownDtype === undefined ? dtype : `DT_${unknownDtype}`} ${showShape(shape)}`;

/** Checksum of the values; of a partitioned variable those of all its slices. */
const checksumOf = ({ entries }: StoredVariable): string =>
  entries.map(({ key, crc32c }) => `${key} ${crc32c}`).join();

const bytesOf = (variables: readonly StoredVariable[]): number =>
  variables.reduce((sum, { byteSize }) => sum + byteSize, 0);

/** What changes in the variables: nobody calls them, so nothing breaks. */
export function* diffVariables(
  a: VariablesIndex | undefined,
  b: VariablesIndex | undefined,
): Generator<VersionChange> {
  const note = (subject: string, message: string): VersionChange => ({
    effect: "note",
    area: "variable",
    subject,
    message,
  });
  const [all, now] = [a, b].map((index) => (index === undefined ? [] : listVariables(index))) as [
    readonly StoredVariable[],
    readonly StoredVariable[],
  ];
  const before = new Map(all.map((variable) => [variable.key, variable]));
  const after = new Map(now.map((variable) => [variable.key, variable]));
  let changed = 0;
  for (const [key, variable] of before) {
    const other = after.get(key);
    if (other === undefined) yield note(key, `variable is gone (${typeOf(variable)})`);
    else if (typeOf(other) !== typeOf(variable))
      yield note(key, `variable was ${typeOf(variable)} and is ${typeOf(other)}`);
    else if (checksumOf(other) !== checksumOf(variable)) changed++;
  }
  for (const [key, variable] of after)
    if (!before.has(key)) yield note(key, `variable is new (${typeOf(variable)})`);
  if (changed > 0)
    yield note(
      "values",
      `${changed} of ${after.size} variable${after.size === 1 ? " has" : "s have"} other values`,
    );
  const [from, to] = [bytesOf(all), bytesOf(now)];
  if (from !== to)
    yield note(
      "size",
      `variables had ${from} bytes and have ${to}; during a swap both versions are in memory`,
    );
}
