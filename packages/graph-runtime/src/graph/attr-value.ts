import { type PartialShape, WireReader } from "@servable/tensors";
import { walk } from "./walk.ts";

/** A function named by an attribute, with its own attributes left out (no export of TensorFlow 2 needs them). */
interface NameAttr {
  readonly name: string;
}

/** Decoded `AttrValue`. Lists are decoded per kind, since one list holds one kind. */
export interface AttrValue {
  s?: Uint8Array;
  i?: bigint;
  f?: number;
  b?: boolean;
  type?: number;
  shape?: PartialShape;
  tensor?: Uint8Array;
  func?: NameAttr;
  list?: {
    s: Uint8Array[];
    i: bigint[];
    f: number[];
    b: boolean[];
    type: number[];
    shape: PartialShape[];
    func: NameAttr[];
  };
}

/** Decodes a `TensorShapeProto`; null for unknown rank. */
export function readShape(bytes: Uint8Array): PartialShape {
  const dims: number[] = [];
  let unknown = false;
  walk(bytes, (field, wire, reader) => {
    if (field === 2 && wire === 2) {
      let size = 0;
      walk(reader.view(), (inner, innerWire, dim) => {
        if (inner !== 1 || innerWire !== 0) return false;
        size = Number(dim.int64());
        return true;
      });
      dims.push(size);
    } else if (field === 3 && wire === 0) unknown = reader.bool();
    else return false;
    return true;
  });
  return unknown ? null : dims;
}

function readFunc(bytes: Uint8Array): NameAttr {
  let name = "";
  walk(bytes, (field, wire, reader) => {
    if (field !== 1 || wire !== 2) return false;
    name = reader.string();
    return true;
  });
  return { name };
}

/** Repeated scalar, packed or not. */
function repeated<T>(wire: number, reader: WireReader, read: (reader: WireReader) => T, into: T[]): void {
  if (wire !== 2) {
    into.push(read(reader));
    return;
  }
  const packed = new WireReader(reader.view());
  while (packed.position < packed.end) into.push(read(packed));
}

/** @throws GraphError (DATA_LOSS) for bytes that are no AttrValue */
export function readAttrValue(bytes: Uint8Array): AttrValue {
  const value: AttrValue = {};
  walk(bytes, (field, wire, reader) => {
    if (field === 1 && wire === 2) {
      const list: NonNullable<AttrValue["list"]> = {
        s: [],
        i: [],
        f: [],
        b: [],
        type: [],
        shape: [],
        func: [],
      };
      walk(reader.view(), (inner, innerWire, items) => {
        if (inner === 2 && innerWire === 2) list.s.push(items.view());
        else if (inner === 3) repeated(innerWire, items, (r) => r.int64(), list.i);
        else if (inner === 4) repeated(innerWire, items, (r) => r.float(), list.f);
        else if (inner === 5) repeated(innerWire, items, (r) => r.bool(), list.b);
        else if (inner === 6) repeated(innerWire, items, (r) => r.int32(), list.type);
        else if (inner === 7 && innerWire === 2) list.shape.push(readShape(items.view()));
        else if (inner === 9 && innerWire === 2) list.func.push(readFunc(items.view()));
        else return false;
        return true;
      });
      value.list = list;
    } else if (field === 2 && wire === 2) value.s = reader.view();
    else if (field === 3 && wire === 0) value.i = reader.int64();
    else if (field === 4 && wire === 5) value.f = reader.float();
    else if (field === 5 && wire === 0) value.b = reader.bool();
    else if (field === 6 && wire === 0) value.type = reader.int32();
    else if (field === 7 && wire === 2) value.shape = readShape(reader.view());
    else if (field === 8 && wire === 2) value.tensor = reader.view();
    else if (field === 10 && wire === 2) value.func = readFunc(reader.view());
    else return false;
    return true;
  });
  return value;
}
