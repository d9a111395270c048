/** Makes `src/generated/*` from `proto/`: the schema of every message. `--check` writes nothing and exits 1 on drift. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";

const here = import.meta.dirname;
const check = process.argv.includes("--check");
let drift = false;

function write(name: string, text: string): void {
  const path = join(here, "../src/generated", name);
  let old = "";
  try {
    old = readFileSync(path, "utf8");
  } catch {
    // first time
  }
  if (old === text) return;
  drift = true;
  if (check) console.error(`${name} is not up to date: run npm run generate`);
  else writeFileSync(path, text);
}

function load(...folders: string[]): protobuf.Root {
  const root = new protobuf.Root();
  for (const folder of folders) {
    const path = join(here, "../proto", folder);
    for (const file of readdirSync(path)
      .filter((name) => name.endsWith(".proto"))
      .sort()) {
      protobuf.parse(readFileSync(join(path, file), "utf8"), root, { keepCase: true });
    }
  }
  root.resolveAll();
  return root;
}

const fullName = (object: protobuf.ReflectionObject): string => object.fullName.replace(/^\./, "");

/** A field as `[name, number, type, flags?, oneof?]`; flags as `unpack-schemas.ts` reads them. */
type PackedField = [name: string, number: number, type: string, flags?: string, oneof?: string];

const entryName = (field: protobuf.Field): string =>
  field.name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase()).concat("Entry");

function packField(field: protobuf.Field): PackedField {
  const map = field instanceof protobuf.MapField;
  const resolved = field.resolvedType;
  const type = map
    ? `${fullName(field.parent!)}.${entryName(field)}`
    : resolved
      ? fullName(resolved)
      : field.type;
  const message = map || resolved instanceof protobuf.Type;
  const enumeration = !map && resolved instanceof protobuf.Enum;
  const synthetic = field.options?.["proto3_optional"] === true;
  const presence = !map && !field.repeated && !message && !field.partOf && field.hasPresence;
  const flags = [
    message ? "m" : enumeration ? "e" : "",
    field.repeated || map ? "r" : "",
    field.repeated && !message && type !== "string" && type !== "bytes" && field.packed ? "p" : "",
    map ? "k" : "",
    field.options?.["deprecated"] === true ? "d" : "",
    presence || synthetic ? "o" : "",
  ].join("");
  const packed: PackedField = [field.name, field.id, type];
  if (flags || (field.partOf && !synthetic)) packed.push(flags);
  if (field.partOf && !synthetic) packed.push(field.partOf.name);
  return packed;
}

/** The messages that files of the usual kinds hold; all else is only met inside an Any, or in files of the session. */
const USUAL_ROOTS = [
  "BatchingParameters",
  "ModelServerConfig",
  "MonitoringConfig",
  "PlatformConfigMap",
  "SSLConfig",
].map((name) => `tensorflow.serving.${name}`);

/** Full names of the usual messages, and of every message and enum that a field of theirs has as its type. */
function usualNames(messages: Readonly<Record<string, readonly PackedField[][]>>): ReadonlySet<string> {
  const names = new Set(USUAL_ROOTS);
  for (const name of names) {
    for (const [, , type] of messages[name]?.[0] ?? []) if (type.includes(".")) names.add(type);
  }
  return names;
}

function textSchemas(root: protobuf.Root): { readonly usual: string; readonly rest: string } {
  const messages: Record<string, PackedField[][]> = {};
  const enums: Record<string, unknown> = {};
  const visit = (namespace: protobuf.NamespaceBase): void => {
    for (const object of namespace.nestedArray) {
      if (object instanceof protobuf.Type) {
        for (const field of object.fieldsArray) {
          if (!(field instanceof protobuf.MapField)) continue;
          const value = field.resolvedType;
          // proto2: key and value have presence.
          const { field_presence } = (object as unknown as { _features: { field_presence?: string } })
            ._features;
          const presence = field_presence === "IMPLICIT" ? "" : "o";
          const kind = value instanceof protobuf.Type ? "m" : `${value ? "e" : ""}${presence}`;
          const flags = (text: string): string[] => (text === "" ? [] : [text]);
          messages[`${fullName(object)}.${entryName(field)}`] = [
            [
              ["key", 1, field.keyType, ...flags(presence)] as PackedField,
              ["value", 2, value ? fullName(value) : field.type, ...flags(kind)] as PackedField,
            ],
            ["/"] as unknown as PackedField[],
          ];
        }
        const names = (object.reserved ?? []).filter((reserved) => typeof reserved === "string");
        messages[fullName(object)] = [
          object.fieldsArray.map(packField),
          ...(names.length > 0 ? [names as unknown as PackedField[]] : []),
        ];
        visit(object);
      } else if (object instanceof protobuf.Enum) {
        const closed =
          (object as unknown as { _features?: { enum_type?: string } })._features?.enum_type === "CLOSED";
        enums[fullName(object)] = closed ? [object.values, 1] : [object.values];
      } else if (object instanceof protobuf.Namespace) visit(object);
    }
  };
  visit(root);
  const usual = usualNames(messages);
  const lines = (record: Record<string, unknown>, wanted: boolean): string =>
    `{\n${Object.keys(record)
      .filter((name) => usual.has(name) === wanted)
      .sort()
      .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(record[name])}`)
      .join(",\n")}\n}`;
  const file = (wanted: boolean): string => {
    const json = `{"messages": ${lines(messages, wanted)},\n"enums": ${lines(enums, wanted)}}`;
    if (/[`\\]|\$\{/.test(json)) throw new Error("the schemas need escapes in a template literal");
    return `// Made by scripts/generate.ts from proto/config and proto/any-types: edit those files instead.
// As text: an engine reads JSON much faster than the same as code, and every check of a file waits for it.
export const json = \`${json}\`;
`;
  };
  return { usual: file(true), rest: file(false) };
}

const { usual, rest } = textSchemas(load("config", "any-types"));
write("text-schema.ts", usual);
write("text-schema-any.ts", rest);
if (check && drift) process.exitCode = 1;
