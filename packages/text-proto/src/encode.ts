import { type EntryNode, isDefault, type MapKey, MessageNode, mapKey } from "./message.ts";
import type { FieldSchema } from "./schema.ts";
import { byteLengthOfText, bytesOfText, writeText } from "./text-bytes.ts";
import { FIXED32, FIXED64, LENGTH, wireTypeOf } from "./wire-type.ts";

/** One field of a message with the entries that are written for it. */
interface Part {
  readonly field: FieldSchema;
  readonly entries: readonly EntryNode[];
}

/** A message whose parts are being written, last part first. */
interface Frame {
  readonly parts: readonly Part[];
  part: number;
  /** Entries of the current part that are still to be written. */
  left: number;
  /** Where the bytes of this message end. */
  readonly end: number;
  /** Field number under which it stands in the message around it, 0 for the outermost. */
  readonly number: number;
  /** Type URL to be written after the content, when this is the content of an Any. */
  readonly typeUrl: string | undefined;
  /** Map entries are sorted by key. */
  readonly sorted: boolean;
}

/**
 * Deterministic wire bytes: fields by number, map entries by key with repeated keys kept, default values left out where
 * proto3 does so. The bytes are those of `protoc --deterministic_output --encode`; as there, map entries inside an Any
 * stay in the order of the text.
 */
export function encode(message: MessageNode): Uint8Array {
  return new Writer().message(message, true);
}

/** The bytes that an Any holds for its content. */
export function encodeContent(message: MessageNode): Uint8Array {
  return new Writer().message(message, false);
}

/** Writes from the end to the beginning, so that every length is known when it is needed. */
class Writer {
  #bytes = new Uint8Array(256);
  /** Offset from the end: the bytes written so far. */
  #used = 0;
  readonly #view = new DataView(new ArrayBuffer(8));

  message(root: MessageNode, sorted: boolean): Uint8Array {
    const stack: Frame[] = [this.#frame(root, 0, sorted)];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const part = frame.parts[frame.part];
      if (part === undefined) {
        stack.pop();
        this.#close(frame);
      } else if (part.field.kind === "message") {
        const entry = part.entries[--frame.left];
        if (frame.left <= 0) this.#previousPart(frame);
        if (entry?.value instanceof MessageNode)
          stack.push(this.#frame(entry.value, part.field.number, frame.sorted));
        else if (entry === undefined) this.#emptyMessage(part.field);
      } else {
        this.#scalars(part);
        this.#previousPart(frame);
      }
    }
    return this.#bytes.slice(this.#bytes.length - this.#used);
  }

  #previousPart(frame: Frame): void {
    frame.part--;
    frame.left = frame.parts[frame.part]?.entries.length ?? 0;
  }

  #frame(message: MessageNode, number: number, sorted: boolean): Frame {
    const any = message.any;
    let parts = partsOf(message, sorted);
    let typeUrl: string | undefined;
    if (any !== undefined) {
      // The content is the bytes field `value`, number 2, unless it is empty and `value` is written besides.
      typeUrl = any.typeUrl;
      const content: Part = {
        field: { name: "value", number: 2, type: any.message.type, kind: "message" },
        entries: [],
      };
      const empty = partsOf(any.message, false).length === 0 && any.message.any === undefined;
      parts = empty
        ? parts.filter((part) => part.field.number !== 1)
        : [{ ...content, entries: [contentEntry(any.message)] }];
    }
    const last = parts.length - 1;
    return {
      parts,
      part: last,
      left: parts[last]?.entries.length ?? 0,
      end: this.#used,
      number,
      typeUrl,
      sorted: sorted && any === undefined,
    };
  }

  /** The content of a message is written: its type URL, its length and its tag go before it. */
  #close(frame: Frame): void {
    if (frame.typeUrl !== undefined) {
      this.#text(frame.typeUrl);
      this.#tag(1, LENGTH);
    }
    if (frame.number === 0) return;
    this.#smallVarint(this.#used - frame.end);
    this.#tag(frame.number, LENGTH);
  }

  #emptyMessage(field: FieldSchema): void {
    this.#smallVarint(0);
    this.#tag(field.number, LENGTH);
  }

  #scalars({ field, entries }: Part): void {
    if (entries.length === 0) {
      this.#default(field);
      return;
    }
    const before = this.#used;
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries[index];
      if (entry === undefined) continue;
      this.#value(field, entry);
      if (!field.packed) this.#tag(field.number, wireTypeOf(field));
    }
    if (field.packed) {
      this.#smallVarint(this.#used - before);
      this.#tag(field.number, LENGTH);
    }
  }

  /** Key or value that a map entry lacks: written all the same. */
  #default(field: FieldSchema): void {
    const type = wireTypeOf(field);
    if (type === FIXED64) this.#reserve(8).fill(0);
    else if (type === FIXED32) this.#reserve(4).fill(0);
    else this.#reserve(1).fill(0);
    this.#tag(field.number, type);
  }

  #value(field: FieldSchema, { value, negativeNan }: EntryNode): void {
    const view = this.#view;
    switch (typeof value) {
      case "boolean":
        this.#smallVarint(value ? 1 : 0);
        return;
      case "string":
        this.#text(value);
        return;
      case "object":
        if (value instanceof Uint8Array) {
          this.#reserve(value.length).set(value);
          this.#smallVarint(value.length);
        }
        return;
      case "bigint":
        if (field.type === "fixed64" || field.type === "sfixed64") {
          view.setBigUint64(0, BigInt.asUintN(64, value), true);
          this.#copyView(8);
        } else if (field.type === "sint64") this.#varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
        else this.#varint(BigInt.asUintN(64, value));
        return;
    }
    switch (field.type) {
      case "double":
        view.setFloat64(0, value, true);
        if (negativeNan) view.setUint8(7, 0xff);
        this.#copyView(8);
        return;
      case "float":
        view.setFloat32(0, value, true);
        if (negativeNan) view.setUint8(3, 0xff);
        this.#copyView(4);
        return;
      case "fixed32":
      case "sfixed32":
        view.setUint32(0, value >>> 0, true);
        this.#copyView(4);
        return;
      case "sint32":
        this.#smallVarint(((value << 1) ^ (value >> 31)) >>> 0);
        return;
      default:
        if (value >= 0) this.#smallVarint(value);
        else this.#varint(BigInt.asUintN(64, BigInt(value)));
    }
  }

  #copyView(length: number): void {
    this.#reserve(length).set(new Uint8Array(this.#view.buffer, 0, length));
  }

  #text(text: string): void {
    const length = byteLengthOfText(text);
    this.#ensure(length);
    this.#used += length;
    writeText(text, this.#bytes, this.#bytes.length - this.#used);
    this.#smallVarint(length);
  }

  #tag(number: number, type: number): void {
    this.#smallVarint(number * 8 + type);
  }

  /** A varint of a number below 2^32. */
  #smallVarint(value: number): void {
    this.#ensure(5);
    let length = 1;
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) length++;
    this.#used += length;
    let at = this.#bytes.length - this.#used;
    let rest = value;
    for (; rest >= 128; rest >>>= 7) this.#bytes[at++] = (rest & 0x7f) | 0x80;
    this.#bytes[at] = rest;
  }

  #varint(value: bigint): void {
    if (value < 0x1_0000_0000n) {
      this.#smallVarint(Number(value));
      return;
    }
    const low = Number(value & 0xfffffffn);
    const middle = Number((value >> 28n) & 0xfffffffn);
    const high = Number(value >> 56n);
    const groups: number[] = [];
    for (let shift = 0; shift < 28; shift += 7) groups.push((low >>> shift) & 0x7f);
    for (let shift = 0; shift < 28; shift += 7) groups.push((middle >>> shift) & 0x7f);
    groups.push(high & 0x7f, high >>> 7);
    let length = groups.length;
    while (length > 1 && groups[length - 1] === 0) length--;
    const bytes = this.#reserve(length);
    for (let index = 0; index < length; index++) {
      bytes[index] = (groups[index] ?? 0) | (index < length - 1 ? 0x80 : 0);
    }
  }

  /** Room for more bytes, before those that are written. */
  #reserve(length: number): Uint8Array {
    this.#ensure(length);
    this.#used += length;
    const start = this.#bytes.length - this.#used;
    return this.#bytes.subarray(start, start + length);
  }

  #ensure(length: number): void {
    const wanted = this.#used + length;
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(this.#bytes.length - this.#used), larger.length - this.#used);
    this.#bytes = larger;
  }
}

const contentEntry = (message: MessageNode): EntryNode =>
  ({ value: message, negativeNan: false }) as EntryNode;

/** What is written for a message, by field number. */
function partsOf(message: MessageNode, sorted: boolean): Part[] {
  const byNumber = new Map<number, { field: FieldSchema; entries: EntryNode[] }>();
  for (const entry of message.entries) {
    const part = byNumber.get(entry.field.number);
    if (part === undefined) byNumber.set(entry.field.number, { field: entry.field, entries: [entry] });
    else if (entry.field.repeated) part.entries.push(entry);
    else part.entries = [entry];
  }
  // Key and value of a map entry are written even with default values.
  for (const part of byNumber.values()) if (sorted && part.field.map) part.entries = byKey(part.entries);
  if (message.schema.mapEntry) {
    for (const field of message.schema.fields) {
      if (!byNumber.has(field.number)) byNumber.set(field.number, { field, entries: [] });
    }
    return [...byNumber.values()].sort((a, b) => a.field.number - b.field.number);
  }
  const parts: Part[] = [];
  for (const part of byNumber.values()) {
    const { field, entries } = part;
    const [first] = entries;
    const kept = field.repeated || field.kind === "message" || field.presence || field.oneof !== undefined;
    if (kept || (first !== undefined && !isDefault(first.value))) parts.push(part);
  }
  return parts.sort((a, b) => a.field.number - b.field.number);
}

/** Map entries sorted by key; equal keys stay in order. */
export function byKey(entries: readonly EntryNode[]): EntryNode[] {
  if (entries.length === 1) return [...entries];
  const keyOf = ({ value }: EntryNode): MapKey => (value instanceof MessageNode ? mapKey(value) : "");
  return entries
    .map((entry) => ({ entry, key: keyOf(entry) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ entry }) => entry);
}

/** Strings by their bytes, numbers by size, false before true. */
export function compareKeys(a: MapKey, b: MapKey): number {
  if (typeof a === "string" && typeof b === "string") {
    const [left, right] = [bytesOfText(a), bytesOfText(b)];
    for (let at = 0; at < left.length && at < right.length; at++) {
      const difference = (left[at] ?? 0) - (right[at] ?? 0);
      if (difference !== 0) return difference;
    }
    return left.length - right.length;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
