import type { SchemaSet } from "@servable/text-proto";
import { concatBytes } from "../saved-model/meta-graph.ts";
import { type FieldTable, fieldTable, type WireField } from "./field-table.ts";
import {
  FIXED64,
  type Int64,
  LENGTH,
  MAX_MESSAGE_DEPTH,
  VARINT,
  WireError,
  WireReader,
} from "./wire-reader.ts";

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
  const fields = inOrder(new WireReader(bytes), fieldTable(schemas, type), 0);
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

/** A field of a message. Places count from the start of the whole message. */
interface Field {
  /** What it is sorted by first: its number; fields that the schema does not know come last, as they came. */
  readonly number: number;
  readonly start: number;
  /** Where the bytes after tag and length begin. */
  readonly content: number;
  readonly end: number;
  /** Of an entry of a map: the wire type of its key, by which it is sorted next. */
  readonly key: WireField["key"];
  /** Fields of a message that were in another order. */
  readonly inner: readonly Field[] | undefined;
}

/**
 * The fields of a message in their order, or undefined where they, and those of messages in them, already were: then
 * nothing is built, and so it is with nearly all messages.
 */
function inOrder(reader: WireReader, table: FieldTable, depth: number): readonly Field[] | undefined {
  if (depth > MAX_MESSAGE_DEPTH) throw new WireError("messages nested too deep", 0);
  const { bytes, at: begin } = reader;
  let fields: Field[] | undefined;
  let sorted = true;
  let last = 0;
  let lastContent = 0;
  let lastEnd = 0;
  let lastKey: WireField["key"];
  while (!reader.done) {
    const start = reader.at;
    const tag = reader.tag();
    const known = table[tag >>> 3];
    let content = start;
    let inner: readonly Field[] | undefined;
    let key: WireField["key"];
    if (known?.inner !== undefined && (tag & 7) === LENGTH) {
      const outer = reader.enter();
      content = reader.at;
      inner = inOrder(reader, known.inner, depth + 1);
      reader.leave(outer);
      key = known.key;
    } else reader.skip(tag);
    const number = known === undefined ? UNKNOWN : tag >>> 3;
    const end = reader.at;
    const follows =
      number === last
        ? key === undefined ||
          lastKey === undefined ||
          compareKeys(bytes, key, lastContent, lastEnd, content, end) <= 0
        : number > last;
    if (!follows) sorted = false;
    if (fields === undefined && (!follows || inner !== undefined))
      fields = plainFields(bytes, begin, start, table);
    fields?.push({ number, start, content, end, key, inner });
    last = number;
    lastContent = content;
    lastEnd = end;
    lastKey = key;
  }
  return sorted ? fields : fields?.sort((a, b) => compare(bytes, a, b));
}

/** Stands for the number of a field that the schema does not know. */
const UNKNOWN = Number.POSITIVE_INFINITY;

/** The fields between two places of a message, in none of which anything is out of order. */
function plainFields(bytes: Uint8Array, begin: number, end: number, table: FieldTable): Field[] {
  const reader = new WireReader(bytes, begin, end);
  const fields: Field[] = [];
  while (!reader.done) {
    const start = reader.at;
    const tag = reader.tag();
    const known = table[tag >>> 3];
    const message = known?.inner !== undefined && (tag & 7) === LENGTH;
    let content = start;
    if (message) {
      const length = reader.length();
      content = reader.at;
      reader.at += length;
    } else reader.skip(tag);
    fields.push({
      number: known === undefined ? UNKNOWN : tag >>> 3,
      start,
      content,
      end: reader.at,
      key: message ? known.key : undefined,
      inner: undefined,
    });
  }
  return fields;
}

function compare(bytes: Uint8Array, a: Field, b: Field): number {
  if (a.number !== b.number) return a.number < b.number ? -1 : 1;
  if (a.key === undefined || b.key === undefined) return 0;
  return compareKeys(bytes, a.key, a.content, a.end, b.content, b.end);
}

/** Order of two entries of a map, each from a place to another: texts by their bytes, numbers as unsigned ones. */
function compareKeys(
  bytes: Uint8Array,
  key: number,
  aStart: number,
  aEnd: number,
  bStart: number,
  bEnd: number,
): number {
  const a = keyOf(bytes, key, aStart, aEnd);
  const b = keyOf(bytes, key, bStart, bEnd);
  if (key !== LENGTH) {
    const left = numberOf(a, key);
    const right = numberOf(b, key);
    return left < right ? -1 : left > right ? 1 : 0;
  }
  while (!a.done && !b.done) {
    const difference = bytes[a.at++]! - bytes[b.at++]!;
    if (difference !== 0) return difference;
  }
  return a.done ? (b.done ? 0 : -1) : 1;
}

/** A reader of an entry's key: of all the text, or up to the number; it has nothing to read where there is no key. */
function keyOf(bytes: Uint8Array, key: number, start: number, end: number): WireReader {
  const reader = new WireReader(bytes, start, end);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | key)) {
      if (key === LENGTH) reader.enter();
      break;
    }
    reader.skip(tag);
  }
  return reader;
}

function numberOf(reader: WireReader, key: number): Int64 {
  if (reader.done) return 0;
  return key === VARINT ? reader.uint64() : key === FIXED64 ? reader.fixed64(false) : reader.fixed32();
}
