import { type DType, dtypeOf, type PartialShape, type Tensor } from "@servable/tensors";
import { GraphError } from "../graph-error.ts";
import { type AttrValue, readAttrValue } from "./attr-value.ts";
import { attrDefault } from "./op-table.ts";
import { readTensorProto } from "./tensor-proto.ts";

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
