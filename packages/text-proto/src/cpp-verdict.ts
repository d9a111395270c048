import { type AddError, CppTokenizer } from "./cpp-tokenizer.ts";
import { integerBounds, isHexOrOctal, parseDecimal, parseMagnitude, toFloat } from "./numbers.ts";
import { findMessage, type SchemaSet } from "./schema.ts";
import { type FieldInfo, infoOf, type MessageInfo } from "./schema-info.ts";
import { bytesOfText } from "./text-bytes.ts";

/** One message of the C++ parser; line and column count from 1, the column in bytes with tabs to multiples of 8. */
export interface CppError {
  readonly line: number;
  readonly column: number;
  /** Word by word; bytes beyond ASCII as U+FFFD. */
  readonly message: string;
}
export interface CppVerdict {
  readonly accept: boolean;
  /** In the order in which the server logs them, each as `Error parsing text-format <message>: <line>:<column>: <text>`. */
  readonly errors: readonly CppError[];
  /** The same for warnings (deprecated fields): `Warning parsing text-format …`. */
  readonly warnings: readonly CppError[];
}

/** A message, a list of messages, or something that is passed over, being consumed. */
interface Frame {
  readonly kind: "message" | "list" | "skipped-message" | "skipped-list";
  /** The closing bracket that must come. */
  readonly close: string;
  readonly info: MessageInfo | undefined;
  /** The field that the frame is a value of. */
  readonly field: FieldInfo | undefined;
  readonly set: Set<FieldInfo>;
  /** Something of the message shows in the wire form. */
  content: boolean;
  /** The frame is the content of an Any. */
  readonly any: boolean;
}

/** Thrown and caught here: the parser gives up at its first error. */
const stop = Symbol("stop");

/**
 * What C++ `TextFormat::Parser` (protobuf 3.21, strict) says about a text: its tokenizer goes on after errors, the
 * parser stops at its first one.
 */
export function cppVerdict(text: string, messageName: string, schemas: SchemaSet): CppVerdict {
  const schema = findMessage(schemas, messageName);
  if (schema === undefined) throw new RangeError(`no schema for message ${messageName}`);
  const errors: CppError[] = [];
  const warnings: CppError[] = [];
  const adder =
    (list: CppError[]): AddError =>
    (line, column, message) => {
      const readable = message.replace(/[\u0080-\u00ff]/g, "\ufffd");
      list.push({ line: line + 1, column: column + 1, message: readable });
    };
  try {
    const tokens = new CppTokenizer(bytesOfText(text), adder(errors));
    new CppParser(tokens, adder(errors), adder(warnings), schemas).parse(infoOf(schema, schemas));
  } catch (error) {
    if (error !== stop) throw error;
  }
  return { accept: errors.length === 0, errors, warnings };
}

class CppParser {
  readonly #tokens: CppTokenizer;
  readonly #addError: AddError;
  readonly #addWarning: AddError;
  readonly #schemas: SchemaSet;
  readonly #stack: Frame[] = [];

  constructor(tokens: CppTokenizer, addError: AddError, addWarning: AddError, schemas: SchemaSet) {
    this.#tokens = tokens;
    this.#addError = addError;
    this.#addWarning = addWarning;
    this.#schemas = schemas;
    tokens.next();
  }

  parse(info: MessageInfo): void {
    this.#open("message", "", info, undefined, false);
    while (this.#stack.length > 0) {
      const frame = this.#stack.at(-1) as Frame;
      if (frame.kind === "list") this.#listItem(frame);
      else if (frame.kind === "skipped-list") this.#skippedItem();
      else if (frame.close === "") {
        if (this.#tokens.current.type === "end") return;
        this.#field(frame);
      } else if (this.#tokens.is(">") || this.#tokens.is("}")) {
        this.#consume(frame.close);
        this.#stack.pop();
        this.#afterMessage(frame);
      } else if (frame.kind === "skipped-message") this.#skipField();
      else this.#field(frame);
    }
  }

  #fail(message: string): never {
    const { line, column } = this.#tokens.current;
    this.#addError(line, column, message);
    throw stop;
  }

  #open(
    kind: Frame["kind"],
    close: string,
    info: MessageInfo | undefined,
    field: FieldInfo | undefined,
    any: boolean,
  ): void {
    this.#stack.push({ kind, close, info, field, set: new Set(), content: false, any });
  }

  #consume(text: string, beforeWhitespace = false): void {
    if (!this.#tokens.is(text)) this.#fail(`Expected "${text}", found "${this.#tokens.text}".`);
    this.#tokens.next(beforeWhitespace);
    if (beforeWhitespace) this.#tryWhitespace();
  }

  #tryConsume(text: string, beforeWhitespace = false): boolean {
    if (!this.#tokens.is(text)) return false;
    this.#tokens.next(beforeWhitespace);
    if (beforeWhitespace) this.#tryWhitespace();
    return true;
  }

  #tryWhitespace(): void {
    if (this.#tokens.current.type === "whitespace") this.#tokens.next();
  }

  #identifier(beforeWhitespace = false): string {
    if (this.#tokens.current.type !== "identifier")
      this.#fail(`Expected identifier, got: ${this.#tokens.text}`);
    const { text } = this.#tokens;
    this.#tokens.next(beforeWhitespace);
    if (beforeWhitespace) this.#tryWhitespace();
    return text;
  }

  #fullTypeName(): string {
    let name = this.#identifier();
    while (this.#tryConsume(".")) name += `.${this.#identifier()}`;
    return name;
  }

  /** `{` or `<`; gives the closing bracket that belongs to it. */
  #delimiter(): string {
    if (this.#tryConsume("<")) return ">";
    this.#consume("{");
    return "}";
  }

  #field(frame: Frame): void {
    const info = frame.info as MessageInfo;
    if (info.schema.name === "google.protobuf.Any" && this.#tryConsume("[")) {
      this.#anyContent();
      return;
    }
    if (this.#tryConsume("[")) {
      const name = this.#fullTypeName();
      this.#consume("]", true);
      this.#fail(`Extension "${name}" is not defined or is not an extension of "${info.schema.name}".`);
    }
    const name = this.#identifier(true);
    const field = info.fields.get(name);
    if (field === undefined) {
      if (!info.schema.reservedNames?.includes(name)) {
        this.#fail(`Message type "${info.schema.name}" has no field named "${name}".`);
      }
      if (this.#tryConsume(":", true) && !this.#tokens.is("{") && !this.#tokens.is("<")) this.#skipValue();
      else this.#open("skipped-message", this.#delimiter(), undefined, undefined, false);
      return;
    }
    if (!field.repeated && frame.set.has(field)) {
      this.#fail(`Non-repeated field "${name}" is specified multiple times.`);
    }
    if (field.oneof !== undefined) {
      for (const other of frame.set) {
        if (other.oneof === field.oneof) {
          this.#fail(
            `Field "${name}" is specified along with field "${other.name}", another member of oneof "${field.oneof}".`,
          );
        }
      }
    }
    if (field.kind === "message") this.#tryConsume(":", true);
    else this.#consume(":", true);
    if (field.repeated && this.#tryConsume("[")) {
      if (this.#tryConsume("]")) this.#endField(field);
      else {
        this.#open("list", "]", undefined, field, false);
        this.#listItemValue(frame, field);
      }
    } else if (field.kind === "message") this.#openMessage(frame, field);
    else {
      this.#scalar(frame, field);
      this.#endField(field);
    }
  }

  /** The item after a comma has not begun, or the one before the comma or bracket has just ended. */
  #listItem(frame: Frame): void {
    const field = frame.field as FieldInfo;
    if (this.#tryConsume("]")) {
      this.#stack.pop();
      this.#endField(field);
      return;
    }
    this.#consume(",");
    this.#listItemValue(this.#stack.at(-2) as Frame, field);
  }

  #listItemValue(message: Frame, field: FieldInfo): void {
    if (field.kind === "message") this.#openMessage(message, field);
    else this.#scalar(message, field);
  }

  #openMessage(message: Frame, field: FieldInfo): void {
    const close = this.#delimiter();
    message.content = true;
    if (!field.repeated) message.set.add(field);
    this.#open("message", close, field.message, field, false);
  }

  /** A message has been closed. */
  #afterMessage(frame: Frame): void {
    const around = this.#stack.at(-1);
    if (frame.any) {
      const fields = around?.info?.fields;
      const [url, value] = [fields?.get("type_url"), fields?.get("value")];
      if (around === undefined || url === undefined || value === undefined) return;
      if (around.set.has(url) || around.set.has(value))
        this.#fail("Non-repeated Any specified multiple times.");
      around.set.add(url);
      around.content = true;
      if (frame.content) around.set.add(value);
      return;
    }
    if (frame.kind === "skipped-message") {
      // A reserved field takes no separator; fields inside what is passed over do.
      if (around?.kind === "skipped-message") this.#separator();
      return;
    }
    if (around?.kind !== "list") this.#endField(frame.field);
  }

  #separator(): void {
    if (!this.#tryConsume(";")) this.#tryConsume(",");
  }

  /** What comes after the value of a field. */
  #endField(field: FieldInfo | undefined): void {
    this.#separator();
    if (field?.field.deprecated) {
      const { line, column } = this.#tokens.current;
      this.#addWarning(line, column, `text format contains deprecated field "${field.name}"`);
    }
  }

  #anyContent(): void {
    let host = this.#identifier();
    while (this.#tryConsume(".")) host += `.${this.#identifier()}`;
    this.#consume("/");
    const name = this.#fullTypeName();
    this.#consume("]", true);
    this.#tryConsume(":", true);
    const known = host === "type.googleapis.com" || host === "type.googleprod.com";
    const schema = known ? findMessage(this.#schemas, name) : undefined;
    if (schema === undefined)
      this.#fail(`Could not find type "${host}/${name}" stored in google.protobuf.Any.`);
    this.#open("message", this.#delimiter(), infoOf(schema, this.#schemas), undefined, true);
  }

  /** Consumes a scalar; a value other than the default counts as set. */
  #scalar(message: Frame, field: FieldInfo): void {
    const isDefault = this.#scalarIsDefault(field);
    if (field.repeated) message.content = true;
    else if (field.presence || !isDefault) {
      message.set.add(field);
      message.content = true;
    }
  }

  #scalarIsDefault(field: FieldInfo): boolean {
    const { type } = field.field;
    if (field.kind === "enum") return this.#enum(field);
    switch (type) {
      case "string":
      case "bytes":
        return this.#string();
      case "bool":
        return this.#bool(field);
      case "double":
      case "float":
        return this.#floating(type === "float");
    }
    const [min, max] = integerBounds[type] ?? [0n, 0n];
    return min === 0n ? this.#unsigned(max) === 0n : this.#signed(max) === 0n;
  }

  #unsigned(max: bigint): bigint {
    const tokens = this.#tokens;
    if (tokens.current.type !== "integer") this.#fail(`Expected integer, got: ${tokens.text}`);
    const value = parseMagnitude(tokens.text);
    if (value === undefined || value > max) this.#fail(`Integer out of range (${tokens.text})`);
    tokens.next();
    return value;
  }

  #signed(max: bigint): bigint {
    return this.#tryConsume("-") ? -this.#unsigned(max + 1n) : this.#unsigned(max);
  }

  #floating(single: boolean): boolean {
    const tokens = this.#tokens;
    const negative = this.#tryConsume("-");
    const { text } = tokens;
    let value: number;
    switch (tokens.current.type) {
      case "integer":
        if (isHexOrOctal(text)) this.#fail(`Expect a decimal number, got: ${text}`);
        value = parseDecimal(text);
        break;
      case "float":
        value = parseDecimal(text);
        break;
      case "identifier": {
        const word = text.toLowerCase();
        if (word !== "inf" && word !== "infinity" && word !== "nan")
          this.#fail(`Expected double, got: ${word}`);
        value = word === "nan" ? Number.NaN : Number.POSITIVE_INFINITY;
        break;
      }
      default:
        this.#fail(`Expected double, got: ${text}`);
    }
    tokens.next();
    if (negative) value = -value;
    return Object.is(single ? toFloat(value) : value, 0);
  }

  #string(): boolean {
    const tokens = this.#tokens;
    if (tokens.current.type !== "string") this.#fail(`Expected string, got: ${tokens.text}`);
    let empty = true;
    while (tokens.current.type === "string") {
      // A literal that is not closed may be two characters long and hold one.
      const { text } = tokens;
      if (text.length > 2 || (text.length === 2 && text[0] !== text[1])) empty = false;
      tokens.next();
    }
    return empty;
  }

  #bool(field: FieldInfo): boolean {
    if (this.#tokens.current.type === "integer") return this.#unsigned(1n) === 0n;
    const word = this.#identifier();
    if (word === "true" || word === "True" || word === "t") return false;
    if (word === "false" || word === "False" || word === "f") return true;
    this.#fail(`Invalid value for boolean field "${field.name}". Value: "${word}".`);
  }

  #enum(field: FieldInfo): boolean {
    const values = field.enumeration?.values ?? {};
    if (this.#tokens.current.type === "identifier") {
      const name = this.#identifier();
      if (!Object.hasOwn(values, name)) {
        this.#fail(`Unknown enumeration value of "${name}" for field "${field.name}".`);
      }
      return values[name] === 0;
    }
    if (this.#tokens.current.type !== "integer" && !this.#tokens.is("-")) {
      this.#fail(`Expected integer or identifier, got: ${this.#tokens.text}`);
    }
    const number = this.#signed(2n ** 31n - 1n);
    if (field.enumeration?.closed && !Object.values(values).includes(Number(number))) {
      this.#fail(`Unknown enumeration value of "${number}" for field "${field.name}".`);
    }
    return number === 0n;
  }

  /** A field inside something that is passed over. */
  #skipField(): void {
    if (this.#tryConsume("[")) {
      this.#identifier();
      while (this.#tryConsume(".") || this.#tryConsume("/")) this.#identifier();
      this.#consume("]", true);
    } else this.#identifier(true);
    if (this.#tryConsume(":", true) && !this.#tokens.is("{") && !this.#tokens.is("<")) {
      if (!this.#skipValue()) this.#separator();
    } else this.#open("skipped-message", this.#delimiter(), undefined, undefined, false);
  }

  /** Passes over a value other than a message; true where a list was begun, whose items are still to come. */
  #skipValue(): boolean {
    const tokens = this.#tokens;
    if (tokens.current.type === "string") {
      while (tokens.current.type === "string") tokens.next();
      return false;
    }
    if (this.#tryConsume("[")) {
      this.#open("skipped-list", "]", undefined, undefined, false);
      this.#skipItem();
      return true;
    }
    const negative = this.#tryConsume("-");
    const { type } = tokens.current;
    if (type !== "integer" && type !== "float" && type !== "identifier") {
      this.#fail(`Cannot skip field value, unexpected token: ${tokens.text}`);
    }
    if (negative && type === "identifier") {
      const word = tokens.text.toLowerCase();
      if (word !== "inf" && word !== "infinity" && word !== "nan")
        this.#fail(`Invalid float number: ${word}`);
    }
    tokens.next();
    return false;
  }

  #skipItem(): void {
    if (this.#tokens.is("{") || this.#tokens.is("<")) {
      this.#open("skipped-message", this.#delimiter(), undefined, undefined, false);
    } else this.#skipValue();
  }

  /** After an item of a list that is passed over. */
  #skippedItem(): void {
    if (!this.#tryConsume("]")) {
      this.#consume(",");
      this.#skipItem();
      return;
    }
    this.#stack.pop();
    if (this.#stack.at(-1)?.kind === "skipped-message") this.#separator();
  }
}
