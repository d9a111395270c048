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

/**
 * Our fields of type `bytes` where the official type is a message: the same on the wire, decoded only when asked for.
 * `full.message.Name.field` to the reason.
 */
const lazyFields: Readonly<Record<string, string>> = {
  "tensorflow.serving.SessionRunLog.request":
    "the server refuses such warm-up records, their content is never read",
  "tensorflow.serving.SessionRunLog.response":
    "the server refuses such warm-up records, their content is never read",
  "tensorflow.serving.ExampleList.examples": "an Example is handed to ParseExample ops as it is",
  "tensorflow.serving.ExampleListWithContext.examples": "an Example is handed to ParseExample ops as it is",
  "tensorflow.serving.ExampleListWithContext.context": "an Example is handed to ParseExample ops as it is",
  "tensorflow.serving.PredictRequest.inputs": "tensors are decoded into typed arrays by @servable/tensors",
  "tensorflow.serving.PredictResponse.outputs": "tensors are encoded from typed arrays by @servable/tensors",
  "tensorflow.serving.ReloadConfigRequest.config": "decoded by the messages of area config",
  "tensorflow.serving.SessionRunRequest.options": "not read: the options of a run have no meaning here",
  "tensorflow.serving.SessionRunResponse.metadata": "not written: there are no run statistics",
  "tensorflow.TensorInfo.CompositeTensor.type_spec": "passed through in model metadata, never read",
  "tensorflow.SignatureDef.defaults": "tensors are decoded into typed arrays by @servable/tensors",
  "tensorflow.NamedTensorProto.tensor": "tensors are decoded into typed arrays by @servable/tensors",
};

/** Messages and enums that the official descriptors of the fixtures lack, with the reason why we have them. */
const beyond: Readonly<Record<string, string>> = {
  "tensorflow.serving.HashmapSourceAdapterConfig":
    "linked by the stock server: recorded start plat-unknown-any",
  "tensorflow.serving.HashmapSourceAdapterConfig.Format": "its enum",
};

const protoFolder = join(import.meta.dirname, "../proto");
const areas = readdirSync(protoFolder).sort();

function load(area: string): protobuf.Root {
  const root = new protobuf.Root();
  for (const folder of area === "any-types" ? ["config", area] : [area]) {
    for (const file of readdirSync(join(protoFolder, folder)).sort()) {
      if (file.endsWith(".proto"))
        protobuf.parse(readFileSync(join(protoFolder, folder, file), "utf8"), root, { keepCase: true });
    }
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

/** The message that a lazy field (or the value of a lazy map) holds. */
function lazyType(field: OfficialField, summary: Summary): string {
  const type = summary.messages[field.type_name ?? ""];
  return (type?.map_entry ? type.fields[1]?.type_name : field.type_name) ?? "";
}

describe.skipIf(!hasShared)("our .proto files against the official descriptors", () => {
  const summary = hasShared
    ? (JSON.parse(readFileSync(sharedFixture("descriptors", "summary.json"), "utf8")) as Summary)
    : { messages: {}, enums: {} };

  for (const area of areas) {
    it(`${area}: every field has the official name, number, type, label and oneof`, () => {
      const problems: string[] = [];
      let fields = 0;
      for (const object of objectsOf(load(area))) {
        const name = nameOf(object);
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
          const [ours, theirs] = [ourField(field), officialField(want, summary)];
          if (ours === theirs) continue;
          const lazy: string | undefined = lazyFields[`${name}.${field.name}`];
          const asBytes = ourField(field).replace(/bytes/, lazyType(want, summary));
          if (lazy && want.type === "message" && lazyType(want, summary) && asBytes === theirs) continue;
          problems.push(`${name}: ${ours}, officially ${theirs}`);
        }
      }
      expect(problems).toEqual([]);
      expect(fields).toBeGreaterThan(0);
    });
  }

  it("lists no lazy field that is none", () => {
    const bytes = new Set<string>();
    for (const area of areas) {
      for (const object of objectsOf(load(area))) {
        if (!(object instanceof protobuf.Type)) continue;
        for (const field of object.fieldsArray) {
          if (field.type === "bytes") bytes.add(`${nameOf(object)}.${field.name}`);
        }
      }
    }
    expect(Object.keys(lazyFields).filter((name) => !bytes.has(name))).toEqual([]);
  });

  it("config and any-types together hold every official message and enum, complete", () => {
    const ours = new Map([...objectsOf(load("any-types"))].map((object) => [nameOf(object), object]));
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
