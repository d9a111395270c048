import { readShape } from "../saved-model/signature.ts";
import { FIXED32, type Int64, LENGTH, VARINT, type WireReader } from "../wire/wire-reader.ts";

/** An AttrValue, with tensors and nested functions left as bytes. */
export type AttrValue =
  | { readonly kind: "s"; readonly value: Uint8Array }
  | { readonly kind: "i"; readonly value: Int64 }
  | { readonly kind: "f"; readonly value: number }
  | { readonly kind: "b"; readonly value: boolean }
  | { readonly kind: "type"; readonly value: number }
  | { readonly kind: "shape"; readonly value: readonly number[] | null }
  | { readonly kind: "tensor"; readonly value: Uint8Array }
  | { readonly kind: "func"; readonly value: string }
  | { readonly kind: "placeholder"; readonly value: string }
  | { readonly kind: "list"; readonly value: AttrList }
  | { readonly kind: "none" };

/** ListValue: one of the lists is in use. */
export interface AttrList {
  readonly s: Uint8Array[];
  readonly i: Int64[];
  readonly type: number[];
  readonly shape: (readonly number[] | null)[];
  readonly func: string[];
  /** How many floats, bools and tensors there are; nothing here needs their values. */
  readonly floats: number;
  readonly bools: number;
  readonly tensors: number;
}

/** Name of a NameAttrList. */
function functionName(reader: WireReader): string {
  let name = "";
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) name = reader.string();
    else reader.skip(tag);
  }
  return name;
}

function readList(reader: WireReader): AttrList {
  const list = {
    s: [] as Uint8Array[],
    i: [] as Int64[],
    type: [] as number[],
    shape: [] as (readonly number[] | null)[],
    func: [] as string[],
    floats: 0,
    bools: 0,
    tensors: 0,
  };
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case (2 << 3) | LENGTH:
        list.s.push(reader.bytesField());
        break;
      case (3 << 3) | LENGTH: {
        const packed = reader.message();
        while (!packed.done) list.i.push(packed.int64());
        break;
      }
      case (3 << 3) | VARINT:
        list.i.push(reader.int64());
        break;
      case (4 << 3) | LENGTH:
        list.floats += Math.floor(reader.bytesField().length / 4);
        break;
      case (4 << 3) | FIXED32:
        reader.fixed32();
        list.floats++;
        break;
      case (5 << 3) | LENGTH:
        list.bools += reader.bytesField().length;
        break;
      case (5 << 3) | VARINT:
        reader.int32();
        list.bools++;
        break;
      case (6 << 3) | LENGTH: {
        const packed = reader.message();
        while (!packed.done) list.type.push(packed.int32());
        break;
      }
      case (6 << 3) | VARINT:
        list.type.push(reader.int32());
        break;
      case (7 << 3) | LENGTH:
        list.shape.push(readShape(reader.message()));
        break;
      case (8 << 3) | LENGTH:
        reader.bytesField();
        list.tensors++;
        break;
      case (9 << 3) | LENGTH:
        list.func.push(functionName(reader.message()));
        break;
      default:
        reader.skip(tag);
    }
  }
  return list;
}

/** @throws WireError */
export function readAttrValue(reader: WireReader): AttrValue {
  let value: AttrValue = { kind: "none" };
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        value = { kind: "list", value: readList(reader.message()) };
        break;
      case (2 << 3) | LENGTH:
        value = { kind: "s", value: reader.bytesField() };
        break;
      case (3 << 3) | VARINT:
        value = { kind: "i", value: reader.int64() };
        break;
      case (4 << 3) | FIXED32:
        value = { kind: "f", value: reader.float() };
        break;
      case (5 << 3) | VARINT:
        value = { kind: "b", value: reader.uint64() !== 0 };
        break;
      case (6 << 3) | VARINT:
        value = { kind: "type", value: reader.int32() };
        break;
      case (7 << 3) | LENGTH:
        value = { kind: "shape", value: readShape(reader.message()) };
        break;
      case (8 << 3) | LENGTH:
        value = { kind: "tensor", value: reader.bytesField() };
        break;
      case (9 << 3) | LENGTH:
        value = { kind: "placeholder", value: reader.string() };
        break;
      case (10 << 3) | LENGTH:
        value = { kind: "func", value: functionName(reader.message()) };
        break;
      default:
        reader.skip(tag);
    }
  }
  return value;
}
