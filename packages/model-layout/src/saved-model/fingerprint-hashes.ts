import { schemas } from "@servable/protos/text-schema";
import { compareBytewise } from "../files/model-file-system.ts";
import { canonicalBytes, canonicalForm } from "../wire/canonical-form.ts";
import { LENGTH, VARINT, WireReader } from "../wire/wire-reader.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { fingerprint64, fingerprintCat64 } from "./fingerprint64.ts";
import { concatBytes } from "./meta-graph.ts";
import { readMapEntry } from "./signature.ts";

/**
 * Hashes of fingerprint.pb, taken again from saved_model.pb as TensorFlow takes them when it exports
 * (tensorflow/cc/saved_model/fingerprinting.cc, core/graph/regularization). All are over the first meta graph.
 */
interface PartHashes {
  /** Signatures: before 2.14 without their names. */
  readonly signatures: readonly [withNames: bigint, withoutNames: bigint];
  /** Nodes of the graph without its function library; string constants and function numbers do not count. */
  readonly nodes: bigint;
  /** Concrete functions of the object graph, or undefined where a name has no number. */
  readonly objects: bigint | undefined;
}

/** A part of saved_model.pb with a hash of its own. */
export type ExportPart = "signatures" | "graph nodes" | "object graph" | "functions or meta data";

/**
 * The parts of saved_model.pb that are not what they were when fingerprint.pb was written: empty where nothing changed,
 * undefined where the exporter's way of hashing is not known. Verified on exports of every release from 2.11 to 2.20.
 *
 * saved_model_checksum is the hash of the whole message in its deterministic form (2.12 on), of the file's bytes (some
 * builds of 2.14), or of the graph alone (2.11). @throws WireError
 */
export function partsChangedSinceExport(
  savedModel: Uint8Array,
  fingerprint: Fingerprint,
  tensorflowVersion: string,
): readonly ExportPart[] | undefined {
  const checksum = BigInt(fingerprint.savedModelChecksum);
  if (hashOf(savedModel, "tensorflow.SavedModel") === checksum) return [];
  if (fingerprint64(savedModel) === checksum) return [];
  const [meta = EMPTY] = fields(savedModel, 2);
  const graphHolds = hashOf(concatBytes(fields(meta, 2)), "tensorflow.GraphDef") === checksum;
  const release = /^2\.([0-9]+)\./.exec(tensorflowVersion);
  const minor = Number(release?.[1] ?? -1);
  if (minor < 11 || minor > 20 || fingerprint.versionProducer > 1) return undefined;
  const { signatures, nodes, objects } = partHashes(meta);
  const parts: ExportPart[] = [];
  if (!signatures.includes(BigInt(fingerprint.signatureDefHash))) parts.push("signatures");
  if (nodes !== BigInt(fingerprint.graphDefProgramHash)) parts.push("graph nodes");
  if (objects !== undefined && objects !== BigInt(fingerprint.savedObjectGraphHash))
    parts.push("object graph");
  return parts.length > 0 || graphHolds ? parts : ["functions or meta data"];
}

function partHashes(meta: Uint8Array): PartHashes {
  const signatures = fields(meta, 5).map((entry) => readMapEntry(new WireReader(entry)));
  signatures.sort((a, b) => compareBytewise(a.key, b.key));
  let withNames = 0n;
  let withoutNames = 0n;
  for (const { key, value } of signatures) {
    const hash = hashOf(rest(value), "tensorflow.SignatureDef");
    withNames = fingerprintCat64(fingerprintCat64(withNames, hashOfText(key)), hash);
    withoutNames = fingerprintCat64(withoutNames, hash);
  }
  return {
    signatures: [withNames, withoutNames],
    nodes: graphHash(concatBytes(fields(meta, 2))),
    objects: objectGraphHash(concatBytes(fields(meta, 7))),
  };
}

const EMPTY = new Uint8Array(0);
const text = new TextEncoder();
const hashOfText = (value: string): bigint => fingerprint64(text.encode(value));
const hashOf = (bytes: Uint8Array, type: string): bigint =>
  fingerprint64(canonicalForm(bytes, type, schemas).parts);
const rest = (reader: WireReader): Uint8Array => reader.bytes.subarray(reader.at, reader.end);

/** Contents of all fields with a number, all of them length-delimited. */
function fields(bytes: Uint8Array, number: number): Uint8Array[] {
  const reader = new WireReader(bytes);
  const found: Uint8Array[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((number << 3) | LENGTH)) found.push(reader.bytesField());
    else reader.skip(tag);
  }
  return found;
}

/** A name's last part after `_` as a number, which TensorFlow gives to each function it traces. */
function suffixNumber(name: string): bigint | undefined {
  const last = name.slice(name.lastIndexOf("_") + 1);
  return /^[+-]?[0-9]{1,18}$/.test(last) ? BigInt(last) : undefined;
}

/** The name without that number. */
function withoutNumber(name: string): string {
  const number = suffixNumber(name);
  return number !== undefined && name.endsWith(`${number}`) ? name.slice(0, -`${number}`.length) : name;
}

function objectGraphHash(objectGraph: Uint8Array): bigint | undefined {
  const byNumber = new Map<bigint, { readonly key: string; readonly value: WireReader }>();
  for (const entry of fields(objectGraph, 2)) {
    const { key, value } = readMapEntry(new WireReader(entry));
    const number = suffixNumber(key);
    if (number === undefined) return undefined;
    if (!byNumber.has(number)) byNumber.set(number, { key, value });
  }
  let result = 0n;
  for (const [, { key, value }] of [...byNumber].sort(([a], [b]) => (a < b ? -1 : 1))) {
    result = fingerprintCat64(result, hashOfText(withoutNumber(key)));
    result = fingerprintCat64(result, hashOf(rest(value), "tensorflow.SavedConcreteFunction"));
  }
  return result;
}

function graphHash(graph: Uint8Array): bigint {
  return hashOf(withoutLibrary(graph), "tensorflow.GraphDef");
}

/** Function library and versions emptied (but there), nodes without what differs from run to run. */
function withoutLibrary(graph: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const reader = new WireReader(graph);
  while (!reader.done) {
    const start = reader.at;
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) parts.push(delimited(1, steadyNode(reader.bytesField())));
    else {
      reader.skip(tag);
      if (tag >>> 3 !== 2 && tag >>> 3 !== 4) parts.push(graph.subarray(start, reader.at));
    }
  }
  parts.push(delimited(2, EMPTY), delimited(4, EMPTY));
  return concatBytes(parts);
}

function delimited(number: number, content: Uint8Array): Uint8Array {
  const head = [(number << 3) | LENGTH];
  let length = content.length;
  for (; length >= 0x80; length = Math.floor(length / 0x80)) head.push((length % 0x80) | 0x80);
  head.push(length);
  return concatBytes([Uint8Array.from(head), content]);
}

const CALLS = new Set(["PartitionedCall", "StatefulPartitionedCall"]);

/** Function calls without the number of the function and the device settings, string constants without their value. */
function steadyNode(node: Uint8Array): Uint8Array {
  const [op = EMPTY] = fields(node, 2).slice(-1);
  const name = new TextDecoder().decode(op);
  const call = CALLS.has(name);
  if (!call && name !== "Const") return node;
  const attrs = new Map(
    fields(node, 5).map((entry) => {
      const { key, value } = readMapEntry(new WireReader(entry));
      return [key, rest(value)] as const;
    }),
  );
  const changed = new Map<string, Uint8Array>();
  if (call) {
    const fn = attrs.get("f");
    if (fn !== undefined) changed.set("f", steadyFunction(fn));
    if (attrs.has("config_proto")) changed.set("config_proto", delimited(2, EMPTY));
  } else if (isString(attrs.get("dtype")) && attrs.has("value")) changed.set("value", EMPTY);
  if (changed.size === 0) return node;
  const parts: Uint8Array[] = [];
  const reader = new WireReader(node);
  while (!reader.done) {
    const start = reader.at;
    const tag = reader.tag();
    if (tag === ((5 << 3) | LENGTH)) {
      const { key } = readMapEntry(new WireReader(reader.bytesField()));
      const value = changed.get(key);
      parts.push(
        value === undefined
          ? node.subarray(start, reader.at)
          : delimited(5, concatBytes([delimited(1, text.encode(key)), delimited(2, value)])),
      );
    } else {
      reader.skip(tag);
      parts.push(node.subarray(start, reader.at));
    }
  }
  return concatBytes(parts);
}

/** An AttrValue with a function, whose name loses its number. */
function steadyFunction(value: Uint8Array): Uint8Array {
  const [fn] = fields(value, 10);
  if (fn === undefined) return value;
  const [name = EMPTY] = fields(fn, 1);
  const plain = withoutNumber(new TextDecoder().decode(name));
  const parts = [...(plain === "" ? [] : [delimited(1, text.encode(plain))])];
  const reader = new WireReader(fn);
  while (!reader.done) {
    const start = reader.at;
    const tag = reader.tag();
    reader.skip(tag);
    if (tag >>> 3 !== 1) parts.push(fn.subarray(start, reader.at));
  }
  return delimited(10, canonicalBytes(concatBytes(parts), "tensorflow.NameAttrList", schemas));
}

/** Whether an AttrValue is the type DT_STRING (7). */
function isString(value: Uint8Array | undefined): boolean {
  if (value === undefined) return false;
  const reader = new WireReader(value);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((6 << 3) | VARINT)) return reader.int32() === 7;
    reader.skip(tag);
  }
  return false;
}
