import type { FieldSchema, SchemaSet } from "@servable/text-proto";
import { concatBytes } from "../saved-model/meta-graph.ts";
import { fieldsOf } from "./decode-message.ts";
import { LENGTH, WireError, WireReader } from "./wire-reader.ts";

/** Bytes of a message in order, as views of the input. */
export interface CanonicalForm {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/**
 * A message as C++ protobuf serialises it deterministically: fields in the order of their numbers, map entries in the
 * order of their keys (strings by bytes). TensorFlow hashes this form. Of what other writers do, only the order is
 * brought into line; defaults that were written out, numbers that were not packed and lengths that were written with
 * more bytes than they need stay, which TensorFlow's own writers never leave.
 * @throws WireError where the bytes are no such message
 */
export function canonicalForm(bytes: Uint8Array, type: string, schemas: SchemaSet): CanonicalForm {
  const reader = new WireReader(bytes);
  const fields = inOrder(reader, type, schemas, 0);
  if (fields === undefined) return { parts: bytes.length === 0 ? [] : [bytes], length: bytes.length };
  const parts: Uint8Array[] = [];
  // Neighbours become one part.
  let start = 0;
  let end = 0;
  const add = (from: number, to: number): void => {
    if (from !== end) {
      if (end > start) parts.push(bytes.subarray(start, end));
      start = from;
    }
    end = to;
  };
  const addAll = (fields: readonly Field[]): void => {
    for (const field of fields) {
      if (field.inner === undefined) add(field.start, field.end);
      else {
        add(field.start, field.content);
        addAll(field.inner);
      }
    }
  };
  addAll(fields);
  if (end > start) parts.push(bytes.subarray(start, end));
  return { parts, length: bytes.length };
}

/** The same in one piece. */
export function canonicalBytes(bytes: Uint8Array, type: string, schemas: SchemaSet): Uint8Array {
  return concatBytes(canonicalForm(bytes, type, schemas).parts);
}

/** Places count from the start of the whole message. */
interface Field {
  readonly number: number;
  readonly start: number;
  /** Where the bytes after tag and length begin. */
  readonly content: number;
  readonly end: number;
  /** Fields of a message that were in another order. */
  readonly inner: readonly Field[] | undefined;
  /** Key of a map entry. */
  readonly key: Uint8Array | undefined;
}

const MAX_DEPTH = 100;

/** The fields of a message in their order, or undefined where they, and those of messages in them, already were. */
function inOrder(
  reader: WireReader,
  type: string,
  schemas: SchemaSet,
  depth: number,
): readonly Field[] | undefined {
  if (depth > MAX_DEPTH) throw new WireError("messages nested too deep", 0);
  const known = fieldsOf(schemas, type);
  const fields: Field[] = [];
  let ordered = true;
  let same = true;
  while (!reader.done) {
    const start = reader.at;
    const tag = reader.tag();
    const field = known.get(tag >>> 3);
    let content = start;
    let inner: readonly Field[] | undefined;
    let key: Uint8Array | undefined;
    if (field?.kind === "message" && (tag & 7) === LENGTH) {
      const length = reader.length();
      const outer = reader.end;
      content = reader.at;
      reader.end = content + length;
      inner = inOrder(reader, field.type, schemas, depth + 1);
      if (inner !== undefined) same = false;
      if (field.map === true)
        key = keyOf(new WireReader(reader.bytes, content, reader.end), fieldsOf(schemas, field.type).get(1));
      reader.end = outer;
    } else reader.skip(tag);
    // Fields that the schema does not know come last, as they came.
    const number = field === undefined ? Number.POSITIVE_INFINITY : tag >>> 3;
    const next = { number, start, content, end: reader.at, inner, key };
    const last = fields.at(-1);
    if (last !== undefined && compare(last, next) > 0) ordered = false;
    fields.push(next);
  }
  if (same && ordered) return undefined;
  return ordered ? fields : fields.sort(compare);
}

function compare(a: Field, b: Field): number {
  if (a.number !== b.number) return a.number < b.number ? -1 : 1;
  return a.key === undefined || b.key === undefined ? 0 : compareBytes(a.key, b.key);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = a[index]! - b[index]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Key of a map entry in bytes that sort as the keys do: a string as it is, an unsigned number most significant first. */
function keyOf(entry: WireReader, field: FieldSchema | undefined): Uint8Array {
  while (!entry.done) {
    const tag = entry.tag();
    if (tag >>> 3 !== 1) {
      entry.skip(tag);
      continue;
    }
    if (field?.type === "string" && (tag & 7) === LENGTH) return entry.bytesField();
    const bytes = new Uint8Array(8);
    if ((tag & 7) === 0)
      new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(entry.uint64())));
    return bytes;
  }
  return field?.type === "string" ? new Uint8Array(0) : new Uint8Array(8);
}
