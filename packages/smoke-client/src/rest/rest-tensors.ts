import {
  allocate,
  DTYPE_FACTS,
  type DType,
  elementAt,
  elementCount,
  fromBase64,
  isFloating,
  setNumber,
  shortName,
  type Tensor,
  TensorError,
  toBase64,
} from "@servable/tensors";
import { tensorEntries } from "../grpc/encode-messages.ts";
import type { Example, ExamplesRequest, NamedTensors } from "../messages.ts";
import type { RestValue } from "./parse-json.ts";

/** Dtypes that the server reads from JSON (tensorflow_serving/util/json_tensor.cc); the others are gRPC only. */
const READ_FROM_JSON: ReadonlySet<DType> = new Set([
  "DT_FLOAT",
  "DT_DOUBLE",
  "DT_INT32",
  "DT_INT16",
  "DT_INT8",
  "DT_UINT8",
  "DT_STRING",
  "DT_INT64",
  "DT_BOOL",
  "DT_UINT32",
  "DT_UINT64",
]);

/** Whether REST can carry tensors of a dtype; inputs and outputs have the same list. */
export function restCarries(dtype: DType): boolean {
  return READ_FROM_JSON.has(dtype);
}

function scalar(tensor: Tensor, index: number): string {
  const value = elementAt(tensor, index);
  if (value instanceof Uint8Array) return `{"b64":"${toBase64(value)}"}`;
  if (typeof value !== "number") return String(value);
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "Infinity";
  if (value === Number.NEGATIVE_INFINITY) return "-Infinity";
  return String(value);
}

/** The JSON text of a tensor's elements from `first` on, nested by `shape`. */
function nested(tensor: Tensor, shape: readonly number[], first: number): string {
  const [size, ...rest] = shape;
  if (size === undefined) return scalar(tensor, first);
  const step = elementCount(rest);
  const parts: string[] = [];
  if (rest.length === 0) for (let index = 0; index < size; index++) parts.push(scalar(tensor, first + index));
  else for (let index = 0; index < size; index++) parts.push(nested(tensor, rest, first + index * step));
  return `[${parts.join(",")}]`;
}

function refuseOthers(entries: readonly (readonly [string, Tensor])[]): void {
  for (const [alias, tensor] of entries) {
    if (!restCarries(tensor.dtype)) {
      throw new TensorError(
        "unsupported-dtype",
        `input ${alias} is ${shortName(tensor.dtype)}, which the REST API can't carry; use gRPC`,
      );
    }
  }
}

const head = (signature: string | undefined): string =>
  signature === undefined ? "" : `"signature_name":${JSON.stringify(signature)},`;

/**
 * Body of a REST predict in column form: `{"inputs": {alias: value}}`.
 * @throws TensorError for a dtype that REST can't carry.
 */
export function columnBody(inputs: NamedTensors, signature?: string): string {
  const entries = tensorEntries(inputs);
  refuseOthers(entries);
  const columns = entries.map(
    ([alias, tensor]) => `${JSON.stringify(alias)}:${nested(tensor, tensor.shape, 0)}`,
  );
  return `{${head(signature)}"inputs":{${columns.join(",")}}}`;
}

/**
 * Body of a REST predict in row form: `{"instances": [{alias: value}]}`, one object for each index of the first
 * dimension, which all inputs must share.
 * @throws TensorError for a dtype that REST can't carry, a scalar, or unequal first dimensions.
 */
export function rowBody(inputs: NamedTensors, signature?: string): string {
  const entries = tensorEntries(inputs);
  refuseOthers(entries);
  const rows = entries[0]?.[1].shape[0];
  for (const [alias, tensor] of entries) {
    if (tensor.shape.length === 0 || tensor.shape[0] !== rows) {
      throw new TensorError(
        "invalid-shape",
        `input ${alias} has shape [${tensor.shape.join(",")}]; the row form needs one first dimension for all inputs`,
      );
    }
  }
  if (rows === undefined || rows === 0)
    throw new TensorError("invalid-shape", "the row form needs at least one row");
  const instances: string[] = [];
  for (let row = 0; row < rows; row++) {
    const columns = entries.map(([alias, tensor]) => {
      const shape = tensor.shape.slice(1);
      return `${JSON.stringify(alias)}:${nested(tensor, shape, row * elementCount(shape))}`;
    });
    instances.push(`{${columns.join(",")}}`);
  }
  return `{${head(signature)}"instances":[${instances.join(",")}]}`;
}

function exampleJson(example: Example): string {
  const features = Object.entries(example).map(([name, feature]) => {
    let values: string[];
    if ("floats" in feature) {
      // without a fraction or exponent the server would read an int64 list
      values = Array.from(feature.floats, (value) => {
        const text = String(value);
        return /^-?\d+$/.test(text) ? `${Object.is(value, -0) ? "-0" : text}.0` : text;
      });
    } else if ("ints" in feature) values = feature.ints.map(String);
    else values = feature.bytes.map((value) => `{"b64":"${toBase64(value)}"}`);
    return `${JSON.stringify(name)}:[${values.join(",")}]`;
  });
  return `{${features.join(",")}}`;
}

/**
 * Body of a REST classify or regress.
 * @throws TensorError for serialized Examples: REST takes them as JSON only.
 */
export function examplesBody(request: ExamplesRequest): string {
  const plain = (example: Example | Uint8Array): Example => {
    if (example instanceof Uint8Array) {
      throw new TensorError(
        "invalid-value",
        "REST takes Examples as features, not serialized; use gRPC for those",
      );
    }
    return example;
  };
  const context = request.context === undefined ? "" : `"context":${exampleJson(plain(request.context))},`;
  const examples = request.examples.map((example) => exampleJson(plain(example)));
  return `{${head(request.model.signature)}${context}"examples":[${examples.join(",")}]}`;
}

/** Shape of nested JSON lists, by their first elements. `{"b64"}` objects and other values are leaves. */
function shapeOf(value: RestValue): number[] {
  const shape: number[] = [];
  let inner: RestValue | undefined = value;
  while (Array.isArray(inner)) {
    shape.push(inner.length);
    inner = inner[0];
  }
  return shape;
}

function* leaves(value: RestValue, shape: readonly number[], depth: number): Generator<RestValue> {
  if (depth === shape.length) {
    if (Array.isArray(value)) throw new TensorError("invalid-shape", "the JSON lists are nested unevenly");
    yield value;
    return;
  }
  if (!Array.isArray(value) || value.length !== shape[depth]) {
    throw new TensorError("invalid-shape", "the JSON lists are of unequal length");
  }
  for (const inner of value) yield* leaves(inner, shape, depth + 1);
}

function wrong(value: RestValue, dtype: DType): TensorError {
  const kind = value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
  return new TensorError("invalid-value", `the answer has ${kind} where ${shortName(dtype)} is declared`);
}

/**
 * A tensor from nested JSON values of a REST answer.
 * @param dtype as the signature declares the output: JSON itself does not say it.
 * @throws TensorError where the values are not a tensor of that dtype.
 */
export function tensorFromRest(value: RestValue, dtype: DType): Tensor {
  const shape = shapeOf(value);
  const tensor: Tensor = { dtype, shape, data: allocate(dtype, elementCount(shape)) };
  const { kind } = DTYPE_FACTS[dtype];
  let index = 0;
  for (const leaf of leaves(value, shape, 0)) {
    if (kind === "bytes") {
      let bytes: Uint8Array | undefined;
      if (typeof leaf === "string") bytes = Buffer.from(leaf, "utf8");
      else if (leaf instanceof Uint8Array) bytes = leaf;
      else if (leaf !== null && typeof leaf === "object" && "b64" in leaf && typeof leaf.b64 === "string") {
        bytes = fromBase64(leaf.b64);
      }
      if (bytes === undefined) throw wrong(leaf, dtype);
      (tensor.data as Uint8Array[])[index] = bytes;
    } else if (dtype === "DT_BOOL") {
      if (typeof leaf !== "boolean") throw wrong(leaf, dtype);
      setNumber(tensor, index, leaf ? 1 : 0);
    } else if (kind === "int64" || kind === "uint64") {
      if (typeof leaf !== "bigint" && !(typeof leaf === "number" && Number.isInteger(leaf)))
        throw wrong(leaf, dtype);
      (tensor.data as BigInt64Array)[index] = BigInt(leaf);
    } else {
      const number = typeof leaf === "bigint" ? Number(leaf) : leaf;
      if (typeof number !== "number" || (!isFloating(dtype) && !Number.isInteger(number)))
        throw wrong(leaf, dtype);
      setNumber(tensor, index, number);
    }
    index++;
  }
  return tensor;
}

/** What an answer's JSON lost: the outputs of the signature, needed to give names and dtypes back. */
export type OutputDTypes = Readonly<Record<string, DType>>;

/**
 * Outputs of a REST predict answer as tensors by alias. With one output the server leaves its name out; in the row
 * form it lists one object per row.
 * @throws TensorError where the answer does not fit the outputs.
 */
export function outputsFromRest(answer: RestValue, outputs: OutputDTypes): Map<string, Tensor> {
  const aliases = Object.keys(outputs);
  if (
    answer === null ||
    typeof answer !== "object" ||
    Array.isArray(answer) ||
    answer instanceof Uint8Array
  ) {
    throw new TensorError("invalid-value", "the answer is not a JSON object");
  }
  const body = answer as { readonly [key: string]: RestValue };
  const row = "predictions" in body;
  const value = body["predictions"] ?? body["outputs"];
  if (value === undefined) {
    throw new TensorError("invalid-value", "the answer has neither 'predictions' nor 'outputs'");
  }
  const read = (alias: string, json: RestValue | undefined): Tensor => {
    if (json === undefined) throw new TensorError("invalid-value", `the answer lacks output ${alias}`);
    try {
      return tensorFromRest(json, outputs[alias]!);
    } catch (error) {
      if (error instanceof TensorError)
        throw new TensorError(error.code, `output ${alias}: ${error.message}`);
      throw error;
    }
  };
  if (aliases.length === 1) return new Map([[aliases[0]!, read(aliases[0]!, value)]]);
  const column = (alias: string): RestValue | undefined => {
    const pick = (from: RestValue | undefined): RestValue | undefined =>
      from !== null && typeof from === "object" && !Array.isArray(from)
        ? (from as { readonly [key: string]: RestValue })[alias]
        : undefined;
    if (!row) return pick(value);
    if (!Array.isArray(value)) return undefined;
    const parts = value.map(pick);
    return parts.every((part): part is RestValue => part !== undefined) ? parts : undefined;
  };
  return new Map(aliases.map((alias) => [alias, read(alias, column(alias))]));
}
