import { parse } from "./parse.ts";
import { read } from "./read.ts";
import type { SchemaSet } from "./schema.ts";
import type { TextError } from "./text-error.ts";
import { TokenKind } from "./tokens.ts";
import {
  type FieldNode,
  type ListNode,
  type MessageBody,
  type ScalarNode,
  type TextDocument,
  tokenStart,
  type ValueNode,
} from "./tree.ts";

export interface FormatOptions {
  /** With both given, a text that does not read as this message is reported too. */
  readonly message?: string;
  readonly schemas?: SchemaSet;
}

export type FormatResult =
  | { readonly text: string; readonly changed: boolean; readonly errors?: undefined }
  | { readonly errors: readonly TextError[]; readonly text?: undefined; readonly changed?: undefined };

/** What was written on one line stays on one line up to this width. */
const width = 80;
/** Deeper nesting is left alone: the indentation alone would be longer than the content. */
const maxDepth = 500;

/**
 * Canonical layout: one field a line, two blanks a level, `name { … }` without colon, straight lists, double quotes, no
 * separators, at most one empty line in a row, a line break at the end. Blocks and lists that were written on one line
 * stay so while they fit. Comments are kept at their field. The parsed message never changes, and formatting again
 * changes nothing. A text that does not parse is reported, not touched.
 */
export function format(text: string, { message, schemas }: FormatOptions = {}): FormatResult {
  const doc = parse(text);
  const errors =
    message !== undefined && schemas !== undefined ? read(doc, message, schemas).errors : doc.errors;
  if (errors.length > 0) return { errors };
  const formatter = new Formatter(doc);
  const deep = formatter.tooDeep();
  if (deep !== undefined) return { errors: [deep] };
  const formatted = formatter.run();
  return { text: formatted, changed: formatted !== text };
}

/** The comments between two tokens. */
interface Gap {
  /** On the line of the token before. */
  readonly trailing: string[];
  readonly own: { readonly text: string; readonly blank: boolean }[];
  /** An empty line before the token after. */
  readonly blank: boolean;
}

class Formatter {
  readonly #doc: TextDocument;
  /** By token: how many comments, and how many line breaks, stand before it. */
  readonly #comments: Uint32Array;
  readonly #lines: Uint32Array;
  readonly #out: string[] = [];
  /** The next line may have an empty line before it. */
  #blankAllowed = false;
  readonly #flat = new Map<FieldNode | ValueNode, string | undefined>();

  constructor(doc: TextDocument) {
    this.#doc = doc;
    const { tokens, text } = doc;
    this.#comments = new Uint32Array(tokens.count + 1);
    this.#lines = new Uint32Array(tokens.count + 1);
    for (let index = 0; index < tokens.count; index++) {
      const kind = tokens.kinds[index];
      const comment = kind === TokenKind.Comment ? 1 : 0;
      let breaks = 0;
      if (kind === TokenKind.Whitespace) {
        const end = tokens.ends[index] ?? 0;
        for (let at = tokenStart(tokens, index); at < end; at++) if (text.charCodeAt(at) === 10) breaks++;
      }
      this.#comments[index + 1] = (this.#comments[index] ?? 0) + comment;
      this.#lines[index + 1] = (this.#lines[index] ?? 0) + breaks;
    }
  }

  tooDeep(): TextError | undefined {
    const open: { value: ValueNode; depth: number }[] = [];
    const add = (fields: readonly FieldNode[], depth: number): void => {
      for (const { value } of fields) if (value !== undefined) open.push({ value, depth });
    };
    add(this.#doc.fields, 1);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { value, depth } = next;
      if (depth > maxDepth) {
        const start = tokenStart(this.#doc.tokens, value.first);
        return {
          code: "syntax",
          message: `blocks are nested more than ${maxDepth} deep`,
          help: "the file is left as it is",
          span: { start, end: start + 1 },
        };
      }
      if (value.kind === "message") add(value.fields, depth + 1);
      else if (value.kind === "list")
        for (const item of value.items) open.push({ value: item, depth: depth + 1 });
    }
    return undefined;
  }

  run(): string {
    this.#fields(this.#doc.fields, "", -1, this.#doc.tokens.count);
    return this.#out.length === 0 ? "" : `${this.#out.join("\n")}\n`;
  }

  #token(index: number): string {
    return this.#doc.text.slice(tokenStart(this.#doc.tokens, index), this.#doc.tokens.ends[index]);
  }

  #hasComments(first: number, last: number): boolean {
    return this.#comments[first] !== this.#comments[last + 1];
  }

  #onOneLine(first: number, last: number): boolean {
    return this.#lines[first] === this.#lines[last];
  }

  /** What stands between the token `before` (-1: the beginning) and the token `after`. */
  #gap(before: number, after: number): Gap {
    const trailing: string[] = [];
    const own: Gap["own"] = [];
    let breaks = before === -1 ? 1 : 0;
    let blank = false;
    for (let index = before + 1; index < after; index++) {
      const kind = this.#doc.tokens.kinds[index];
      if (kind === TokenKind.Whitespace) {
        const count = (this.#lines[index + 1] ?? 0) - (this.#lines[index] ?? 0);
        breaks += count;
        if (count > 1) blank = true;
      } else if (kind === TokenKind.Comment) {
        const text = this.#token(index).trimEnd();
        if (breaks === 0) trailing.push(text);
        else own.push({ text, blank });
        blank = false;
      }
    }
    return { trailing, own, blank };
  }

  /** All comments inside a range of tokens, for those that have no place of their own there. */
  #commentsIn(first: number, last: number): string[] {
    if (!this.#hasComments(first, last)) return [];
    const found: string[] = [];
    for (let index = first; index <= last; index++) {
      if (this.#doc.tokens.kinds[index] === TokenKind.Comment) found.push(this.#token(index).trimEnd());
    }
    return found;
  }

  #line(text: string, blank = false): void {
    if (blank && this.#blankAllowed) this.#out.push("");
    this.#out.push(text);
    this.#blankAllowed = true;
  }

  /** A comment on a line of its own: nothing may be added to that line. */
  #comment(text: string, blank = false): void {
    this.#line(text, blank);
    this.#trailed = this.#out.length - 1;
  }

  /** Adds a comment to the line that was written last; where there is one already, on lines of their own. */
  #trail(comments: readonly string[], indent: string): void {
    for (const comment of comments) {
      const last = this.#out.length - 1;
      const line = this.#out[last];
      if (line === undefined || this.#trailed === last) this.#comment(indent + comment);
      else {
        this.#out[last] = `${line}  ${comment}`;
        this.#trailed = last;
      }
    }
  }
  #trailed = -1;

  #own(gap: Gap, indent: string): void {
    for (const comment of gap.own) this.#comment(indent + comment.text, comment.blank);
  }

  /** The fields between two tokens, with all comments there. */
  #fields(fields: readonly FieldNode[], indent: string, before: number, end: number): void {
    let previous = before;
    let previousIndent = indent;
    for (const field of fields) {
      const gap = this.#gap(previous, field.first);
      this.#trail(gap.trailing, previousIndent);
      this.#own(gap, indent);
      this.#field(field, indent, gap.blank);
      previous = field.last;
      previousIndent = indent;
    }
    const gap = this.#gap(previous, end);
    this.#trail(gap.trailing, indent);
    this.#own(gap, indent);
  }

  #field(field: FieldNode, indent: string, blank: boolean): void {
    const { value } = field;
    if (value === undefined) return;
    const hoisted = this.#commentsIn(field.first, value.first);
    for (const [index, comment] of hoisted.entries()) this.#comment(indent + comment, blank && index === 0);
    const apart = blank && hoisted.length === 0;
    const flat = this.#flatField(field);
    if (flat !== undefined && indent.length + flat.length <= width) this.#line(indent + flat, apart);
    else if (value.kind === "message") this.#block(`${this.#name(field)} `, value, indent, "", apart);
    else if (value.kind === "list") this.#list(`${this.#name(field)}: `, value, indent, "", apart);
    else this.#scalarField(field, value, indent, apart);
    if (field.separator !== -1) this.#afterValue(value.last, field.separator, indent);
  }

  /** Comments between a value and its separator. */
  #afterValue(last: number, separator: number, indent: string): void {
    const gap = this.#gap(last, separator);
    this.#trail(gap.trailing, indent);
    this.#own(gap, indent);
  }

  #name(field: FieldNode): string {
    return field.nameKind === "name" ? field.name : `[${field.name}]`;
  }

  #scalarField(field: FieldNode, value: ScalarNode, indent: string, blank: boolean): void {
    const name = this.#name(field);
    const onOneLine = this.#onOneLine(value.first, value.last) && !this.#hasComments(value.first, value.last);
    if (value.type !== "string" || onOneLine) {
      for (const comment of this.#commentsIn(value.first, value.last)) this.#comment(indent + comment);
      this.#line(`${indent}${name}: ${this.#scalar(value)}`, blank);
      return;
    }
    this.#line(`${indent}${name}:`, blank);
    this.#blankAllowed = false;
    this.#literals(value, `${indent}  `, "");
  }

  /** Adjacent string literals, one a line, with the comments between them; `tail` stands after the last one. */
  #literals(value: ScalarNode, indent: string, tail: string): void {
    let previous = -2;
    for (let index = value.first; index <= value.last; index++) {
      if (this.#doc.tokens.kinds[index] !== TokenKind.String) continue;
      if (previous !== -2) {
        const gap = this.#gap(previous, index);
        this.#trail(gap.trailing, indent);
        for (const comment of gap.own) this.#comment(indent + comment.text);
      }
      this.#line(`${indent}${doubleQuoted(this.#token(index))}${index === value.last ? tail : ""}`);
      previous = index;
    }
  }

  #scalar(value: ScalarNode): string {
    if (value.type !== "string") return (value.negative ? "-" : "") + this.#token(value.last);
    const parts: string[] = [];
    for (let index = value.first; index <= value.last; index++) {
      if (this.#doc.tokens.kinds[index] === TokenKind.String) parts.push(doubleQuoted(this.#token(index)));
    }
    return parts.join(" ");
  }

  /** `{ … }` over several lines; `lead` stands before it on its line, `tail` after it. */
  #block(lead: string, body: MessageBody, indent: string, tail: string, blank: boolean): void {
    if (body.fields.length === 0 && !this.#hasComments(body.first, body.last)) {
      this.#line(`${indent}${lead}{}${tail}`, blank);
      return;
    }
    this.#line(`${indent}${lead}{`, blank);
    this.#blankAllowed = false;
    this.#fields(body.fields, `${indent}  `, body.first, body.last);
    this.#line(`${indent}}${tail}`);
  }

  #list(lead: string, list: ListNode, indent: string, tail: string, blank: boolean): void {
    if (list.items.length === 0 && !this.#hasComments(list.first, list.last)) {
      this.#line(`${indent}${lead}[]${tail}`, blank);
      return;
    }
    const inner = `${indent}  `;
    this.#line(`${indent}${lead}[`, blank);
    this.#blankAllowed = false;
    let previous = list.first;
    for (const [index, item] of list.items.entries()) {
      const gap = this.#gap(previous, item.first);
      this.#trail(gap.trailing, inner);
      this.#own(gap, inner);
      const last = index === list.items.length - 1;
      this.#item(item, inner, last ? "" : ",", gap.blank);
      previous = item.last;
      if (!last) {
        const comma = this.#comma(item.last);
        this.#afterValue(item.last, comma, inner);
        previous = comma;
      }
    }
    const gap = this.#gap(previous, list.last);
    this.#trail(gap.trailing, inner);
    this.#own(gap, inner);
    this.#line(`${indent}]${tail}`);
  }

  /** The comma after an item. */
  #comma(last: number): number {
    let index = last + 1;
    while ((this.#doc.tokens.kinds[index] ?? TokenKind.Symbol) <= TokenKind.Stray) index++;
    return index;
  }

  #item(item: ValueNode, indent: string, tail: string, blank: boolean): void {
    const flat = this.#flatValue(item);
    if (flat !== undefined && indent.length + flat.length + tail.length <= width) {
      this.#line(indent + flat + tail, blank);
    } else if (item.kind === "message") this.#block("", item, indent, tail, blank);
    else if (item.kind === "list") this.#list("", item, indent, tail, blank);
    else if (item.type === "string") {
      if (blank && this.#blankAllowed) this.#out.push("");
      this.#literals(item, indent, tail);
    } else {
      for (const comment of this.#commentsIn(item.first, item.last)) this.#comment(indent + comment);
      this.#line(indent + this.#scalar(item) + tail, blank);
    }
  }

  /** A field as one line, where it was written so and its value fits. */
  #flatField(field: FieldNode): string | undefined {
    if (!this.#flat.has(field)) {
      const value = field.value === undefined ? undefined : this.#flatValue(field.value);
      const colon = field.value?.kind === "message" ? " " : ": ";
      const flat = value === undefined ? undefined : this.#name(field) + colon + value;
      this.#flat.set(field, flat !== undefined && flat.length <= width ? flat : undefined);
    }
    return this.#flat.get(field);
  }

  #flatValue(value: ValueNode): string | undefined {
    if (value.kind === "scalar") {
      const plain = !this.#hasComments(value.first, value.last) && this.#onOneLine(value.first, value.last);
      return plain ? this.#scalar(value) : undefined;
    }
    if (!this.#flat.has(value)) this.#flat.set(value, this.#flatten(value));
    return this.#flat.get(value);
  }

  #flatten(value: MessageBody | ListNode): string | undefined {
    if (this.#hasComments(value.first, value.last)) return undefined;
    const parts: (string | undefined)[] = [];
    if (value.kind === "message") {
      if (value.fields.length === 0) return "{}";
      if (!this.#onOneLine(value.first, value.last)) return undefined;
      for (const field of value.fields) parts.push(this.#flatField(field));
    } else {
      if (value.items.length === 0) return "[]";
      if (!this.#onOneLine(value.first, value.last)) return undefined;
      for (const item of value.items) parts.push(this.#flatValue(item));
    }
    if (parts.includes(undefined)) return undefined;
    const flat = value.kind === "message" ? `{ ${parts.join(" ")} }` : `[${parts.join(", ")}]`;
    return flat.length <= width ? flat : undefined;
  }
}

/** A literal in double quotes, where that needs no other escapes. */
function doubleQuoted(literal: string): string {
  if (literal.startsWith('"') || literal.includes('"')) return literal;
  return `"${literal.slice(1, -1)}"`;
}
