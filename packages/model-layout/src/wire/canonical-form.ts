import type { FieldSchema, SchemaSet } from "@servable/text-proto";
import { concatBytes } from "../saved-model/meta-graph.ts";
import { fieldsOf } from "./decode-message.ts";
import { LENGTH, WireError, WireReader } from "./wire-reader.ts";

/** Bytes of a message in order, as views of the input wherever it already was in canonical form. */
export interface CanonicalForm {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/**
 * A message as C++ protobuf serialises it deterministically: fields in the order of their numbers, map entries in the
 * order of their keys (strings by bytes). TensorFlow hashes this form. Of what other writers do, only the order is
 * brought into line; defaults that were written out and numbers that were not packed stay, which TensorFlow's own
 * writers never leave. @throws WireError where the bytes are no such message
 */
export function canonicalForm(bytes: Uint8Array, type: string, schemas: SchemaSet): CanonicalForm {
  const into = new Parts();
  canonical(bytes, type, schemas, 0).addTo(into);
  return into;
}

/** The same in one piece. */
export function canonicalBytes(bytes: Uint8Array, type: string, schemas: SchemaSet): Uint8Array {
  return concatBytes(canonicalForm(bytes, type, schemas).parts);
}

/** Parts in a row; neighbours in the same buffer become one. */
class Parts implements CanonicalForm {
  readonly parts: Uint8Array[] = [];
  length = 0;

  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.length += part.length;
    const last = this.parts.at(-1);
    if (
      last !== undefined &&
      last.buffer === part.buffer &&
      last.byteOffset + last.length === part.byteOffset
    ) {
      this.parts[this.parts.length - 1] = new Uint8Array(
        part.buffer,
        last.byteOffset,
        last.length + part.length,
      );
    } else this.parts.push(part);
  }
}

/** A message or field: the bytes it had, or what they become. */
class Form {
  readonly same: Uint8Array | undefined;
  readonly changed: readonly (Form | Uint8Array)[];
  readonly length: number;

  constructor(same: Uint8Array | undefined, changed: readonly (Form | Uint8Array)[] = []) {
    this.same = same;
    this.changed = changed;
    let length = same?.length ?? 0;
    for (const part of changed) length += part.length;
    this.length = length;
  }

  addTo(parts: Parts): void {
    if (this.same !== undefined) parts.add(this.same);
    for (const part of this.changed) {
      if (part instanceof Form) part.addTo(parts);
      else parts.add(part);
    }
  }
}

interface Field {
  readonly number: number;
  readonly form: Form;
  /** Serialised key of a map entry. */
  readonly key?: Uint8Array;
}

const MAX_DEPTH = 100;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

function canonical(bytes: Uint8Array, type: string, schemas: SchemaSet, depth: number): Form {
  if (depth > MAX_DEPTH) throw new WireError("messages nested too deep", 0);
  const known = fieldsOf(schemas, type);
  const reader = new WireReader(bytes);
  const fields: Field[] = [];
  let ordered = true;
  let same = true;
  while (!reader.done) {
    const start = reader.at;
    const tag = reader.tag();
    const field = known.get(tag >>> 3);
    let form: Form;
    let key: Uint8Array | undefined;
    if (field?.kind === "message" && (tag & 7) === LENGTH) {
      const inner = reader.bytesField();
      const content = canonical(inner, field.type, schemas, depth + 1);
      form =
        content.same === inner
          ? new Form(bytes.subarray(start, reader.at))
          : new Form(undefined, [Uint8Array.from([...varint(tag), ...varint(content.length)]), content]);
      if (field.map === true) key = keyOf(inner, fieldsOf(schemas, field.type).get(1));
    } else {
      reader.skip(tag);
      form = new Form(bytes.subarray(start, reader.at));
    }
    if (form.same === undefined) same = false;
    // Fields that the schema does not know come last, as they came.
    const number = field === undefined ? Number.POSITIVE_INFINITY : tag >>> 3;
    const last = fields.at(-1);
    if (last !== undefined && order(last, number, key) > 0) ordered = false;
    fields.push(key === undefined ? { number, form } : { number, form, key });
  }
  if (same && ordered) return new Form(bytes);
  if (!ordered) fields.sort((a, b) => order(a, b.number, b.key));
  return new Form(
    undefined,
    fields.map(({ form }) => form),
  );
}

function order(a: Field, number: number, key: Uint8Array | undefined): number {
  if (a.number !== number) return a.number < number ? -1 : 1;
  return a.key === undefined || key === undefined ? 0 : compareBytes(a.key, key);
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
function keyOf(entry: Uint8Array, field: FieldSchema | undefined): Uint8Array {
  const reader = new WireReader(entry);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 !== 1) {
      reader.skip(tag);
      continue;
    }
    if (field?.type === "string" && (tag & 7) === LENGTH) return reader.bytesField();
    const bytes = new Uint8Array(8);
    if ((tag & 7) === 0)
      new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(reader.uint64())));
    return bytes;
  }
  return field?.type === "string" ? new Uint8Array(0) : new Uint8Array(8);
}
