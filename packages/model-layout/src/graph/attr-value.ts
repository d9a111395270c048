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
  readonly s: readonly Uint8Array[];
  readonly i: readonly Int64[];
  readonly type: readonly number[];
  readonly shape: readonly (readonly number[] | null)[];
  readonly func: readonly string[];
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
  const s: Uint8Array[] = [];
  const i: Int64[] = [];
  const type: number[] = [];
  const shape: (readonly number[] | null)[] = [];
  const func: string[] = [];
  let floats = 0;
  let bools = 0;
  let tensors = 0;
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case (2 << 3) | LENGTH:
        s.push(reader.bytesField());
        break;
      case (3 << 3) | LENGTH: {
        const outer = reader.enter();
        while (!reader.done) i.push(reader.int64());
        reader.leave(outer);
        break;
      }
      case (3 << 3) | VARINT:
        i.push(reader.int64());
        break;
      case (4 << 3) | LENGTH:
        floats += Math.floor(reader.bytesField().length / 4);
        break;
      case (4 << 3) | FIXED32:
        reader.fixed32();
        floats++;
        break;
      case (5 << 3) | LENGTH:
        bools += reader.bytesField().length;
        break;
      case (5 << 3) | VARINT:
        reader.int32();
        bools++;
        break;
      case (6 << 3) | LENGTH: {
        const outer = reader.enter();
        while (!reader.done) type.push(reader.int32());
        reader.leave(outer);
        break;
      }
      case (6 << 3) | VARINT:
        type.push(reader.int32());
        break;
      case (7 << 3) | LENGTH:
        shape.push(reader.inside(readShape));
        break;
      case (8 << 3) | LENGTH:
        reader.bytesField();
        tensors++;
        break;
      case (9 << 3) | LENGTH:
        func.push(reader.inside(functionName));
        break;
      default:
        reader.skip(tag);
    }
  }
  return { s, i, type, shape, func, floats, bools, tensors };
}

/** @throws WireError */
export function readAttrValue(reader: WireReader): AttrValue {
  let value: AttrValue = { kind: "none" };
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        value = { kind: "list", value: reader.inside(readList) };
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
        value = { kind: "shape", value: reader.inside(readShape) };
        break;
      case (8 << 3) | LENGTH:
        value = { kind: "tensor", value: reader.bytesField() };
        break;
      case (9 << 3) | LENGTH:
        value = { kind: "placeholder", value: reader.string() };
        break;
      case (10 << 3) | LENGTH:
        value = { kind: "func", value: reader.inside(functionName) };
        break;
      default:
        reader.skip(tag);
    }
  }
  return value;
}
