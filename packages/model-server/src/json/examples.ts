import { WireWriter } from "@servable/tensors";
import { StatusError } from "../status.ts";
import { formatFloat } from "./numbers.ts";
import { echo, PrettyWriter } from "./pretty-writer.ts";
import { base64ObjectBytes, isBase64Object } from "./tensor-builder.ts";
import { isIntegerLiteral, JsonObject, type JsonValue, toDouble, typeName } from "./value.ts";

function invalid(bytes: string): StatusError {
  return StatusError.ofBytes("INVALID_ARGUMENT", bytes);
}

/** Serialized `tensorflow.Example`s of a Classify or Regress body, and the context that they share. */
export interface JsonExamples {
  readonly examples: readonly Uint8Array[];
  readonly context: Uint8Array | undefined;
}

/** @throws StatusError in the server's words (which say classify for regress too) */
export function examplesOfBody(document: JsonObject): JsonExamples {
  const context = document.find("context");
  const contextBytes = context === undefined ? undefined : exampleOf(context);
  const examples = document.find("examples");
  const fail = (text: string): StatusError => invalid(`JSON Value: ${echo(document)} ${text}`);
  if (examples === undefined)
    throw fail("When method is classify, key 'examples' is expected and was not found");
  if (!Array.isArray(examples)) throw fail("Expecting 'examples' value to be an list/array");
  if (examples.length === 0) throw fail("'examples' value is an empty array");
  return { context: contextBytes, examples: examples.map(exampleOf) };
}

function exampleOf(value: JsonValue): Uint8Array {
  if (!(value instanceof JsonObject)) {
    throw invalid(`Example must be JSON object but got JSON ${typeName(value)}`);
  }
  // The last of a name's values wins.
  const features = new Map<string, Uint8Array>();
  value.names.forEach((name, index) => {
    const end = name.indexOf("\0");
    const key = end === -1 ? name : name.slice(0, end);
    features.set(key, featureOf(key, value.values[index] ?? null));
  });
  const map = new WireWriter();
  for (const [name, feature] of features) {
    const entry = new WireWriter();
    entry.bytes(1, Buffer.from(name, "latin1"));
    entry.bytes(2, feature);
    map.bytes(1, entry.finish());
  }
  const example = new WireWriter();
  example.bytes(1, map.finish());
  return example.finish();
}

type Kind = "int64" | "float" | "bytes";
const FIELD: Readonly<Record<Kind, number>> = { bytes: 1, float: 2, int64: 3 };

function featureOf(name: string, value: JsonValue): Uint8Array {
  const values: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) return new Uint8Array(0);
  const list = new WireWriter();
  const packed = new WireWriter();
  let kind: Kind | undefined;
  // Element by element: the first one that is wrong decides the answer.
  for (const element of values) {
    const found = kindOf(name, element);
    kind ??= found;
    if (found !== kind) throw invalid(`Unexpected element type in feature: ${name} expecting type: ${kind}`);
    if (kind === "bytes") {
      const bytes =
        element instanceof JsonObject ? base64ObjectBytes(element) : Buffer.from(String(element), "latin1");
      list.bytes(1, bytes);
    } else if (kind === "int64") {
      packed.rawVarint(BigInt(element as boolean | number | bigint));
    } else {
      packed.rawFloat(flushed(Math.fround(toDouble(element as number))));
    }
  }
  if (kind === undefined) return new Uint8Array(0);
  if (kind !== "bytes") list.bytes(1, packed.finish());
  const feature = new WireWriter();
  feature.bytes(FIELD[kind], list.finish());
  return feature.finish();
}

function flushed(single: number): number {
  return Math.abs(single) < 1.1754943508222875e-38 ? single * 0 : single;
}

function kindOf(name: string, value: JsonValue): Kind {
  if (typeof value === "boolean") return "int64";
  if (typeof value === "string" || isBase64Object(value)) return "bytes";
  if (value === null || Array.isArray(value) || value instanceof JsonObject) {
    throw invalid(`Feature: ${name} has element with unexpected JSON type: ${typeName(value)}`);
  }
  if (!isIntegerLiteral(value)) return "float";
  if (BigInt(value) > 0x7fffffffffffffffn) {
    throw invalid(`Feature: ${name} has uint64_t element. Only int64_t is supported.`);
  }
  return "int64";
}

/** One label and score of a classification; the label is a byte string. */
export interface JsonClass {
  readonly label: string;
  readonly score: number;
}

/** The body of a Classify answer, a byte string. */
export function classifyBody(results: readonly (readonly JsonClass[])[]): string {
  const json = new PrettyWriter();
  json.startObject();
  json.key("results");
  json.startArray();
  json.singleLineArrays = true;
  for (const classes of results) {
    json.startArray();
    for (const { label, score } of classes) {
      json.startArray();
      json.string(label);
      json.raw(formatFloat(score));
      json.endArray();
    }
    json.endArray();
  }
  json.singleLineArrays = false;
  json.endArray();
  json.endObject();
  return json.finish();
}

/** The body of a Regress answer. */
export function regressBody(values: readonly number[]): string {
  const json = new PrettyWriter();
  json.startObject();
  json.key("results");
  json.singleLineArrays = true;
  json.startArray();
  for (const value of values) json.raw(formatFloat(value));
  json.endArray();
  json.endObject();
  return json.finish();
}
