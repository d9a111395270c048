/**
 * More inputs for the differential fuzz: literals made digit by digit around every limit, strings escape by escape and
 * byte by byte, expanded Any, maps, reserved names, lists and separators in every form, and mistakes made token by token.
 * All from a seed.
 */

import type { Random } from "@servable/test-fixtures/random";
import {
  type FieldSchema,
  findEnum,
  findMessage,
  type MessageSchema,
  type SchemaSet,
  scan,
} from "@servable/text-proto";
import { floatLiteral, integerLiteral, misplaced, stringLiteral, trivia } from "./literals.ts";

/** One piece of a text: the tokens of a text joined are the text. */
type Piece = string;

/** Half of the time a separator, else nothing. */
const separators = ["", "", "", ",", ";", " ,", " ;", ",,", ";;", ",;"];

export class FormGenerator {
  readonly #random: Random;
  readonly #schemas: SchemaSet;
  readonly #names: readonly string[];
  /** How often blanks are other than one blank or line break, 0 to 1. */
  #loose = 0;
  /** How often a value, name or bracket is a wrong one, 0 to 1. */
  #wrong = 0;

  constructor(random: Random, schemas: SchemaSet) {
    this.#random = random;
    this.#schemas = schemas;
    this.#names = Object.keys(schemas.messages).filter((name) => schemas.messages[name]?.mapEntry !== true);
  }

  /** A text for a message; a bit less than half are without mistakes. */
  text(messageName: string): string {
    const random = this.#random;
    this.#loose = random.pick([0, 0, 0.05, 0.3, 0.8]);
    this.#wrong = random.pick([0, 0, 0, 0.01, 0.04]);
    const schema = findMessage(this.#schemas, messageName) as MessageSchema;
    let pieces = [this.#gap(true), ...this.#fields(schema, 1 + random.below(5)), this.#gap(true)];
    if (random.chance(0.35)) pieces = this.#mistake(pieces);
    let text = pieces.join("");
    if (random.chance(0.1)) text = text.replaceAll("\n", "\r\n");
    if (random.chance(0.05)) text = text.trimEnd();
    if (random.chance(0.01)) text = `\ufeff${text}`;
    if (random.chance(0.01))
      text += random.pick(["\0", "\x1a", "#", "# no line end", "\\", "\ufeff", "\r", "\f"]);
    if (random.chance(0.003)) text = this.#deep(random.pick([20, 101, 400]));
    return text;
  }

  /** A text with some tokens removed, doubled, swapped, joined, cut, replaced or put in. */
  mutate(text: string): string {
    const tokens = scan(text);
    const pieces: Piece[] = [];
    for (let index = 0; index < tokens.count; index++)
      pieces.push(text.slice(tokens.ends[index - 1] ?? 0, tokens.ends[index]));
    return this.#mistake(pieces).join("").slice(0, 20_000);
  }

  #gap(optional = false): string {
    const random = this.#random;
    if (!random.chance(this.#loose)) return optional ? "" : random.pick([" ", "\n"]);
    let gap = optional && random.chance(0.3) ? "" : trivia(random);
    while (random.chance(0.3)) gap += trivia(random);
    return gap;
  }

  #err(): boolean {
    return this.#wrong > 0 && this.#random.chance(this.#wrong);
  }

  /** One or two tokens removed, doubled, swapped, joined, cut, replaced, or put in. */
  #mistake(pieces: readonly Piece[]): Piece[] {
    const random = this.#random;
    const changed = [...pieces];
    for (let times = random.pick([1, 1, 1, 2, 3]); times > 0 && changed.length > 0; times--) {
      const at = random.below(changed.length);
      const piece = changed[at] ?? "";
      switch (random.below(10)) {
        case 0:
          changed.splice(at, 1);
          break;
        case 1:
          changed.splice(at, 0, piece);
          break;
        case 2: {
          const to = random.below(changed.length);
          changed[at] = changed[to] ?? "";
          changed[to] = piece;
          break;
        }
        case 3: {
          const cut = random.below(piece.length + 1);
          changed[at] = piece.slice(0, cut) + random.pick([" ", "\n", "", "\0", "#", '"']) + piece.slice(cut);
          break;
        }
        case 4:
          changed[at] = piece.slice(0, random.below(piece.length + 1));
          break;
        case 5:
          changed[at] = random.pick(misplaced);
          break;
        case 6:
        case 7:
          changed.splice(at, 0, random.pick(misplaced));
          break;
        case 8:
          changed[at] = random.pick([
            piece.toUpperCase(),
            piece.replaceAll("_", ""),
            piece.replaceAll("_", "-"),
            `${piece}s`,
            `${piece}_`,
            `"${piece}"`,
            [...piece].reverse().join(""),
          ]);
          break;
        default: {
          const length = 1 + random.below(6);
          const moved = changed.splice(at, length);
          changed.splice(random.below(changed.length + 1), 0, ...moved);
        }
      }
    }
    return changed;
  }

  #fields(schema: MessageSchema, depth: number): Piece[] {
    const random = this.#random;
    const pieces: Piece[] = [];
    if (schema.name === "google.protobuf.Any") {
      pieces.push(...this.#anyContent(depth));
      return pieces;
    }
    const used = new Set<string>();
    const count = schema.fields.length === 0 ? 0 : random.below(Math.min(6, schema.fields.length + 2));
    for (let index = 0; index < count; index++) {
      const field = random.pick(schema.fields);
      const key = field.oneof ?? field.name;
      // Twice is an error only if the first was set to other than its default.
      if (!field.repeated && used.has(key) && !random.chance(0.02)) continue;
      used.add(key);
      pieces.push(...this.#field(field, depth), this.#gap());
    }
    if (schema.reservedNames !== undefined && random.chance(0.3)) {
      pieces.push(random.pick(schema.reservedNames), ...this.#skipped(3), this.#gap());
    }
    if (this.#err()) {
      const name = random.pick(schema.fields)?.name ?? "x";
      const odd = random.pick([
        name.toUpperCase(),
        name.replaceAll("_", ""),
        `${name}_`,
        `[${name}]`,
        `[${schema.name}.${name}]`,
        `[type.googleapis.com/${schema.name}]`,
        String(random.below(20)),
        `"${name}"`,
        `.${name}`,
        `${name}.x`,
        `-${name}`,
      ]);
      pieces.push(
        odd,
        this.#gap(true),
        random.pick([":", "", "="]),
        this.#gap(),
        random.pick(["1", "{}", '"a"', "<>", "[1]"]),
        this.#gap(),
      );
    }
    return pieces;
  }

  /** Content of a google.protobuf.Any: expanded, by type_url and value, both, twice, or none. */
  #anyContent(depth: number): Piece[] {
    const random = this.#random;
    const pieces: Piece[] = [];
    const plain = (): void => {
      if (random.chance(0.7))
        pieces.push(
          "type_url",
          ":",
          this.#gap(true),
          random.pick(['"type.googleapis.com/google.protobuf.Int64Value"', '""', "''", '"x"']),
          this.#gap(),
        );
      if (random.chance(0.7))
        pieces.push(
          "value",
          ":",
          this.#gap(true),
          random.pick(['"\\010\\001"', '""', '"\\377"']),
          this.#gap(),
        );
    };
    const kind = random.below(20);
    if (kind < 13) pieces.push(...this.#expanded(depth));
    else if (kind < 16) plain();
    else if (kind === 16) {
      plain();
      pieces.push(...this.#expanded(depth));
    } else if (kind === 17) {
      pieces.push(...this.#expanded(depth));
      plain();
    } else if (kind === 18) pieces.push(...this.#expanded(0), this.#gap(), ...this.#expanded(0));
    return pieces;
  }

  #expanded(depth: number): Piece[] {
    const random = this.#random;
    const known = random.chance(0.97);
    const name = known
      ? random.pick(this.#names)
      : random.pick(["a.B", "tensorflow", "google.protobuf.Any.Entry", "x"]);
    const host = random.chance(0.97)
      ? random.pick(["type.googleapis.com", "type.googleapis.com", "type.googleprod.com"])
      : random.pick(["example.com", "type", "TYPE.googleapis.com", "type.googleapis.com.", ""]);
    const path = (text: string): Piece[] =>
      text
        .split(/(\.)/)
        .flatMap((part) => (random.chance(this.#loose / 5) ? [part, this.#gap(true)] : [part]));
    const schema = findMessage(this.#schemas, name);
    const body = schema === undefined || depth <= 0 ? [] : this.#fields(schema, depth - 1);
    return [
      "[",
      this.#gap(true),
      ...path(host),
      random.chance(0.99) ? "/" : random.pick(["", "//", ".", "/x/"]),
      ...path(name),
      this.#gap(true),
      "]",
      this.#gap(true),
      random.pick(["", "", "", ":"]),
      this.#gap(true),
      ...this.#block(body),
      random.chance(0.02) ? random.pick([",", ";"]) : "",
    ];
  }

  #block(body: readonly Piece[]): Piece[] {
    const random = this.#random;
    const angled = random.chance(0.25);
    const close = this.#err() ? random.pick(["}", ">", "", "]"]) : angled ? ">" : "}";
    return [angled ? "<" : "{", this.#gap(true), ...body, this.#gap(true), close];
  }

  #field(field: FieldSchema, depth: number): Piece[] {
    const random = this.#random;
    const message = field.kind === "message";
    const colon = this.#err()
      ? random.pick(["", "::", "=", "->", ":=", "=>", " ="])
      : message
        ? random.pick(["", "", ":"])
        : ":";
    const head: Piece[] = [field.name, this.#gap(true), colon, this.#gap(true)];
    const end = random.pick(random.chance(0.03) ? separators : separators.slice(0, 7));
    if (!(field.repeated ? random.chance(0.35) : random.chance(0.004)))
      return [...head, ...this.#value(field, depth), end];
    const items: Piece[] = [];
    const count = random.pick([0, 1, 1, 2, 3]);
    for (let index = 0; index < count; index++) {
      items.push(this.#gap(true), ...this.#value(field, depth), this.#gap(true));
      if (index < count - 1) items.push(this.#err() ? random.pick(["", ";", ",,"]) : ",");
    }
    if (random.chance(0.02)) items.push(",");
    return [...head, "[", this.#gap(true), ...items, "]", end];
  }

  #value(field: FieldSchema, depth: number): Piece[] {
    const random = this.#random;
    if (this.#err() || random.chance(0.004)) return this.#otherValue();
    if (field.kind === "message") {
      const schema = findMessage(this.#schemas, field.type);
      return this.#block(schema === undefined || depth <= 0 ? [] : this.#fields(schema, depth - 1));
    }
    if (field.kind === "enum") {
      const values = Object.entries(findEnum(this.#schemas, field.type)?.values ?? {});
      const [name, number] = random.pick(values);
      if (random.chance(0.6)) return [name];
      if (random.chance(0.5)) return number < 0 ? ["-", this.#gap(true), String(-number)] : [String(number)];
      return this.#integer("int32");
    }
    switch (field.type) {
      case "string":
      case "bytes":
        return this.#strings();
      case "bool":
        return [
          random.chance(0.98)
            ? random.pick([
                "true",
                "false",
                "True",
                "False",
                "t",
                "f",
                "0",
                "1",
                "0x1",
                "0X0",
                "01",
                "00",
                "0x01",
                "0x0000001",
              ])
            : random.pick([
                "TRUE",
                "FALSE",
                "T",
                "F",
                "2",
                "1.0",
                "-0",
                "yes",
                "on",
                '"true"',
                "tRue",
                "0x2",
                "02",
                "1f",
              ]),
        ];
      case "double":
      case "float":
        return this.#floating();
    }
    return this.#integer(field.type);
  }

  #integer(type: string): Piece[] {
    const random = this.#random;
    const text = integerLiteral(random, type);
    const minus = random.chance(/^(u|fixed)/.test(type) ? 0.005 : 0.2);
    return minus ? ["-", random.chance(0.2) ? this.#gap(true) : "", text] : [text];
  }

  #floating(): Piece[] {
    const random = this.#random;
    const minus = random.chance(0.25)
      ? ["-", random.chance(0.2) ? this.#gap(true) : "", random.chance(0.01) ? "-" : ""]
      : [];
    return [...minus, floatLiteral(random)];
  }

  #strings(): Piece[] {
    const random = this.#random;
    const pieces: Piece[] = [stringLiteral(random)];
    while (random.chance(0.2)) pieces.push(this.#gap(true), stringLiteral(random));
    return pieces;
  }

  /** A value of whatever kind. */
  #otherValue(): Piece[] {
    const random = this.#random;
    return random.pick([
      () => this.#integer(random.pick(["int32", "uint64"])),
      () => this.#floating(),
      () => this.#strings(),
      () => [random.pick(["x", "true", "inf", "nan", "DT_FLOAT", "key", "null"])],
      () => ["-", random.pick(["x", "inf", "NAN", '"a"', "{}", "-1", ""])],
      () => this.#block([]),
      () => ["[", ...random.pick([[], ["1"], ["1", ",", "2"], ['"a"', ","], ["[", "]"], ["{", "}"]]), "]"],
      () => [random.pick(misplaced)],
      () => [],
    ])();
  }

  /** What follows a reserved name, or a name inside such a value: anything goes, within limits. */
  #skipped(depth: number): Piece[] {
    const random = this.#random;
    const block = (): Piece[] => {
      const body: Piece[] = [];
      while (depth > 0 && random.chance(0.5)) {
        body.push(
          random.pick(["a", "reserved", "[a.b]", "[a/b]", "[a.b/c.d]", random.chance(0.1) ? "5" : "b"]),
          ...this.#skipped(depth - 1),
          random.pick(separators),
          this.#gap(),
        );
      }
      return this.#block(body);
    };
    const scalar = (): Piece[] =>
      random.chance(0.1)
        ? this.#otherValue()
        : random.pick([
            () => this.#floating(),
            () => this.#strings(),
            () => this.#integer("uint64"),
            () => ["x"],
          ])();
    const list = (left: number): Piece[] => {
      const items: Piece[] = [];
      for (let count = random.pick([0, 1, 1, 2]); count > 0; count--) {
        items.push(
          ...(left > 0 && random.chance(0.2) ? list(left - 1) : random.chance(0.3) ? block() : scalar()),
          count > 1 ? "," : "",
        );
      }
      return ["[", ...items, "]"];
    };
    if (random.chance(0.35)) return [this.#gap(true), ...block()];
    return [
      this.#gap(true),
      random.chance(0.97) ? ":" : "",
      this.#gap(true),
      ...(random.chance(0.25) ? list(2) : random.chance(0.2) ? block() : scalar()),
    ];
  }

  /** An Any inside an Any, some levels deep. */
  #deep(levels: number): string {
    const random = this.#random;
    const open = random.pick(["{", "<", ":{"]);
    const close = open === "<" ? ">" : "}";
    const one = `[type.googleapis.com/google.protobuf.Any]${open}`;
    return `platform_configs{key:"a"value{source_adapter_config{${one.repeat(levels)}${close.repeat(levels + random.pick([0, 0, 0, -1, 1]))}}}}`;
  }
}
