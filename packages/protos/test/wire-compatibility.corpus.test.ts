import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";

/** A message of the official descriptors, as `fixtures/descriptors/summary.json` gives it. */
interface OfficialField {
  name: string;
  number: number;
  type: string;
  label: "optional" | "repeated" | "required";
  type_name?: string;
  oneof?: string;
  packed?: boolean;
  deprecated?: boolean;
  proto3_optional?: boolean;
}
interface OfficialMessage {
  fields: OfficialField[];
  map_entry?: boolean;
  syntax: string;
  reserved_names?: string[];
}
interface Summary {
  messages: Record<string, OfficialMessage>;
  enums: Record<string, { values: { name: string; number: number }[] }>;
}

/** Messages and enums that the official descriptors of the fixtures lack, with the reason why we have them. */
const beyond: Readonly<Record<string, string>> = {
  "tensorflow.serving.HashmapSourceAdapterConfig":
    "linked by the stock server: recorded start plat-unknown-any",
  "tensorflow.serving.HashmapSourceAdapterConfig.Format": "its enum",
};

const protoFolder = join(import.meta.dirname, "../proto");

/** All messages, from our .proto files. */
function everything(): protobuf.Root {
  const root = new protobuf.Root();
  for (const folder of readdirSync(protoFolder).sort()) {
    for (const file of readdirSync(join(protoFolder, folder)).sort())
      protobuf.parse(readFileSync(join(protoFolder, folder, file), "utf8"), root, { keepCase: true });
  }
  root.resolveAll();
  return root;
}

function* objectsOf(namespace: protobuf.NamespaceBase): Generator<protobuf.Type | protobuf.Enum> {
  for (const object of namespace.nestedArray) {
    if (object instanceof protobuf.Type || object instanceof protobuf.Enum) yield object;
    if (object instanceof protobuf.Namespace) yield* objectsOf(object);
  }
}

const nameOf = (object: protobuf.ReflectionObject): string => object.fullName.slice(1);

/** One field as a line of text: everything that the wire form or the text form depends on. */
function ourField(field: protobuf.Field): string {
  const map = field instanceof protobuf.MapField;
  const type = map
    ? `map<${field.keyType}, ${field.resolvedType ? nameOf(field.resolvedType) : field.type}>`
    : field.resolvedType
      ? nameOf(field.resolvedType)
      : field.type;
  const oneof =
    field.partOf && field.options?.["proto3_optional"] !== true ? ` oneof ${field.partOf.name}` : "";
  const packable = field.repeated && !map && !(field.resolvedType instanceof protobuf.Type);
  const packed = packable && type !== "string" && type !== "bytes" && field.packed ? " packed" : "";
  const deprecated = field.options?.["deprecated"] === true ? " deprecated" : "";
  return `${field.name} = ${field.id}: ${field.repeated || map ? "repeated " : ""}${type}${oneof}${packed}${deprecated}`;
}

function officialField(field: OfficialField, summary: Summary): string {
  const entry = field.type_name === undefined ? undefined : summary.messages[field.type_name];
  const scalarOrName = (f: OfficialField | undefined): string => f?.type_name ?? f?.type ?? "?";
  const type = entry?.map_entry
    ? `map<${scalarOrName(entry.fields[0])}, ${scalarOrName(entry.fields[1])}>`
    : scalarOrName(field);
  const oneof = field.oneof && !field.proto3_optional ? ` oneof ${field.oneof}` : "";
  const packed = field.packed ? " packed" : "";
  const deprecated = field.deprecated ? " deprecated" : "";
  return `${field.name} = ${field.number}: ${field.label === "repeated" ? "repeated " : ""}${type}${oneof}${packed}${deprecated}`;
}

describe.skipIf(!hasShared)("our .proto files against the official descriptors", () => {
  const summary = hasShared
    ? (JSON.parse(readFileSync(sharedFixture("descriptors", "summary.json"), "utf8")) as Summary)
    : { messages: {}, enums: {} };

  const ours = new Map([...objectsOf(everything())].map((object) => [nameOf(object), object]));

  it("every field has the official name, number, type, label and oneof", () => {
    const problems: string[] = [];
    let fields = 0;
    for (const [name, object] of ours) {
      if (Object.hasOwn(beyond, name)) continue;
      if (object instanceof protobuf.Enum) {
        const official = summary.enums[name];
        if (!official) {
          problems.push(`${name}: no official enum of this name`);
          continue;
        }
        const numbers = new Map(official.values.map((value) => [value.name, value.number]));
        for (const [key, number] of Object.entries(object.values)) {
          if (numbers.get(key) !== number)
            problems.push(`${name}.${key} = ${number}, officially ${numbers.get(key)}`);
        }
        continue;
      }
      const official = summary.messages[name];
      if (!official) {
        problems.push(`${name}: no official message of this name`);
        continue;
      }
      const byName = new Map(official.fields.map((field) => [field.name, field]));
      for (const field of object.fieldsArray) {
        fields++;
        const want = byName.get(field.name);
        if (!want) {
          problems.push(`${name}.${field.name}: officially there is no such field`);
          continue;
        }
        const [mine, theirs] = [ourField(field), officialField(want, summary)];
        if (mine !== theirs) problems.push(`${name}: ${mine}, officially ${theirs}`);
      }
    }
    expect(problems).toEqual([]);
    expect(fields).toBeGreaterThan(0);
  });

  it("every official message and enum is there, complete", () => {
    const missing: string[] = [];
    for (const [name, message] of Object.entries(summary.messages)) {
      if (message.map_entry) continue;
      const type = ours.get(name);
      if (!(type instanceof protobuf.Type)) missing.push(name);
      else {
        for (const field of message.fields)
          if (!type.fields[field.name]) missing.push(`${name}.${field.name}`);
        const reserved = (type.reserved ?? []).filter((entry) => typeof entry === "string");
        expect(reserved, name).toEqual(message.reserved_names ?? []);
      }
    }
    for (const [name, { values }] of Object.entries(summary.enums)) {
      const type = ours.get(name);
      if (!(type instanceof protobuf.Enum)) missing.push(name);
      else expect(type.values).toEqual(Object.fromEntries(values.map((value) => [value.name, value.number])));
    }
    expect(missing).toEqual([]);
  });
});
