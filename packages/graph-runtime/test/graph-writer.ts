import { type ModelFileSystem, memoryFileSystem } from "@servable/model-layout";
import { WireWriter } from "@servable/tensors";

/* SavedModels that no exporter would make. */

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A length-delimited field. */
export function field(number: number, value: Uint8Array | string): Uint8Array {
  const writer = new WireWriter();
  return (typeof value === "string" ? writer.string(number, value) : writer.bytes(number, value)).finish();
}

/** A varint field. */
export function integer(number: number, value: number | bigint): Uint8Array {
  return new WireWriter().int(number, value).finish();
}

export const attr = {
  type: (number: number) => integer(6, number),
  func: (name: string) => field(10, field(1, name)),
  int: (value: number) => integer(3, value),
  bool: (value: boolean) => integer(5, value ? 1 : 0),
  shape: (...sizes: number[]) => field(7, concat(sizes.map((size) => field(2, integer(1, size))))),
  tensor: (bytes: Uint8Array) => field(8, bytes),
  types: (...numbers: number[]) => field(1, concat(numbers.map((number) => integer(6, number)))),
};

export interface NodeSpec {
  readonly name: string;
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly attrs?: Readonly<Record<string, Uint8Array>>;
}

export function nodeDef({ name, op, inputs = [], attrs = {} }: NodeSpec): Uint8Array {
  return concat([
    field(1, name),
    field(2, op),
    ...inputs.map((input) => field(3, input)),
    ...Object.entries(attrs).map(([key, value]) => field(5, concat([field(1, key), field(2, value)]))),
  ]);
}

export interface FunctionSpec {
  readonly name: string;
  readonly args?: readonly string[];
  readonly outputs?: readonly string[];
  readonly nodes: readonly NodeSpec[];
  readonly ret?: Readonly<Record<string, string>>;
}

function functionDef({ name, args = [], outputs = [], nodes, ret = {} }: FunctionSpec): Uint8Array {
  const signature = concat([
    field(1, name),
    ...args.map((arg) => field(2, field(1, arg))),
    ...outputs.map((output) => field(3, field(1, output))),
  ]);
  return concat([
    field(1, signature),
    ...nodes.map((node) => field(3, nodeDef(node))),
    ...Object.entries(ret).map(([key, value]) => field(4, concat([field(1, key), field(2, value)]))),
  ]);
}

/** int32 constant as TensorProto. */
export function intTensor(shape: readonly number[], values: readonly number[]): Uint8Array {
  return concat([
    integer(1, 3),
    field(2, concat(shape.map((size) => field(2, integer(1, size))))),
    field(4, new Uint8Array(Int32Array.from(values).buffer)),
  ]);
}

/** A folder with a SavedModel of one signature `serving_default` from x (float) to `fetch`. */
export function savedModel(
  nodes: readonly NodeSpec[],
  functions: readonly FunctionSpec[],
  fetch: string,
): ModelFileSystem {
  const info = (name: string): Uint8Array => concat([field(1, name), integer(2, 1)]);
  const signature = concat([
    field(1, concat([field(1, "x"), field(2, info("x:0"))])),
    field(2, concat([field(1, "y"), field(2, info(fetch))])),
    field(3, "tensorflow/serving/predict"),
  ]);
  const x: NodeSpec = { name: "x", op: "Placeholder", attrs: { dtype: attr.type(1) } };
  const graph = concat([
    ...[x, ...nodes].map((node) => field(1, nodeDef(node))),
    field(2, concat(functions.map((fn) => field(1, functionDef(fn))))),
  ]);
  const meta = concat([
    field(1, field(4, "serve")),
    field(2, graph),
    field(5, concat([field(1, "serving_default"), field(2, signature)])),
  ]);
  return memoryFileSystem(new Map([["/m/1/saved_model.pb", concat([integer(1, 1), field(2, meta)])]]));
}
