import type { TensorData } from "@servable/tensors";
import { dataTypeString } from "../inference/dtypes.ts";
import { StatusError } from "../status.ts";
import { decodeBase64 } from "./base64.ts";
import { echo } from "./pretty-writer.ts";
import { isIntegerLiteral, isNumber, JsonObject, type JsonValue, toDouble, typeName } from "./value.ts";

const BASE64_KEY = "b64";

/** `{"b64": "…"}`: exactly one member of that name, a string. */
export function isBase64Object(value: JsonValue): boolean {
  return (
    value instanceof JsonObject &&
    value.size === 1 &&
    value.names[0] === BASE64_KEY &&
    typeof value.values[0] === "string"
  );
}

function invalid(bytes: string): StatusError {
  return StatusError.ofBytes("INVALID_ARGUMENT", bytes);
}

function typeError(value: JsonValue, dtype: number): StatusError {
  return invalid(
    `JSON Value: ${echo(value)} Type: ${typeName(value)} is not of expected type: ${dataTypeString(dtype)}`,
  );
}

/** Bytes of a base64 object. */
export function base64ObjectBytes(value: JsonObject): Uint8Array {
  if (!isBase64Object(value))
    throw invalid(`JSON Value: ${echo(value)} not formatted correctly for base64 data`);
  const decoded = decodeBase64(String(value.values[0]));
  if (decoded === undefined) throw invalid("Unable to base64 decode");
  return decoded;
}

/** The shape of nested arrays, read off the first elements. */
export function denseShape(value: JsonValue): number[] {
  const shape: number[] = [];
  let level: JsonValue | undefined = value;
  while (Array.isArray(level)) {
    shape.push(level.length);
    level = level[0];
  }
  return shape;
}

type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

interface NumericKind {
  readonly allocate: (length: number) => NumericArray;
  /** The value as an entry, or undefined where RapidJSON does not read it as such. */
  readonly read: (value: JsonValue) => number | bigint | undefined;
}

/** Floats below the normal range become 0: the server's REST threads flush denormals. */
function asFloat(value: JsonValue): number | undefined {
  if (!isNumber(value)) return undefined;
  const single = Math.fround(toDouble(value));
  return Math.abs(single) < 1.1754943508222875e-38 ? single * 0 : single;
}

function asInt32(value: JsonValue): number | undefined {
  // Integer literals of more than 53 bits are bigints: none of them fits.
  if (typeof value !== "number" || !isIntegerLiteral(value)) return undefined;
  return value >= -2147483648 && value <= 2147483647 ? value : undefined;
}

function asBigInt(value: JsonValue, least: bigint, most: bigint): bigint | undefined {
  if (!isIntegerLiteral(value)) return undefined;
  const integer = BigInt(value);
  return integer >= least && integer <= most ? integer : undefined;
}

const INT32_KIND = (allocate: (length: number) => NumericArray): NumericKind => ({ allocate, read: asInt32 });

/** The dtypes that a JSON number or bool becomes, by number (`util/json_tensor.cc`, AddValueToTensor). */
const NUMERIC: Readonly<Record<number, NumericKind>> = {
  1: { allocate: (n) => new Float32Array(n), read: asFloat },
  2: {
    allocate: (n) => new Float64Array(n),
    read: (value) => (isNumber(value) ? toDouble(value) : undefined),
  },
  3: INT32_KIND((n) => new Int32Array(n)),
  4: INT32_KIND((n) => new Uint8Array(n)),
  5: INT32_KIND((n) => new Int16Array(n)),
  6: INT32_KIND((n) => new Int8Array(n)),
  9: {
    allocate: (n) => new BigInt64Array(n),
    read: (value) => asBigInt(value, -(1n << 63n), (1n << 63n) - 1n),
  },
  10: {
    allocate: (n) => new Uint8Array(n),
    read: (value) => (typeof value === "boolean" ? Number(value) : undefined),
  },
  22: {
    allocate: (n) => new Uint32Array(n),
    read: (value) =>
      typeof value === "number" && isIntegerLiteral(value) && value >= 0 && value <= 4294967295
        ? value
        : undefined,
  },
  23: { allocate: (n) => new BigUint64Array(n), read: (value) => asBigInt(value, 0n, (1n << 64n) - 1n) },
};

const STRING = 7;

/**
 * Collects the values of one tensor of a request. `dtype` is the DataType number of the signature's tensor.
 * Grows with the values that come, never by a shape that is only claimed.
 */
export class TensorBuilder {
  readonly dtype: number;
  private readonly kind: NumericKind | undefined;
  private numbers: NumericArray | undefined;
  private readonly strings: Uint8Array[] = [];
  count = 0;

  constructor(dtype: number) {
    this.dtype = dtype;
    this.kind = NUMERIC[dtype];
    this.numbers = this.kind?.allocate(16);
  }

  /**
   * Adds nested arrays of the given shape, or a single value for the empty shape; answers how many values came.
   * @throws StatusError as the server words it
   */
  addNested(value: JsonValue, shape: readonly number[]): number {
    const before = this.count;
    this.fill(value, shape, 0);
    return this.count - before;
  }

  private fill(value: JsonValue, shape: readonly number[], level: number): void {
    if (!Array.isArray(value)) {
      if (level !== shape.length) {
        throw invalid(
          `JSON Value: ${echo(value)} found at incorrect level: ${level + 1} in the JSON DOM. Expected at level: ${shape.length}`,
        );
      }
      this.addValue(value);
      return;
    }
    if (level >= shape.length) {
      throw invalid(`Encountered list at unexpected level: ${level} expected < ${shape.length}`);
    }
    const size = shape[level] ?? 0;
    if (value.length !== size) {
      throw invalid(
        `Encountered list at unexpected size: ${value.length} at level: ${level} expected size: ${size}`,
      );
    }
    for (const element of value) this.fill(element, shape, level + 1);
  }

  private addValue(value: JsonValue): void {
    const { dtype, kind } = this;
    if (value instanceof JsonObject) {
      if (dtype !== STRING) throw typeError(value, dtype);
      this.addString(base64ObjectBytes(value));
      return;
    }
    if (dtype === STRING) {
      if (typeof value !== "string") throw typeError(value, dtype);
      this.addString(Buffer.from(value, "latin1"));
      return;
    }
    if (kind === undefined || this.numbers === undefined) {
      throw StatusError.ofBytes(
        "UNIMPLEMENTED",
        `Conversion of JSON Value: ${echo(value)} to type: ${dataTypeString(dtype)}`,
      );
    }
    const entry = kind.read(value);
    if (entry === undefined) throw typeError(value, dtype);
    if (this.count === this.numbers.length) {
      const grown = kind.allocate(this.count * 2);
      grown.set(this.numbers as never);
      this.numbers = grown;
    }
    // The entry is of the array's own kind: both come from one NumericKind.
    (this.numbers as { [index: number]: number | bigint })[this.count++] = entry;
  }

  private addString(bytes: Uint8Array): void {
    this.strings.push(bytes);
    this.count++;
  }

  /** The first `count` values. */
  data(count: number): TensorData {
    if (this.numbers !== undefined) return this.numbers.slice(0, count);
    return this.strings.slice(0, count);
  }
}

/** The most dimensions that a tensor can have. */
export const MAX_RANK = 254;
