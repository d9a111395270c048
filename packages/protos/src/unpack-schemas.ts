import type { EnumSchema, FieldSchema, MessageSchema, SchemaSet } from "@servable/text-proto";

/** `[name, number, type, flags?, oneof?]`; flags: m message, e enum, r repeated, p packed, k map, d deprecated, o optional. */
export type PackedField = readonly (string | number)[];

/** The generated form of the schemas: small in the bundle, turned into objects message by message when asked for. */
export interface PackedSchemas {
  /** Full name to `[fields, reserved names?]`; the second of a map entry is `["/"]`. */
  readonly messages: Readonly<Record<string, readonly (readonly (PackedField | string)[])[]>>;
  /** Full name to `[values by name, 1 if closed]`. */
  readonly enums: Readonly<Record<string, readonly (Readonly<Record<string, number>> | number)[]>>;
}

function unpackField([name, number, type, flags, oneof]: PackedField): FieldSchema {
  const has = (flag: string): boolean => typeof flags === "string" && flags.includes(flag);
  return {
    name: String(name),
    number: Number(number),
    type: String(type),
    kind: has("m") ? "message" : has("e") ? "enum" : "scalar",
    ...(has("r") ? { repeated: true as const } : {}),
    ...(has("p") ? { packed: true as const } : {}),
    ...(has("k") ? { map: true as const } : {}),
    ...(has("d") ? { deprecated: true as const } : {}),
    ...(has("o") ? { presence: true as const } : {}),
    ...(typeof oneof === "string" ? { oneof } : {}),
  };
}

/**
 * An object whose properties are made when first read, each from the first layer that has it; listing the names reads all
 * layers, asking for one only as many as it takes.
 */
function lazily<Packed, Unpacked>(
  layers: readonly (() => Readonly<Record<string, Packed>>)[],
  unpack: (name: string, entry: Packed) => Unpacked,
): Readonly<Record<string, Unpacked>> {
  const made: Record<string, Unpacked> = {};
  const find = (name: string | symbol): void => {
    if (typeof name === "symbol" || Object.hasOwn(made, name)) return;
    const layer = layers.find((open) => Object.hasOwn(open(), name))?.();
    if (layer !== undefined)
      Object.defineProperty(made, name, {
        configurable: true,
        enumerable: true,
        value: unpack(name, layer[name] as Packed),
      });
  };
  return new Proxy(made, {
    get(target, name) {
      find(name);
      return Reflect.get(target, name);
    },
    has(target, name) {
      find(name);
      return Reflect.has(target, name);
    },
    getOwnPropertyDescriptor(target, name) {
      find(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    ownKeys: () => [...new Set(layers.flatMap((open) => Object.keys(open())))].sort(),
  });
}

/** The schemas of the layers together; where several have a name, the first of them holds. */
export function unpackSchemas(layers: readonly (() => PackedSchemas)[]): SchemaSet {
  return {
    messages: lazily(
      layers.map((open) => () => open().messages),
      (name, [fields, reserved]): MessageSchema => {
        const schema = { name, fields: (fields as readonly PackedField[]).map(unpackField) };
        if (reserved?.[0] === "/") return { ...schema, mapEntry: true };
        return reserved === undefined ? schema : { ...schema, reservedNames: reserved as readonly string[] };
      },
    ),
    enums: lazily(
      layers.map((open) => () => open().enums),
      (name, [values, closed]): EnumSchema => {
        const schema = { name, values: values as Readonly<Record<string, number>> };
        return closed === 1 ? { ...schema, closed: true } : schema;
      },
    ),
  };
}
