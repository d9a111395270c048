/**
 * Inputs for the differential fuzz: texts made from the schemas in every form that the grammar has, with rare mistakes,
 * and texts mutated at random. All from a seed.
 */

import type { Random } from "@servable/test-fixtures/random";
import {
  type FieldSchema,
  findEnum,
  findMessage,
  type MessageSchema,
  type SchemaSet,
} from "@servable/text-proto";
import { misplaced } from "./literals.ts";

const integers = [
  "0",
  "1",
  "2",
  "7",
  "8",
  "9",
  "10",
  "128",
  "255",
  "00",
  "01",
  "007",
  "010",
  "08",
  "0x0",
  "0x1",
  "0X1f",
  "0xdeadBEEF",
  "0x",
  "2147483647",
  "2147483648",
  "2147483649",
  "4294967295",
  "4294967296",
  "9223372036854775807",
  "9223372036854775808",
  "9223372036854775809",
  "18446744073709551615",
  "18446744073709551616",
  "99999999999999999999",
  "0x7fffffffffffffff",
  "0x8000000000000000",
  "0xffffffffffffffff",
  "0x10000000000000000",
  "0777777777777777777777",
  "01777777777777777777777",
  "02000000000000000000000",
  "0b1",
  "1_000",
  "12abc",
  "0x1p3",
  "1000000000000000000000000000000",
];
const floats = [
  "0.0",
  "-0.0",
  "1.5",
  ".5",
  "5.",
  "1e3",
  "1E3",
  "1e+3",
  "1e-3",
  "1e",
  "1e+",
  "1.5f",
  "1f",
  "0f",
  "0F",
  "1.e3",
  ".5e1f",
  "1e400",
  "1e-400",
  "3.4028235e38",
  "3.4028235677973366e38",
  "3.4028236e38",
  "1e39",
  "1e-46",
  "1.17549435e-38",
  "1.2.3",
  "1..2",
  "0x1.5",
  "010.5",
  "0.1",
  "123456789.123456789",
  "1.7976931348623157e308",
  "1.7976931348623159e308",
  "5e-324",
  "2e-324",
  "0.30000000000000004",
  "16777217",
  "1e1.5",
];
const words = [
  "true",
  "false",
  "True",
  "False",
  "t",
  "f",
  "TRUE",
  "yes",
  "inf",
  "INF",
  "infinity",
  "Infinity",
  "nan",
  "NaN",
  "inff",
  "null",
  "none",
  "x",
  "_",
  "a1",
  "key",
  "value",
];
const escapes = [
  "\\n",
  "\\t",
  "\\\\",
  "\\'",
  '\\"',
  "\\?",
  "\\a",
  "\\v",
  "\\0",
  "\\1",
  "\\12",
  "\\377",
  "\\400",
  "\\777",
  "\\x41",
  "\\x4",
  "\\xff",
  "\\xFFf",
  "\\u00e9",
  "\\ud83d\\ude00",
  "\\ud800",
  "\\udc00",
  "\\ud800\\u0041",
  "\\U0001F600",
  "\\U0010ffff",
  "\\U00110000",
  "\\U001fffff",
  "\\u12",
  "\\x",
  "\\xg",
  "\\q",
  "\\U0001F6",
  "\\8",
  "\\X41",
];
const plainPieces = [
  "",
  "a",
  "abc",
  " ",
  "/models/m",
  "é",
  "😀",
  "#",
  "{",
  "}",
  ":",
  "\t",
  "\u007f",
  "\u0001",
  "\r",
];
const trivia = [" ", "  ", "\n", "\t", "\r\n", "\v", "\f", " \n ", "# c\n", "#\n", " # é }\n", "\n# x\n\n"];
const separators = [",", ";", " ,", " ;", "\n,", "# c\n;"];

/** How a text is laid out, and how often it goes wrong. */
interface Style {
  readonly mistakes: number;
  readonly loose: number;
}

export class TextGenerator {
  readonly #random: Random;
  readonly #schemas: SchemaSet;
  readonly #names: readonly string[];

  constructor(random: Random, schemas: SchemaSet) {
    this.#random = random;
    this.#schemas = schemas;
    this.#names = Object.keys(schemas.messages).filter((name) => !name.endsWith("Entry"));
  }

  /** A text for a message; about half are without mistakes. */
  text(messageName: string): string {
    const random = this.#random;
    const schema = findMessage(this.#schemas, messageName) as MessageSchema;
    const style: Style = {
      mistakes: random.chance(0.5) ? 0 : random.pick([0.002, 0.01, 0.05]),
      loose: random.pick([0, 0.1, 0.5]),
    };
    return this.#gap(style, true) + this.#fields(schema, style, 1 + random.below(4)) + this.#gap(style, true);
  }

  #gap(style: Style, optional = false): string {
    const random = this.#random;
    if (!random.chance(style.loose)) return optional ? "" : " ";
    let gap = optional && random.chance(0.5) ? "" : random.pick(trivia);
    while (random.chance(0.3)) gap += random.pick(trivia);
    return gap;
  }

  #wrong(style: Style): boolean {
    return style.mistakes > 0 && this.#random.chance(style.mistakes);
  }

  #fields(schema: MessageSchema, style: Style, depth: number): string {
    const random = this.#random;
    let text = "";
    const count = schema.fields.length === 0 ? 0 : random.below(Math.min(5, schema.fields.length + 2));
    const used = new Set<string>();
    if (schema.name === "google.protobuf.Any" && random.chance(0.8)) {
      text += this.#any(style, depth);
      if (!this.#wrong(style)) return text;
    }
    for (let index = 0; index < count; index++) {
      const field = random.pick(schema.fields);
      const key = field.oneof ?? field.name;
      if (!field.repeated && used.has(key) && !this.#wrong(style)) continue;
      used.add(key);
      text += this.#field(field, style, depth) + this.#gap(style);
      if (this.#wrong(style)) text += random.pick(misplaced) + this.#gap(style, true);
    }
    if (schema.reservedNames !== undefined && random.chance(0.5)) {
      text += `${random.pick(schema.reservedNames)}${this.#skipped(style, 3)} `;
    }
    if (this.#wrong(style))
      text += `${random.pick(["foo", "Max", "[a.b]", "[a/b]", "5"])}${this.#gap(style, true)}: 1 `;
    return text;
  }

  #any(style: Style, depth: number): string {
    const random = this.#random;
    const name = this.#wrong(style) ? "no.such.Type" : random.pick(this.#names);
    const schema = findMessage(this.#schemas, name);
    const host = this.#wrong(style)
      ? random.pick(["example.com", "type", ""])
      : random.pick(["type.googleapis.com", "type.googleprod.com"]);
    const dots = (path: string): string =>
      path
        .split(".")
        .map((part) => part + (random.chance(style.loose / 4) ? this.#gap(style, true) : ""))
        .join(".");
    const body = schema === undefined || depth <= 0 ? "" : this.#fields(schema, style, depth - 1);
    const colon = random.chance(0.2) ? ":" : "";
    return `[${this.#gap(style, true)}${dots(host)}/${dots(name)}]${this.#gap(style, true)}${colon}${this.#gap(style, true)}${this.#block(body, style)}${this.#wrong(style) ? ";" : ""}${this.#gap(style)}`;
  }

  #block(body: string, style: Style): string {
    const [open, close] = this.#random.chance(0.2) ? ["<", ">"] : ["{", "}"];
    const wrongClose = this.#wrong(style) ? this.#random.pick(["}", ">", ""]) : close;
    return `${open}${this.#gap(style, true)}${body}${wrongClose}`;
  }

  #field(field: FieldSchema, style: Style, depth: number): string {
    const random = this.#random;
    const separator = random.chance(style.loose / 2) ? random.pick(separators) : "";
    const list = field.repeated ? random.chance(0.3) : this.#wrong(style);
    const message = field.kind === "message";
    const colon = message ? random.chance(0.3) : !this.#wrong(style);
    const before = field.name + this.#gap(style, true) + (colon ? `:${this.#gap(style, true)}` : "");
    if (!list) return before + this.#gap(style, colon) + this.#value(field, style, depth) + separator;
    const items: string[] = [];
    while (random.chance(0.6)) {
      items.push(this.#gap(style, true) + this.#value(field, style, depth) + this.#gap(style, true));
    }
    const comma = this.#wrong(style) ? random.pick([";", "", ",,"]) : ",";
    const trailing = this.#wrong(style) ? "," : "";
    return `${before}[${items.join(comma)}${trailing}${this.#gap(style, true)}]${separator}`;
  }

  #value(field: FieldSchema, style: Style, depth: number): string {
    const random = this.#random;
    if (this.#wrong(style)) return this.#anyValue(style);
    if (field.kind === "message") {
      const schema = findMessage(this.#schemas, field.type);
      return this.#block(
        schema === undefined || depth <= 0 ? "" : this.#fields(schema, style, depth - 1),
        style,
      );
    }
    if (field.kind === "enum") {
      const values = Object.entries(findEnum(this.#schemas, field.type)?.values ?? {});
      const [name, number] = random.pick(values);
      return random.pick([name, name, String(number), "77", "-1", "-2147483648"]);
    }
    switch (field.type) {
      case "string":
      case "bytes":
        return this.#string(style);
      case "bool":
        return random.pick(["true", "false", "True", "False", "t", "f", "0", "1", "0x1", "01", "00"]);
      case "double":
      case "float": {
        const good = floats.filter(
          (text) => /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fF]?$/.test(text) && !/^-?0\d/.test(text),
        );
        const sign = random.chance(0.2) ? `-${this.#gap(style, true)}` : "";
        return (
          sign +
          random.pick([...good.filter((text) => !text.startsWith("-")), "inf", "nan", "Infinity", "5", "0"])
        );
      }
    }
    const signed = !field.type.startsWith("u") && !field.type.startsWith("fixed");
    const small = field.type.endsWith("32");
    const limit = (1n << (small ? 31n : 63n)) * (signed ? 1n : 2n);
    const good = integers.filter((text) => {
      if (!/^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(text)) return false;
      return BigInt(/^0[0-7]/.test(text) ? `0o${text.slice(1)}` : text) < limit;
    });
    return (signed && random.chance(0.2) ? `-${this.#gap(style, true)}` : "") + random.pick(good);
  }

  #string(style: Style): string {
    const random = this.#random;
    const literal = (): string => {
      const quote = random.pick(['"', "'"]);
      let content = "";
      while (random.chance(0.6)) {
        const good = escapes.slice(0, -8);
        content += random.chance(0.6)
          ? random.pick(plainPieces)
          : random.pick(this.#wrong(style) ? escapes : good);
        if (random.chance(0.1)) content += random.pick(good);
      }
      return quote + content + (this.#wrong(style) ? random.pick(["", "\n", "\0"]) : quote);
    };
    let text = literal();
    while (random.chance(0.15)) text += this.#gap(style, true) + literal();
    return text;
  }

  /** A value of whatever kind. */
  #anyValue(style: Style): string {
    const random = this.#random;
    return random.pick([
      () => random.pick(integers),
      () => `-${random.pick(integers)}`,
      () => random.pick(floats),
      () => `-${random.pick(floats)}`,
      () => random.pick(words),
      () => `-${random.pick(words)}`,
      () => this.#string(style),
      () => "{}",
      () => "< >",
      () => "[]",
      () => "[1, 2]",
      () => "",
      () => random.pick(misplaced),
    ])();
  }

  /** What may follow a reserved name. */
  #skipped(style: Style, depth: number): string {
    const random = this.#random;
    const block = (): string => {
      let body = "";
      while (depth > 0 && random.chance(0.5)) {
        const name = random.pick(["a", "b.c", "[a.b]", "[a/b/c]", "5"]);
        body += `${name}${this.#skipped(style, depth - 1)}${random.pick(["", ",", ";", ",,"])} `;
      }
      return this.#block(body, style);
    };
    const value = (): string => {
      if (depth > 0 && random.chance(0.2)) {
        depth--;
        return `[${random.pick([value(), `${value()}, ${value()}`, "", `${value()},`])}]`;
      }
      return random.chance(0.3) ? block() : this.#anyValue(style);
    };
    return random.chance(0.3) ? ` ${block()}` : `: ${value()}`;
  }
}

/** Changes a text at random places: bytes and tokens removed, doubled, moved, replaced. */
export function mutate(random: Random, text: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let bytes = Buffer.from(text);
  const times = 1 + random.below(3);
  for (let time = 0; time < times; time++) {
    const at = random.below(bytes.length + 1);
    const length = Math.min(bytes.length - at, random.pick([1, 1, 1, 2, 5, 20]));
    const rest = bytes.subarray(at + length);
    const head = bytes.subarray(0, at);
    switch (random.below(8)) {
      case 0:
        bytes = Buffer.concat([head, rest]);
        break;
      case 1:
        bytes = Buffer.concat([head, bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      case 2:
        bytes = Buffer.concat([head, Buffer.from([random.below(256)]), bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([
          head,
          Buffer.from(random.pick([...integers, ...floats, ...words, ...escapes])),
          rest,
        ]);
        break;
      case 4:
      case 5:
        bytes = Buffer.concat([
          head,
          Buffer.from(random.pick([...misplaced, ...trivia, ...separators])),
          bytes.subarray(at),
        ]);
        break;
      case 6: {
        const other = random.pick(others);
        const from = random.below(other.length + 1);
        bytes = Buffer.concat([head, Buffer.from(other.subarray(from, from + random.below(40))), rest]);
        break;
      }
      default: {
        const to = random.below(bytes.length + 1);
        const moved = bytes.subarray(at, at + length);
        const without = Buffer.concat([head, rest]);
        bytes = Buffer.concat([without.subarray(0, to), moved, without.subarray(to)]);
      }
    }
  }
  return bytes.length > 20_000 ? bytes.subarray(0, 20_000) : bytes;
}
