import protobuf from "protobufjs";
import type { Area } from "./areas.ts";

const fullName = (object: protobuf.ReflectionObject): string => object.fullName.slice(1);

/** Full names of the roots of an area, and of every message and enum that their fields hold. */
function heldTypes(root: protobuf.Root, area: Area): ReadonlySet<string> {
  const held = new Set(area.roots);
  for (const name of held) {
    const object = root.lookupTypeOrEnum(name);
    if (!(object instanceof protobuf.Type)) continue;
    for (const field of object.fieldsArray) {
      const path = `${name}.${field.name}`;
      if (field.resolvedType && !Object.hasOwn(area.asBytes, path) && !Object.hasOwn(area.without, path))
        held.add(fullName(field.resolvedType));
    }
  }
  return held;
}

/** A type or namespace of a protobufjs descriptor. */
interface Node {
  fields?: Record<string, { type: string }>;
  oneofs?: Record<string, { oneof: string[] }>;
  nested?: Record<string, Node>;
  reserved?: unknown;
  values?: unknown;
}

function pruned(node: Node, name: string, area: Area, held: ReadonlySet<string>): Node | undefined {
  const nested = Object.fromEntries(
    Object.entries(node.nested ?? {}).flatMap(([key, child]) => {
      const kept = pruned(child, name === "" ? key : `${name}.${key}`, area, held);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
  const rest = Object.keys(nested).length === 0 ? {} : { nested };
  if (!held.has(name)) return rest.nested === undefined ? undefined : rest;
  // What is reserved keeps writers of .proto files from mistakes; readers of messages do without.
  const { nested: _, reserved: __, ...own } = node;
  if (own.fields === undefined) return { ...own, ...rest };
  const keeps = (field: string): boolean => !Object.hasOwn(area.without, `${name}.${field}`);
  const fields = Object.fromEntries(
    Object.entries(own.fields)
      .filter(([field]) => keeps(field))
      .map(([field, spec]) => [
        field,
        Object.hasOwn(area.asBytes, `${name}.${field}`) ? { ...spec, type: "bytes" } : spec,
      ]),
  );
  const oneofs = Object.entries(own.oneofs ?? {})
    .map(([key, { oneof }]) => [key, { oneof: oneof.filter(keeps) }] as const)
    .filter(([, { oneof }]) => oneof.length > 0);
  const { oneofs: ___, ...plain } = own;
  return {
    ...plain,
    ...(oneofs.length === 0 ? {} : { oneofs: Object.fromEntries(oneofs) }),
    fields,
    ...rest,
  };
}

/** The descriptor of an area, out of a root that holds all messages. @throws Error for a name that is none */
export function areaDescriptor(root: protobuf.Root, area: Area): unknown {
  for (const path of [...Object.keys(area.asBytes), ...Object.keys(area.without)]) {
    const dot = path.lastIndexOf(".");
    if (root.lookupType(path.slice(0, dot)).fields[path.slice(dot + 1)] === undefined)
      throw new Error(`no field ${path}`);
  }
  return pruned(root.toJSON() as unknown as Node, "", area, heldTypes(root, area));
}
