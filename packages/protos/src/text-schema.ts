import type { SchemaSet } from "@servable/text-proto";
import { json as usualJson } from "./generated/text-schema.ts";
import { json as restJson } from "./generated/text-schema-any.ts";
import { additions } from "./newer-fields.ts";
import { type PackedSchemas, unpackSchemas } from "./unpack-schemas.ts";

export { fieldsSince } from "./newer-fields.ts";

let usual: PackedSchemas | undefined;
let rest: PackedSchemas | undefined;
/** The usual messages first: a file without Any needs no more. */
const layers: readonly (() => PackedSchemas)[] = [
  () => (usual ??= JSON.parse(usualJson) as PackedSchemas),
  () => (rest ??= JSON.parse(restJson) as PackedSchemas),
];

/**
 * Messages of TensorFlow Serving 2.17.1 for the text format: the configuration messages, and all others that the model
 * server links and that a text may therefore name inside a `google.protobuf.Any`.
 */
export const schemas: SchemaSet = /* @__PURE__ */ unpackSchemas(layers);

const numbers = (version: string): number[] => version.split(".").map(Number);

/** Whether version `a` is `b` or later, by the first three numbers. */
function isFrom(a: string, b: string): boolean {
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const packedMessage = (name: string): PackedSchemas["messages"][string] | undefined =>
  layers.find((open) => Object.hasOwn(open().messages, name))?.().messages[name];

const newer = new Map<string, SchemaSet>();

/**
 * The schemas for a version of TensorFlow Serving such as `2.20.0`: {@link schemas}, and from 2.19 on the fields that were
 * added since. Fields that an older version lacks are still there: {@link fieldsSince} tells.
 */
export function schemasFor(version: string): SchemaSet {
  const added = additions.filter(({ since }) => isFrom(version, since));
  const last = added.at(-1)?.since;
  if (last === undefined) return schemas;
  let set = newer.get(last);
  if (set === undefined) {
    const messages: Record<string, PackedSchemas["messages"][string]> = {};
    for (const addition of added) {
      Object.assign(messages, addition.messages);
      for (const [name, [fields = []]] of Object.entries(addition.fields)) {
        const [old = [], ...more] = messages[name] ?? packedMessage(name) ?? [];
        messages[name] = [[...old, ...fields], ...more];
      }
    }
    set = unpackSchemas([() => ({ messages, enums: {} }), ...layers]);
    newer.set(last, set);
  }
  return set;
}
