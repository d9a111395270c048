import { quoted, shown } from "./lexical-errors.ts";
import { none, type Open } from "./open-blocks.ts";
import { ListParser } from "./parse-list.ts";
import { recover, skipIndentedBlock } from "./recovery.ts";
import { beginsTypeUrl, type OddSign, oddSign, skipNumberParts } from "./slips.ts";
import type { TextError } from "./text-error.ts";
import { Symbols } from "./token-cursor.ts";
import { TokenKind } from "./tokens.ts";
import {
  type FieldNode,
  type ListNode,
  type MessageBody,
  type ScalarNode,
  spanOf,
  tokenStart,
} from "./tree.ts";

/** Names of fields, and what follows them up to their value. */
export class FieldParser extends ListParser {
  /** `type.googleapis.com/some.Message {` without its square brackets. */
  protected nakedTypeUrl(top: Open | undefined): boolean {
    const found = /type\.google(?:apis|prod)\.com\/([\w.]+)[ \t]*(\]?)/y;
    found.lastIndex = tokenStart(this.tokens, this.at);
    const [text, name] = found.exec(this.text) ?? [];
    if (text === undefined || name === undefined) return false;
    const first = this.at;
    const end = tokenStart(this.tokens, first) + text.trimEnd().length;
    while (this.at < this.count && tokenStart(this.tokens, this.at) < end) this.next();
    this.report(
      "a type URL stands without square brackets",
      `write [type.googleapis.com/${shown(name)}] { … }`,
      first,
      this.previous,
    );
    this.field(top, "url", `type.googleapis.com/${name}`, first, this.previous);
    return true;
  }

  /** `[some.extension]` or `[type.googleapis.com/some.Message]` where a field begins. */
  protected bracketName(top: Open | undefined): void {
    const first = this.at;
    let name = "";
    let slash = false;
    let last = first;
    this.next();
    while (this.kind() === TokenKind.Identifier) {
      name += this.tokenText(this.at);
      last = this.at;
      this.next();
      const symbol = this.symbol();
      if (symbol !== Symbols.Dot && symbol !== Symbols.Slash) break;
      name += symbol === Symbols.Dot ? "." : "/";
      slash ||= symbol === Symbols.Slash;
      last = this.at;
      this.next();
    }
    if (this.symbol() === Symbols.CloseList && /[^./]$/.test(name)) {
      last = this.at;
      this.next();
      this.field(top, slash ? "url" : "extension", name, first, last);
      return;
    }
    if (this.misclosedName(top, slash ? "url" : "extension", name, first)) return;
    this.report(
      `a name in brackets is not complete: ${this.found()}`,
      "write [type.googleapis.com/some.package.Message] { … } for the content of a google.protobuf.Any",
      first,
      last,
    );
    recover(this, top?.node);
  }

  /** A type URL that is closed with another bracket, or with none before its block. */
  protected misclosedName(
    top: Open | undefined,
    nameKind: "url" | "extension",
    name: string,
    first: number,
  ): boolean {
    const opens = (at: number): boolean =>
      this.symbol(at) === Symbols.Open || this.symbol(at) === Symbols.Less;
    const wrong = this.symbol();
    const closed = wrong === Symbols.Close || wrong === Symbols.CloseRound || wrong === Symbols.Greater;
    if (this.tokens.malformed.has(this.at)) {
      recover(this, top?.node);
      return true;
    }
    if (!/[^./]$/.test(name) || !(opens(this.at) || (closed && opens(this.after(this.at))))) return false;
    this.report(
      `a name in brackets is not closed with ]: ${this.found()}`,
      `write [${shown(name)}] { … }`,
      this.at,
    );
    const last = closed ? this.at : this.previous;
    if (closed) {
      if (wrong === Symbols.Close) this.takeCloser();
      this.next();
    }
    this.field(top, nameKind, name, first, last);
    return true;
  }

  /** A field whose name has been read. */
  protected field(
    top: Open | undefined,
    nameKind: FieldNode["nameKind"],
    name: string,
    first: number,
    nameLast: number,
  ): void {
    const field: FieldNode = {
      nameKind,
      name,
      first,
      nameLast,
      colon: -1,
      value: undefined,
      separator: -1,
      last: nameLast,
      broken: nameLast > first && nameKind === "name" && !/^\w+$/.test(name),
      colonError: undefined,
    };
    this.pending.push(field);
    if (this.symbol() === Symbols.Colon) {
      field.colon = this.at;
      field.last = this.at;
      this.next();
    }
    let symbol = this.symbol();
    let sign: OddSign | undefined;
    if (symbol === Symbols.Equals || symbol === Symbols.Minus || symbol === Symbols.Colon) {
      sign = oddSign(this, field);
      symbol = this.symbol();
    }
    if (symbol === Symbols.Open || symbol === Symbols.Less) {
      if (sign !== undefined) this.reportSign(field, sign, true);
      this.openMessage(field);
      return;
    }
    if (symbol === Symbols.OpenList && !beginsTypeUrl(this)) {
      if (sign !== undefined) this.reportSign(field, sign, true);
      const node: ListNode = { kind: "list", first: this.at, last: this.at, items: [], closed: false };
      field.value = node;
      this.open.push({ node, field, base: this.pending.length });
      this.next();
      if (this.symbol() === Symbols.CloseList) this.finishList(node, field);
      return;
    }
    this.prefixed = false;
    const scalar = this.valueIsMissing(field) ? undefined : this.scalar();
    if (sign !== undefined) this.reportSign(field, sign, scalar !== undefined);
    if (scalar === undefined) {
      this.missingValue(top, field);
      return;
    }
    if (this.prefixed) field.broken = true;
    field.value = scalar;
    field.last = scalar.last;
    for (let index = scalar.first; index <= scalar.last; index++) {
      if (this.tokens.malformed.has(index)) field.broken = true;
    }
    if (field.colon === -1 && !field.broken) this.missingColon(field, scalar);
    if (
      field.colon === -1 &&
      this.kind() === TokenKind.Identifier &&
      !this.onNewLine() &&
      !this.beginsField()
    ) {
      // Words after words: prose, not a field.
      recover(this, top?.node);
      return;
    }
    this.separator(field);
    if (field.separator !== -1) skipNumberParts(this, field);
  }

  /** Whether what follows on the next line is the next field rather than this field's value. */
  protected valueIsMissing(field: FieldNode): boolean {
    if (this.symbol() === Symbols.Minus && this.onNewLine()) {
      // "- name:" is YAML.
      const word = this.after(this.at);
      return this.kind(word) === TokenKind.Identifier && this.symbol(this.after(word)) === Symbols.Colon;
    }
    if (this.kind() !== TokenKind.Identifier) return false;
    if (field.colon === -1) return this.beginsField() || this.onNewLine();
    const next = this.after(this.at);
    if (this.symbol(next) === Symbols.Colon && !this.onNewLine(next)) return true;
    return this.beginsField() && this.onNewLine();
  }

  /** Another sign than the colon stands after a name; it alone is mended where a value follows it. */
  protected reportSign(field: FieldNode, sign: OddSign, hasValue: boolean): void {
    const { start, end } = spanOf(this, field.colon === -1 ? sign.first : field.colon, sign.last);
    const nameEnd = this.tokens.ends[field.nameLast] ?? start;
    const from = this.text.slice(nameEnd, start).trim() === "" ? nameEnd : start;
    const fix = {
      title: "write a colon",
      edits: [{ start: from, end, newText: ":" }],
      safety: "safe",
    } as const;
    // What stands in a block or list is judged all the same.
    const symbol = this.symbol();
    field.broken ||= symbol !== Symbols.Open && symbol !== Symbols.Less && symbol !== Symbols.OpenList;
    field.colonError = this.report(
      `${shown(field.name)} is followed by ${this.text.slice(start, end)}`,
      `a field is written "${shown(field.name)}: value" or "${shown(field.name)} { … }"`,
      sign.first,
      sign.last,
      hasValue ? { fix } : {},
    );
    if (field.colon === -1) field.colon = sign.last;
  }

  protected missingValue(top: Open | undefined, field: FieldNode): void {
    field.broken = true;
    const name = shown(field.name);
    const nextLine = this.at >= this.count || this.onNewLine();
    if (field.colonError !== undefined) {
      // That there is no value either is the same mistake.
    } else if (this.symbol() === Symbols.OpenRound) {
      this.report(`${name} is followed by (`, "blocks are written in braces: { … }", this.at);
    } else if (field.colon === -1 && field.nameKind === "name") {
      this.report(
        `expected ":" or "{" after ${name}, ${this.found()}`,
        `a field is written "${field.name}: value" or "${field.name} { … }"`,
        this.at,
        this.at,
        this.fieldHere(field),
      );
    } else {
      this.report(
        `${name} has no value: ${this.found()}`,
        this.symbol() === Symbols.Slash
          ? `text stands in quotes: write ${name}: "${shown(this.text.slice(tokenStart(this.tokens, this.at)).match(/^[^\s,;#"'{}]{1,200}/)?.[0] ?? "")}"`
          : this.kind() === TokenKind.Foreign
            ? "text must stand in straight quotes, \" or '"
            : "write a value, or { } for an empty message",
        this.at,
        this.at,
        this.fieldHere(field),
      );
    }
    if (this.opensWithoutBrace(field)) return;
    if (!nextLine && field.colon !== -1 && this.beginsField()) return;
    if (nextLine) skipIndentedBlock(this, field.first);
    else recover(this, top?.node);
  }

  /**
   * `name` and then fields where `{` is missing: where the file has more closing than opening brackets, the fields up to
   * the next closing one are taken for the block's content.
   */
  protected opensWithoutBrace(field: FieldNode): boolean {
    if (!this.beginsField() || !this.takeCloser()) return false;
    const node: MessageBody = {
      kind: "message",
      first: field.last,
      last: field.last,
      fields: none,
      closed: false,
    };
    field.value = node;
    this.open.push({ node, field, base: this.pending.length });
    return true;
  }

  /** The field for `related`, where the error itself stands elsewhere. */
  protected fieldHere(field: FieldNode): Partial<TextError> {
    return {
      related: [{ message: `${field.name} stands here`, span: spanOf(this, field.first, field.nameLast) }],
    };
  }

  protected missingColon(field: FieldNode, scalar: ScalarNode): void {
    field.broken = true;
    const end = this.tokens.ends[field.nameLast] ?? 0;
    field.colonError = this.report(
      `expected ":" after ${shown(field.name)}, found ${quoted(this.tokenText(scalar.first))}`,
      `a value other than a message needs a colon: "${field.name}: …"`,
      scalar.first,
      scalar.last,
      { fix: { title: "add the colon", edits: [{ start: end, end, newText: ":" }], safety: "safe" } },
    );
  }
}
