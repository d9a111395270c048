/**
 * A JSON value with what RapidJSON keeps of it: whether a number was an integer literal, and the bytes of strings.
 *
 * - string: a byte string, one character a byte (strings need not be UTF-8)
 * - number: an integer literal within ±2^53, or a double that is no integer (also -0, NaN, infinities)
 * - bigint: an integer literal beyond that, within int64 or uint64
 * - JsonDouble: a double with an integral value, as `1.0` or `1e3`
 */
export type JsonValue = null | boolean | string | number | bigint | JsonDouble | JsonArray | JsonObject;

export class JsonDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type JsonArray = JsonValue[];

/** Members in document order; a name may come twice. */
export class JsonObject {
  readonly names: string[] = [];
  readonly values: JsonValue[] = [];

  get size(): number {
    return this.names.length;
  }

  /** The first member of that name (a byte string). */
  find(name: string): JsonValue | undefined {
    const index = this.names.indexOf(name);
    return index === -1 ? undefined : this.values[index];
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }
}

/** Whether a number was an integer literal that fits uint64 or int64. */
export function isIntegerLiteral(value: JsonValue): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && isIntegral(value));
}

function isIntegral(value: number): boolean {
  return Number.isInteger(value) && !Object.is(value, -0);
}

export function isNumber(value: JsonValue): value is number | bigint | JsonDouble {
  return typeof value === "number" || typeof value === "bigint" || value instanceof JsonDouble;
}

/** The double nearest to a number. */
export function toDouble(value: number | bigint | JsonDouble): number {
  return typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : value.value;
}

/** RapidJSON's type names, as in the server's texts. */
export function typeName(value: JsonValue): string {
  if (value === null) return "Null";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return "String";
  if (Array.isArray(value)) return "Array";
  if (value instanceof JsonObject) return "Object";
  return "Number";
}
