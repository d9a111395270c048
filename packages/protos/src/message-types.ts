import type { FieldSchema } from "@servable/text-proto";
import type protobuf from "protobufjs/light.js";
import { withExactIntegers } from "./exact-integers.ts";
import { schemas } from "./text-schema.ts";

/** A namespace, message or enum as protobufjs reads it from JSON. */
interface Node {
  nested?: Record<string, Node>;
  fields?: Record<string, object>;
  oneofs?: Record<string, { oneof: string[] }>;
  values?: Readonly<Record<string, number>>;
}

/**
 * These messages of {@link schemas}, with everything that their fields hold, as protobufjs types: to read and write them
 * whole by reflection, where speed does not matter. Field names as in the .proto files (snake_case); 64-bit integers
 * come out as `Long`.
 * @throws Error for a name that is no message's
 */
export function messageRoot(names: Iterable<string>): protobuf.Root {
  const tree: Node = {};
  const wanted = new Set(names);
  for (const name of wanted) {
    const node = nodeAt(tree, name);
    const values = schemas.enums[name]?.values;
    if (values !== undefined) {
      node.values = values;
      continue;
    }
    const message = schemas.messages[name];
    if (message === undefined) throw new Error(`no message ${name}`);
    node.fields = {};
    for (const field of message.fields) {
      const held = field.map === true ? entryField(field, 2) : field;
      if (held.kind !== "scalar") wanted.add(held.type);
      node.fields[field.name] = descriptorOf(field, held);
      if (field.oneof === undefined) continue;
      node.oneofs ??= {};
      node.oneofs[field.oneof] ??= { oneof: [] };
      node.oneofs[field.oneof]?.oneof.push(field.name);
    }
  }
  const root = withExactIntegers().Root.fromJSON(tree as protobuf.INamespace);
  root.resolveAll();
  return root;
}

const types = new Map<string, protobuf.Type>();

/** One message of {@link messageRoot}, made once. @throws Error for a name that is no message's */
export function messageType(name: string): protobuf.Type {
  let type = types.get(name);
  if (type === undefined) {
    type = messageRoot([name]).lookupType(name);
    types.set(name, type);
  }
  return type;
}

function nodeAt(tree: Node, name: string): Node {
  let node = tree;
  for (const part of name.split(".")) {
    node.nested ??= {};
    node = node.nested[part] ??= {};
  }
  return node;
}

function entryField(map: FieldSchema, number: 1 | 2): FieldSchema {
  const field = schemas.messages[map.type]?.fields.find((each) => each.number === number);
  if (field === undefined) throw new Error(`no field ${number} in ${map.type}`);
  return field;
}

/** A field, of a map with the field that its values are. */
function descriptorOf(field: FieldSchema, held: FieldSchema): object {
  // With a dot before it a name is searched from the root only.
  const type = held.kind === "scalar" ? held.type : `.${held.type}`;
  if (field.map === true) return { id: field.number, type, keyType: entryField(field, 1).type };
  if (field.repeated !== true) return { id: field.number, type };
  return { id: field.number, type, rule: "repeated", options: { packed: field.packed === true } };
}
