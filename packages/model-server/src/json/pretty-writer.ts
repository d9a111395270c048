import { formatDouble, formatFloat, formatShortest } from "./numbers.ts";
import { JsonDouble, JsonObject, type JsonValue } from "./value.ts";

interface Level {
  readonly inArray: boolean;
  count: number;
}

/**
 * RapidJSON's PrettyWriter with an indent of four spaces, byte for byte; the text is a byte string.
 * `singleLineArrays` is its format option of that name and may be switched while writing.
 */
export class PrettyWriter {
  singleLineArrays = false;
  private readonly levels: Level[] = [];
  private parts: string[] = [];
  private text = "";
  /** Bytes written so far. */
  size = 0;

  finish(): string {
    this.flush();
    return this.text;
  }

  private flush(): void {
    this.text += this.parts.join("");
    this.parts = [];
  }

  private put(part: string): void {
    this.size += part.length;
    this.parts.push(part);
    if (this.parts.length > 16384) this.flush();
  }

  private newLine(): void {
    this.put("\n");
    this.put("    ".repeat(this.levels.length));
  }

  private prefix(): void {
    const level = this.levels[this.levels.length - 1];
    if (level === undefined) return;
    if (level.inArray) {
      if (level.count > 0) this.put(this.singleLineArrays ? ", " : ",");
      if (!this.singleLineArrays) this.newLine();
    } else if (level.count % 2 === 0) {
      if (level.count > 0) this.put(",");
      this.newLine();
    } else {
      this.put(": ");
    }
    level.count++;
  }

  startObject(): void {
    this.prefix();
    this.levels.push({ inArray: false, count: 0 });
    this.put("{");
  }

  endObject(): void {
    const empty = this.levels.pop()?.count === 0;
    if (!empty) this.newLine();
    this.put("}");
  }

  startArray(): void {
    this.prefix();
    this.levels.push({ inArray: true, count: 0 });
    this.put("[");
  }

  endArray(): void {
    const empty = this.levels.pop()?.count === 0;
    if (!empty && !this.singleLineArrays) this.newLine();
    this.put("]");
  }

  /** A member's name, a byte string. */
  key(name: string): void {
    this.string(name);
  }

  string(bytes: string): void {
    this.prefix();
    this.put(quoted(bytes));
  }

  /** Text that is already JSON: a number, true, false, null. */
  raw(text: string): void {
    this.prefix();
    this.put(text);
  }
}

const NEEDS_ESCAPE = /["\\\u0000-\u001f]/;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A byte string as a JSON string: quotes, backslashes and control characters escaped, all else as it is. */
export function quoted(bytes: string): string {
  if (!NEEDS_ESCAPE.test(bytes)) return `"${bytes}"`;
  let result = '"';
  for (const char of bytes) {
    const code = char.charCodeAt(0);
    result +=
      SHORT_ESCAPES[char] ?? (code < 0x20 ? `\\u${code.toString(16).toUpperCase().padStart(4, "0")}` : char);
  }
  return `${result}"`;
}

/** Where an echo is cut off: the indents of deep nesting would grow with its square. */
const MAX_ECHO = 16 * 1024 * 1024;

/**
 * JSON echoed in an error text, a byte string: pretty-printed whole. A lone number follows the rules of answers, in
 * float32 where it fits; inside objects and arrays RapidJSON's own rules hold, and NaN or an infinity ends the text.
 */
export function echo(value: JsonValue): string {
  if (value instanceof JsonDouble || (typeof value === "number" && !isInteger(value))) {
    const double = value instanceof JsonDouble ? value.value : value;
    const single = double >= -3.4028234e38 && double <= 3.4028234e38;
    return single ? formatFloat(Math.fround(double)) : formatDouble(double);
  }
  const writer = new PrettyWriter();
  writeValue(writer, value);
  return writer.finish();
}

function isInteger(value: number): boolean {
  return Number.isInteger(value) && !Object.is(value, -0);
}

/** False where RapidJSON stops writing. Containers are walked with a stack of our own: nesting has no bound. */
function writeValue(writer: PrettyWriter, root: JsonValue): boolean {
  const open: { readonly container: JsonObject | JsonValue[]; next: number }[] = [];
  let value: JsonValue | undefined = root;
  for (;;) {
    if (writer.size > MAX_ECHO) return false;
    if (value !== undefined) {
      if (Array.isArray(value)) {
        writer.startArray();
        open.push({ container: value, next: 0 });
      } else if (value instanceof JsonObject) {
        writer.startObject();
        open.push({ container: value, next: 0 });
      } else if (!writeScalar(writer, value)) {
        return false;
      }
    }
    const top = open[open.length - 1];
    if (top === undefined) return true;
    const { container } = top;
    const values: readonly JsonValue[] = Array.isArray(container) ? container : container.values;
    if (top.next === values.length) {
      open.pop();
      if (Array.isArray(container)) writer.endArray();
      else writer.endObject();
      value = undefined;
      continue;
    }
    if (!Array.isArray(container)) writer.key(container.names[top.next] ?? "");
    value = values[top.next++];
  }
}

function writeScalar(
  writer: PrettyWriter,
  value: null | boolean | string | number | bigint | JsonDouble,
): boolean {
  if (typeof value === "string") {
    writer.string(value);
    return true;
  }
  if (value === null || typeof value === "boolean" || typeof value === "bigint") {
    writer.raw(String(value));
    return true;
  }
  if (typeof value === "number" && isInteger(value)) {
    writer.raw(String(value));
    return true;
  }
  const double = typeof value === "number" ? value : value.value;
  if (!Number.isFinite(double)) {
    writer.raw("");
    return false;
  }
  writer.raw(formatShortest(double));
  return true;
}
