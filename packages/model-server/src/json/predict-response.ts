import type { DType, Tensor } from "@servable/tensors";
import { DTYPE_NUMBERS } from "@servable/tensors";
import { dataTypeString } from "../inference/dtypes.ts";
import { bytesOfText, invalidArgument } from "../status.ts";
import { formatDouble, formatFloat } from "./numbers.ts";
import type { JsonFormat } from "./predict-request.ts";
import { PrettyWriter } from "./pretty-writer.ts";

/**
 * The body of a Predict answer, a byte string. Outputs come in the given order.
 * @throws StatusError for what has no JSON form
 */
export function predictBody(outputs: ReadonlyMap<string, Tensor>, format: JsonFormat): string {
  if (outputs.size === 0) throw invalidArgument("Cannot convert empty tensor map to JSON");
  return format === "row" ? rowBody(outputs) : columnBody(outputs);
}

function rowBody(outputs: ReadonlyMap<string, Tensor>): string {
  let batch = 0;
  for (const [alias, tensor] of outputs) {
    const [size] = tensor.shape;
    if (size === undefined) throw invalidArgument(`Tensor name: ${alias} has no shape information `);
    if (batch !== 0 && size !== batch) {
      throw invalidArgument(`Tensor name: ${alias} has inconsistent batch size: ${size} expecting: ${batch}`);
    }
    batch = size;
  }
  const writers = [...outputs].map(([alias, tensor]) => new ValueWriter(alias, tensor));
  const several = writers.length > 1;
  const json = new PrettyWriter();
  json.startObject();
  json.key("predictions");
  json.startArray();
  for (let row = 0; row < batch; row++) {
    if (several) {
      json.singleLineArrays = false;
      json.startObject();
      for (const values of writers) {
        json.key(values.name);
        json.singleLineArrays = true;
        values.write(json, 1);
      }
      json.endObject();
    } else {
      json.singleLineArrays = true;
      for (const values of writers) values.write(json, 1);
    }
  }
  json.singleLineArrays = false;
  json.endArray();
  json.endObject();
  return json.finish();
}

function columnBody(outputs: ReadonlyMap<string, Tensor>): string {
  const json = new PrettyWriter();
  json.startObject();
  json.key("outputs");
  const several = outputs.size > 1;
  if (several) json.startObject();
  for (const [alias, tensor] of outputs) {
    const values = new ValueWriter(alias, tensor);
    if (several) json.key(values.name);
    values.write(json, 0);
  }
  if (several) json.endObject();
  json.endObject();
  return json.finish();
}

/** Writes the values of one output in order: `write` goes on where the last call ended. */
class ValueWriter {
  readonly name: string;
  private readonly tensor: Tensor;
  private readonly put: (json: PrettyWriter, index: number) => void;
  private next = 0;

  constructor(alias: string, tensor: Tensor) {
    this.name = bytesOfText(alias);
    this.tensor = tensor;
    this.put = valuePutter(tensor, alias.endsWith("_bytes") && tensor.dtype === "DT_STRING");
  }

  /** The next part of the tensor from dimension `dim` on. */
  write(json: PrettyWriter, dim: number): void {
    const size = this.tensor.shape[dim];
    if (size === undefined) {
      this.put(json, this.next++);
      return;
    }
    json.startArray();
    for (let i = 0; i < size; i++) this.write(json, dim + 1);
    json.endArray();
  }
}

const INTEGERS: ReadonlySet<DType> = new Set([
  "DT_INT32",
  "DT_INT16",
  "DT_INT8",
  "DT_UINT8",
  "DT_INT64",
  "DT_UINT32",
  "DT_UINT64",
]);

function valuePutter(tensor: Tensor, asBase64: boolean): (json: PrettyWriter, index: number) => void {
  const { data, dtype } = tensor;
  if (dtype === "DT_FLOAT") return (json, index) => json.raw(formatFloat(Number(data[index])));
  if (dtype === "DT_DOUBLE") return (json, index) => json.raw(formatDouble(Number(data[index])));
  if (INTEGERS.has(dtype)) return (json, index) => json.raw(String(data[index]));
  if (dtype === "DT_BOOL") return (json, index) => json.raw(data[index] === 0 ? "false" : "true");
  if (dtype === "DT_STRING") {
    return (json, index) => {
      const value = data[index];
      const bytes =
        value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : undefined;
      if (asBase64) {
        json.startObject();
        json.key("b64");
        json.string(bytes?.toString("base64") ?? "");
        json.endObject();
      } else {
        json.string(bytes?.toString("latin1") ?? "");
      }
    };
  }
  const name = dataTypeString(DTYPE_NUMBERS[dtype]);
  return () => {
    throw invalidArgument(`Failed to write JSON value for tensor type: ${name}`);
  };
}

/** `{"error": text}`, where the text is a byte string. */
export function errorBody(bytes: string): string {
  const json = new PrettyWriter();
  json.startObject();
  json.key("error");
  json.string(bytes);
  json.endObject();
  return json.finish();
}
