import { showShape } from "@servable/tensors";
import type { VariableEntry } from "../variables/bundle-entry.ts";
import { nameOfSliceKey } from "../variables/slice-key.ts";
import type { VersionChange } from "./version-change.ts";

interface Variable {
  readonly entry: VariableEntry;
  /** Checksum of the values; for a partitioned variable of all its slices. */
  readonly checksum: string;
}

const dtypeName = ({ dtype, unknownDtype }: VariableEntry): string =>
  unknownDtype === undefined ? dtype : `DT_${unknownDtype}`;
const typeOf = (entry: VariableEntry): string => `${dtypeName(entry)} ${showShape(entry.shape)}`;

/** Variables by name; the object graph, which is no variable, and single slices are left out. */
function variablesOf(entries: readonly VariableEntry[]): Map<string, Variable> {
  const slices = new Map<string, string[]>();
  for (const { keyHex, keyBytes, crc32c } of entries) {
    const name = keyHex === undefined ? undefined : nameOfSliceKey(keyBytes);
    if (name === undefined) continue;
    const key = new TextDecoder().decode(name);
    slices.set(key, [...(slices.get(key) ?? []), `${keyHex} ${crc32c}`]);
  }
  const variables = new Map<string, Variable>();
  for (const entry of entries) {
    const { key, keyHex, crc32c } = entry;
    if (keyHex !== undefined || key === "_CHECKPOINTABLE_OBJECT_GRAPH") continue;
    const checksum = entry.slices.length === 0 ? String(crc32c) : (slices.get(key) ?? []).join();
    variables.set(key, { entry, checksum });
  }
  return variables;
}

const bytesOf = (entries: readonly VariableEntry[]): number =>
  entries.reduce((sum, { size, slices }) => sum + (slices.length === 0 ? Number(size) : 0), 0);

/** What changes in the variables: nobody calls them, so nothing breaks. */
export function* diffVariables(
  a: readonly VariableEntry[],
  b: readonly VariableEntry[],
): Generator<VersionChange> {
  const note = (subject: string, message: string): VersionChange => ({
    effect: "note",
    area: "variable",
    subject,
    message,
  });
  const before = variablesOf(a);
  const after = variablesOf(b);
  let changed = 0;
  for (const [key, { entry, checksum }] of before) {
    const now = after.get(key);
    if (now === undefined) yield note(key, `variable is gone (${typeOf(entry)})`);
    else if (typeOf(now.entry) !== typeOf(entry))
      yield note(key, `variable was ${typeOf(entry)} and is ${typeOf(now.entry)}`);
    else if (now.checksum !== checksum) changed++;
  }
  for (const [key, { entry }] of after)
    if (!before.has(key)) yield note(key, `variable is new (${typeOf(entry)})`);
  if (changed > 0)
    yield note(
      "values",
      `${changed} of ${after.size} variable${after.size === 1 ? " has" : "s have"} other values`,
    );
  const [from, to] = [bytesOf(a), bytesOf(b)];
  if (from !== to)
    yield note(
      "size",
      `variables had ${from} bytes and have ${to}; during a swap both versions are in memory`,
    );
}
