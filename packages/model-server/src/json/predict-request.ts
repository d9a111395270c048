import type { Tensor } from "@servable/tensors";
import { valueDType } from "../inference/dtypes.ts";
import { bytesOfText, StatusError } from "../status.ts";
import { echo } from "./pretty-writer.ts";
import { JsonParseError, parseJson } from "./rapid-parser.ts";
import { denseShape, isBase64Object, MAX_RANK, TensorBuilder } from "./tensor-builder.ts";
import { JsonObject, type JsonValue } from "./value.ts";

export type JsonFormat = "row" | "column";

export interface JsonPredictRequest {
  readonly format: JsonFormat;
  /** By alias; null is a tensor that the server's own parser refuses (rank over 254). */
  readonly inputs: ReadonlyMap<string, Tensor | null>;
}

function invalid(bytes: string): StatusError {
  return StatusError.ofBytes("INVALID_ARGUMENT", bytes);
}

function formatError(document: JsonObject, text: string): StatusError {
  return invalid(`JSON Value: ${echo(document)} ${text}`);
}

/** A request body as a JSON object. @throws StatusError */
export function parseBody(body: Uint8Array): JsonObject {
  if (body.length === 0) throw invalid("JSON Parse error: The document is empty");
  let document: JsonValue;
  try {
    document = parseJson(body);
  } catch (error) {
    if (!(error instanceof JsonParseError)) throw error;
    throw invalid(`JSON Parse error: ${error.message} at offset: ${error.offset}`);
  }
  if (!(document instanceof JsonObject)) throw invalid(`JSON Value: ${echo(document)} Is not object`);
  return document;
}

/** The signature's name in a body, a byte string; undefined where none is given. @throws StatusError */
export function signatureNameOf(document: JsonObject): string | undefined {
  const value = document.find("signature_name");
  if (value === undefined) return undefined;
  if (typeof value !== "string") {
    throw formatError(document, "not formatted correctly. 'signature_name' key must be a string value.");
  }
  return value;
}

/**
 * The tensors of a Predict body, row or column format (`util/json_tensor.cc`).
 * `dtypes` are the DataType numbers of the signature's inputs by alias; there is at least one.
 * @throws StatusError in the server's words
 */
export function tensorsOfBody(document: JsonObject, dtypes: ReadonlyMap<string, number>): JsonPredictRequest {
  const instances = document.find("instances");
  const inputs = document.find("inputs");
  if (instances !== undefined && inputs !== undefined) {
    throw formatError(
      document,
      "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist ",
    );
  }
  if (instances !== undefined) {
    if (!Array.isArray(instances)) throw formatError(document, "Expecting 'instances' to be an list/array");
    if (instances.length === 0) throw formatError(document, "No values in 'instances' array");
    return { format: "row", inputs: rowTensors(instances, dtypes) };
  }
  if (inputs !== undefined) return { format: "column", inputs: columnTensors(inputs, dtypes) };
  throw invalid("Missing 'inputs' or 'instances' key");
}

interface RowInput {
  readonly builder: TensorBuilder;
  size: number;
  shape: readonly number[] | undefined;
}

/** A name as the server reads it: up to a NUL byte. */
function cString(name: string): string {
  const end = name.indexOf("\0");
  return end === -1 ? name : name.slice(0, end);
}

function rowTensors(
  instances: readonly JsonValue[],
  dtypes: ReadonlyMap<string, number>,
): Map<string, Tensor | null> {
  const first = instances[0] ?? null;
  const named = first instanceof JsonObject && !isBase64Object(first);
  if (!named && dtypes.size > 1) {
    throw invalid(
      "instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map",
    );
  }
  const rows = new Map<string, RowInput>();
  for (const [alias, dtype] of dtypes) {
    rows.set(bytesOfText(alias), { builder: new TensorBuilder(dtype), size: 0, shape: undefined });
  }
  const names = [...rows.keys()].sort(compareBytes);
  const single = rows.values().next().value;

  instances.forEach((element, index) => {
    if (named) {
      if (!(element instanceof JsonObject)) {
        throw invalid(`Expecting object but got list at item ${index} of input list`);
      }
      element.values.forEach((value, member) => {
        const name = cString(element.names[member] ?? "");
        const failed = addItem(value, rows.get(name), name);
        if (failed !== undefined) {
          throw invalid(
            `Failed to process element: ${index} key: ${name} of 'instances' list. Error: ${failed.code}: ${failed.asBytes}`,
          );
        }
      });
      const given = new Set(element.names.map(cString));
      if (given.size !== names.length || !names.every((name) => given.has(name))) {
        throw invalid(
          `Failed to process element: ${index} of 'instances' list. JSON object: ${echo(element)} keys must be equal to: ${names.join(",")}`,
        );
      }
    } else {
      if (element instanceof JsonObject && !isBase64Object(element)) {
        throw invalid(`Expecting value/list but got object at item ${index} of input list`);
      }
      const failed = addItem(element, single, names[0] ?? "");
      if (failed !== undefined) {
        throw invalid(
          `Failed to process element: ${index} of 'instances' list. Error: ${failed.code}: ${failed.asBytes}`,
        );
      }
    }
  });

  const tensors = new Map<string, Tensor | null>();
  for (const alias of dtypes.keys()) {
    const row = rows.get(bytesOfText(alias));
    if (row === undefined) continue;
    tensors.set(alias, finished(row.builder, [instances.length, ...(row.shape ?? [])]));
  }
  return tensors;
}

function addItem(value: JsonValue, row: RowInput | undefined, name: string): StatusError | undefined {
  if (row === undefined) return invalid(`JSON object: does not have named input: ${name}`);
  try {
    const shape = denseShape(value);
    if (shape.length > 10_000) return invalid(`tensor parsing error: ${name}`);
    const size = row.builder.addNested(value, shape);
    if (row.shape === undefined) {
      row.size = size;
      row.shape = shape;
      return undefined;
    }
    if (row.size !== size) return invalid(`Expecting tensor size: ${row.size} but got: ${size}`);
    if (row.shape.length !== shape.length || row.shape.some((dim, i) => dim !== shape[i])) {
      return invalid(`Expecting shape [${row.shape.join(",")}] but got: [${shape.join(",")}]`);
    }
    return undefined;
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
}

function columnTensors(inputs: JsonValue, dtypes: ReadonlyMap<string, number>): Map<string, Tensor | null> {
  const tensors = new Map<string, Tensor | null>();
  if (!(inputs instanceof JsonObject) || isBase64Object(inputs)) {
    if (dtypes.size > 1) {
      throw invalid(
        "inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map",
      );
    }
    for (const [alias, dtype] of dtypes) tensors.set(alias, columnTensor(inputs, dtype, alias));
    return tensors;
  }
  for (const [alias, dtype] of dtypes) {
    const name = bytesOfText(alias);
    const value = inputs.find(name);
    if (value === undefined) throw invalid(`Missing named input: ${name} in 'inputs' object.`);
    tensors.set(alias, columnTensor(value, dtype, alias));
  }
  return tensors;
}

function columnTensor(value: JsonValue, dtype: number, alias: string): Tensor | null {
  const shape = denseShape(value);
  if (shape.length > 10_000) throw new StatusError("INVALID_ARGUMENT", `tensor parsing error: ${alias}`);
  const builder = new TensorBuilder(dtype);
  builder.addNested(value, shape);
  return finished(builder, shape);
}

function finished(builder: TensorBuilder, shape: readonly number[]): Tensor | null {
  if (shape.length > MAX_RANK) return null;
  const count = shape.reduce((product, dim) => product * dim, 1);
  const dtype = valueDType(builder.dtype);
  if (dtype === undefined) return null;
  return { dtype, shape, data: builder.data(count) };
}

/** Byte order, as `std::set<std::string>` sorts. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
