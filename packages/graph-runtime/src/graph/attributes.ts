import { type DType, dtypeOf, type PartialShape, type Tensor, WireReader } from "@servable/tensors";
import { GraphError } from "../graph-error.ts";
import { attrDefault } from "./op-table.ts";
import { readTensorProto } from "./tensor-proto.ts";
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

function readAttrValue(bytes: Uint8Array): AttrValue {
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

const utf8 = new TextDecoder();

/**
 * Attributes of a node. An attribute that the export stripped because it had its default is answered from the op's
 * definition.
 */
export class Attributes {
  readonly #op: string;
  readonly #load: () => Map<string, Uint8Array>;
  #encoded: Map<string, Uint8Array> | undefined;
  readonly #decoded = new Map<string, AttrValue>();

  constructor(op: string, load: () => Map<string, Uint8Array>) {
    this.#op = op;
    this.#load = load;
  }

  #raw(): Map<string, Uint8Array> {
    this.#encoded ??= this.#load();
    return this.#encoded;
  }

  /** Names of the attributes that the export wrote. */
  names(): string[] {
    return [...this.#raw().keys()];
  }

  has(name: string): boolean {
    return this.#raw().has(name) || attrDefault(this.#op, name) !== undefined;
  }

  /** @throws GraphError if neither the node nor the op's definition has it */
  get(name: string): AttrValue {
    const known = this.#decoded.get(name);
    if (known) return known;
    const encoded = this.#raw().get(name);
    const value = encoded ? readAttrValue(encoded) : attrDefault(this.#op, name);
    if (!value)
      throw new GraphError("INVALID_ARGUMENT", `NodeDef missing attr '${name}' from Op<name=${this.#op}>`);
    this.#decoded.set(name, value);
    return value;
  }

  int(name: string): number {
    return Number(this.get(name).i ?? 0n);
  }

  ints(name: string): number[] {
    return this.get(name).list?.i.map(Number) ?? [];
  }

  float(name: string): number {
    return this.get(name).f ?? 0;
  }

  floats(name: string): number[] {
    return this.get(name).list?.f ?? [];
  }

  bool(name: string): boolean {
    return this.get(name).b ?? false;
  }

  bytes(name: string): Uint8Array {
    return this.get(name).s ?? new Uint8Array(0);
  }

  string(name: string): string {
    return utf8.decode(this.bytes(name));
  }

  strings(name: string): string[] {
    return this.get(name).list?.s.map((s) => utf8.decode(s)) ?? [];
  }

  /** Reference dtypes (number + 100) are given as the dtype that they refer to. */
  dtype(name: string): DType {
    return attrDtype(this.get(name).type ?? 0);
  }

  dtypes(name: string): DType[] {
    return this.get(name).list?.type.map(attrDtype) ?? [];
  }

  shape(name: string): PartialShape {
    return this.get(name).shape ?? null;
  }

  shapes(name: string): PartialShape[] {
    return this.get(name).list?.shape ?? [];
  }

  func(name: string): string {
    return this.get(name).func?.name ?? "";
  }

  funcs(name: string): string[] {
    return this.get(name).list?.func.map((f) => f.name) ?? [];
  }

  /** @throws GraphError for a tensor that TensorFlow would not accept either */
  tensor(name: string): Tensor {
    const encoded = this.get(name).tensor;
    if (!encoded) throw new GraphError("INVALID_ARGUMENT", `attr '${name}' holds no tensor`);
    return readTensorProto(encoded);
  }
}

function attrDtype(number: number): DType {
  const dtype = dtypeOf(number > 100 ? number - 100 : number);
  if (!dtype) throw new GraphError("INVALID_ARGUMENT", `unknown DataType ${number}`);
  return dtype;
}
