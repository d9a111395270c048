import { quoted, shown } from "./lexical-errors.ts";
import { endOfName, reportOddName } from "./odd-names.ts";
import { closingExcess, recover, skipConflictMarker, skipIndentedBlock } from "./recovery.ts";
import { beginsTypeUrl, kindOfItem, type OddSign, oddSign, skipNumberParts } from "./slips.ts";
import type { TextError } from "./text-error.ts";
import { maxErrors, Symbols, TokenCursor } from "./token-cursor.ts";
import { TokenKind } from "./tokens.ts";
import {
  type FieldNode,
  type ListNode,
  type MessageBody,
  type ScalarNode,
  spanOf,
  type TextDocument,
  tokenStart,
} from "./tree.ts";
import { reportUnexpected } from "./unexpected-token.ts";

/**
 * Reads a text proto into a lossless tree, with all syntax errors. Never throws; linear in the length of the text, and
 * nesting costs no stack. After a mistake it goes on at the next field or at the end of the block.
 */
export function parse(text: string): TextDocument {
  return new Parser(text).run();
}

/** An open block or list, and the field whose value it is (or is part of). */
interface Open {
  readonly node: MessageBody | ListNode;
  readonly field: FieldNode;
  /** Where the block's own fields begin among those that are not yet in a finished block. */
  readonly base: number;
  /** Lists: a block or list that is an item has just ended, and a comma or bracket must come. */
  itemEnded?: boolean;
}

/** The fields of a block that is still open. */
const none: readonly FieldNode[] = [];

class Parser extends TokenCursor {
  /** Fields of all open blocks, outermost first: arrays of the right size are made when a block ends. */
  readonly #pending: FieldNode[] = [];
  readonly #open: Open[] = [];
  #excess: number | undefined;
  /** The scalar that was read last had a word before its string. */
  #prefixed = false;

  run(): TextDocument {
    while (this.at < this.count || this.#open.length > 0) {
      const top = this.#open.at(-1);
      if (this.at >= this.count) {
        this.#reportUnclosed();
        break;
      }
      if (top?.node.kind === "list") {
        if (top.itemEnded) this.#afterItem(top, top.node);
        else this.#item(top, top.node);
      } else this.#fieldOrClose(top);
    }
    const lexical = this.tokens.errors;
    const errors = [...lexical, ...this.errors].sort((a, b) => a.span.start - b.span.start);
    return {
      text: this.text,
      tokens: this.tokens,
      fields: this.#pending,
      errors: errors.length > maxErrors ? errors.slice(0, maxErrors) : errors,
    };
  }

  #fieldOrClose(top: Open | undefined): void {
    const kind = this.kind();
    if (kind === TokenKind.Identifier) {
      const at = this.at;
      const last = endOfName(this, at);
      if (this.symbol(last + 1) === Symbols.Slash && this.#nakedTypeUrl(top)) return;
      if (last > at) reportOddName(this, at, last);
      while (this.at <= last) this.next();
      const written = this.tokensText(at, last);
      this.#field(top, "name", last > at ? written.replaceAll("-", "_") : written, at, last);
      return;
    }
    const symbol = this.symbol();
    if (
      (symbol === Symbols.Less || symbol === Symbols.Greater || symbol === Symbols.Equals) &&
      skipConflictMarker(this)
    )
      return;
    if (symbol === Symbols.OpenList) this.#bracketName(top);
    else if (symbol === Symbols.Close || symbol === Symbols.Greater) this.#close(top, symbol);
    else if (symbol === Symbols.CloseList) this.#closeList();
    else this.#unexpected(top);
  }

  /** `type.googleapis.com/some.Message {` without its square brackets. */
  #nakedTypeUrl(top: Open | undefined): boolean {
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
    this.#field(top, "url", `type.googleapis.com/${name}`, first, this.previous);
    return true;
  }

  /** `[some.extension]` or `[type.googleapis.com/some.Message]` where a field begins. */
  #bracketName(top: Open | undefined): void {
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
      this.#field(top, slash ? "url" : "extension", name, first, last);
      return;
    }
    if (this.#misclosedName(top, slash ? "url" : "extension", name, first)) return;
    this.report(
      `a name in brackets is not complete: ${this.found()}`,
      "write [type.googleapis.com/some.package.Message] { … } for the content of a google.protobuf.Any",
      first,
      last,
    );
    recover(this, top?.node);
  }

  /** A type URL that is closed with another bracket, or with none before its block. */
  #misclosedName(top: Open | undefined, nameKind: "url" | "extension", name: string, first: number): boolean {
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
      if (wrong === Symbols.Close) this.#takeCloser();
      this.next();
    }
    this.#field(top, nameKind, name, first, last);
    return true;
  }

  /** A field whose name has been read. */
  #field(
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
    this.#pending.push(field);
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
      if (sign !== undefined) this.#reportSign(field, sign, true);
      this.#openMessage(field);
      return;
    }
    if (symbol === Symbols.OpenList && !beginsTypeUrl(this)) {
      if (sign !== undefined) this.#reportSign(field, sign, true);
      const node: ListNode = { kind: "list", first: this.at, last: this.at, items: [], closed: false };
      field.value = node;
      this.#open.push({ node, field, base: this.#pending.length });
      this.next();
      if (this.symbol() === Symbols.CloseList) this.#finishList(node, field);
      return;
    }
    this.#prefixed = false;
    const scalar = this.#valueIsMissing(field) ? undefined : this.#scalar();
    if (sign !== undefined) this.#reportSign(field, sign, scalar !== undefined);
    if (scalar === undefined) {
      this.#missingValue(top, field);
      return;
    }
    if (this.#prefixed) field.broken = true;
    field.value = scalar;
    field.last = scalar.last;
    for (let index = scalar.first; index <= scalar.last; index++) {
      if (this.tokens.malformed.has(index)) field.broken = true;
    }
    if (field.colon === -1 && !field.broken) this.#missingColon(field, scalar);
    if (
      field.colon === -1 &&
      this.kind() === TokenKind.Identifier &&
      !this.onNewLine() &&
      !this.#beginsField()
    ) {
      // Words after words: prose, not a field.
      recover(this, top?.node);
      return;
    }
    this.#separator(field);
    if (field.separator !== -1) skipNumberParts(this, field);
  }

  /** Whether the current token is a name with a colon or bracket after it. */
  #beginsField(): boolean {
    if (this.kind() !== TokenKind.Identifier) return beginsTypeUrl(this);
    const next = this.symbol(this.after(this.at));
    return next === Symbols.Colon || next === Symbols.Open || next === Symbols.Less;
  }

  #openMessage(field: FieldNode): MessageBody {
    const node: MessageBody = {
      kind: "message",
      first: this.at,
      last: this.at,
      fields: none,
      closed: false,
    };
    const owner = this.#open.at(-1);
    if (owner?.node.kind === "list") owner.node.items.push(node);
    else field.value = node;
    field.last = this.at;
    this.#open.push({ node, field, base: this.#pending.length });
    this.next();
    return node;
  }

  /** Whether what follows on the next line is the next field rather than this field's value. */
  #valueIsMissing(field: FieldNode): boolean {
    if (this.symbol() === Symbols.Minus && this.onNewLine()) {
      // "- name:" is YAML.
      const word = this.after(this.at);
      return this.kind(word) === TokenKind.Identifier && this.symbol(this.after(word)) === Symbols.Colon;
    }
    if (this.kind() !== TokenKind.Identifier) return false;
    if (field.colon === -1) return this.#beginsField() || this.onNewLine();
    const next = this.after(this.at);
    if (this.symbol(next) === Symbols.Colon && !this.onNewLine(next)) return true;
    return this.#beginsField() && this.onNewLine();
  }

  /** Another sign than the colon stands after a name; it alone is mended where a value follows it. */
  #reportSign(field: FieldNode, sign: OddSign, hasValue: boolean): void {
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

  #missingValue(top: Open | undefined, field: FieldNode): void {
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
        this.#fieldHere(field),
      );
    } else {
      this.report(
        `${name} has no value: ${this.found()}`,
        this.kind() === TokenKind.Foreign || this.symbol() === Symbols.Slash
          ? "text must stand in straight quotes, \" or '"
          : "write a value, or { } for an empty message",
        this.at,
        this.at,
        this.#fieldHere(field),
      );
    }
    if (this.#opensWithoutBrace(field)) return;
    if (!nextLine && field.colon !== -1 && this.#beginsField()) return;
    if (nextLine) skipIndentedBlock(this, field.first);
    else recover(this, top?.node);
  }

  /**
   * `name` and then fields where `{` is missing: where the file has more closing than opening brackets, the fields up to
   * the next closing one are taken for the block's content.
   */
  #opensWithoutBrace(field: FieldNode): boolean {
    if (!this.#beginsField() || !this.#takeCloser()) return false;
    const node: MessageBody = {
      kind: "message",
      first: field.last,
      last: field.last,
      fields: none,
      closed: false,
    };
    field.value = node;
    this.#open.push({ node, field, base: this.#pending.length });
    return true;
  }

  /** How many more closing than opening brackets the file has, as far as no mistake has explained them. */
  #surplus(): number {
    this.#excess ??= closingExcess(this) - this.#open.filter((open) => open.node.kind === "message").length;
    return this.#excess;
  }

  /** Whether a closing bracket is left over for a block whose opening one is missing or is another; then it is taken. */
  #takeCloser(): boolean {
    if (this.#surplus() <= 0) return false;
    this.#excess = this.#surplus() - 1;
    return true;
  }

  /** Whether an opening bracket is left over, for a closing one that is missing or is another; then it is taken. */
  #takeOpener(): boolean {
    if (this.#surplus() >= 0) return false;
    this.#excess = this.#surplus() + 1;
    return true;
  }

  /** The field for `related`, where the error itself stands elsewhere. */
  #fieldHere(field: FieldNode): Partial<TextError> {
    return {
      related: [{ message: `${field.name} stands here`, span: spanOf(this, field.first, field.nameLast) }],
    };
  }

  #missingColon(field: FieldNode, scalar: ScalarNode): void {
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

  /** A number, identifier or run of strings at the current token; undefined (and nothing consumed) for anything else. */
  #scalar(): ScalarNode | undefined {
    const first = this.at;
    let kind = this.kind();
    let negative = false;
    if (kind >= TokenKind.Symbol) {
      if (this.symbol() !== Symbols.Minus) return undefined;
      const next = this.kind(this.after(first));
      if (next !== TokenKind.Integer && next !== TokenKind.Float && next !== TokenKind.Identifier)
        return undefined;
      negative = true;
      kind = next;
      this.next();
    }
    let last = this.at;
    if (kind === TokenKind.String) {
      while (this.kind() === TokenKind.String) {
        last = this.at;
        this.next();
      }
      return { kind: "scalar", type: "string", negative, first, last };
    }
    if (kind !== TokenKind.Identifier && kind !== TokenKind.Integer && kind !== TokenKind.Float)
      return undefined;
    this.next();
    if (kind === TokenKind.Identifier && this.kind() === TokenKind.String && !this.onNewLine()) {
      this.report(
        `${shown(this.tokenText(last))} stands before a string`,
        "strings have no prefix, and a value is one word or one string",
        last,
        this.at,
      );
      this.#prefixed = true;
      while (this.kind() === TokenKind.String) this.next();
    }
    const type =
      kind === TokenKind.Identifier ? "identifier" : kind === TokenKind.Integer ? "integer" : "float";
    return { kind: "scalar", type, negative, first, last };
  }

  #separator(field: FieldNode): void {
    const symbol = this.symbol();
    if (symbol !== Symbols.Comma && symbol !== Symbols.Semicolon) return;
    field.separator = this.at;
    field.last = this.at;
    this.next();
  }

  /** One item of a list, with the comma or bracket after it. */
  #item(top: Open, list: ListNode): void {
    const symbol = this.symbol();
    if (symbol === Symbols.Open || symbol === Symbols.Less) {
      this.#openMessage(top.field);
      return;
    }
    if (list.items.length === 0 && beginsTypeUrl(this)) {
      this.#blockInBrackets(top, list);
      return;
    }
    if (symbol === Symbols.OpenList) {
      const node: ListNode = { kind: "list", first: this.at, last: this.at, items: [], closed: false };
      list.items.push(node);
      this.#open.push({ node, field: top.field, base: this.#pending.length });
      this.next();
      if (this.symbol() === Symbols.CloseList) this.#finishList(node, top.field);
      return;
    }
    const beginsField = this.#beginsField();
    const scalar = beginsField ? undefined : this.#scalar();
    if (scalar !== undefined) {
      list.items.push(scalar);
      for (let index = scalar.first; index <= scalar.last; index++) {
        if (this.tokens.malformed.has(index)) top.field.broken = true;
      }
      this.#afterItem(top, list);
      return;
    }
    if (symbol === Symbols.Comma || symbol === Symbols.Semicolon) {
      this.report("a list item is missing", "one comma stands between two items", this.at);
      while (this.symbol() === Symbols.Comma || this.symbol() === Symbols.Semicolon) this.next();
      if (this.symbol() === Symbols.CloseList) this.#finishList(list, top.field);
      return;
    }
    if (symbol === Symbols.CloseList) {
      const { start, end } = spanOf(this, this.previous, this.previous);
      this.report(
        "a comma stands after the last item of a list",
        "the parser refuses it; remove the comma",
        this.at,
        this.at,
        {
          fix: { title: "remove the comma", edits: [{ start, end, newText: "" }], safety: "safe" },
        },
      );
      this.#finishList(list, top.field);
      return;
    }
    if (beginsField && list.items.length === 0) this.#blockInBrackets(top, list);
    else this.#unclosedList(top, list, beginsField);
  }

  /** `[ field: value ]`: a block in the wrong brackets; read as the block that is meant. */
  #blockInBrackets(top: Open, list: ListNode): void {
    this.report("fields stand in square brackets", "a block is written { … }", list.first, list.first);
    this.#open.pop();
    const node: MessageBody = {
      kind: "message",
      first: list.first,
      last: list.first,
      fields: none,
      closed: false,
    };
    const around = this.#open.at(-1);
    if (around?.node.kind === "list" && around.field === top.field) around.node.items.splice(-1, 1, node);
    else top.field.value = node;
    this.#open.push({ node, field: top.field, base: this.#pending.length });
  }

  /** After an item: `,` and the next one, or the end of the list. */
  #afterItem(top: Open, list: ListNode): void {
    const symbol = this.symbol();
    top.itemEnded = false;
    if (symbol === Symbols.CloseList) this.#finishList(list, top.field);
    else if (symbol === Symbols.Comma) this.next();
    else if (symbol === Symbols.Semicolon) {
      this.report("list items are separated by ;", "only a comma may stand between two items", this.at);
      this.next();
    } else {
      const kind = this.kind();
      const beginsField = this.#beginsField();
      const beginsItem =
        kind === TokenKind.Integer ||
        kind === TokenKind.Float ||
        kind === TokenKind.String ||
        kind === TokenKind.Identifier ||
        symbol === Symbols.Minus ||
        symbol === Symbols.Open ||
        symbol === Symbols.Less;
      const last = list.items.at(-1);
      const point = last?.kind === "scalar" && this.tokenText(last.last).endsWith(".");
      if (
        beginsItem &&
        !beginsField &&
        last?.kind === "scalar" &&
        (point || kindOfItem(this) !== last.type)
      ) {
        this.#strangeItem(top, list, last, point);
      } else if (beginsItem && !beginsField) {
        const end = this.tokens.ends[this.previous] ?? 0;
        this.report(
          `expected "," or "]" in a list, ${this.found()}`,
          "items are separated by commas",
          this.at,
          this.at,
          {
            fix: { title: "add the comma", edits: [{ start: end, end, newText: "," }], safety: "safe" },
          },
        );
      } else this.#unclosedList(top, list, beginsField);
    }
  }

  /** What follows an item is no item of its kind: a slip, which a comma alone would not mend. */
  #strangeItem(top: Open, list: ListNode, last: ScalarNode, point: boolean): void {
    const end = this.tokens.ends[last.last] ?? 0;
    top.field.broken = true;
    this.report(
      point ? "a point stands where a comma belongs" : `expected "," or "]" in a list, ${this.found()}`,
      "items are separated by commas",
      point ? last.last : this.at,
      point ? last.last : this.at,
      point
        ? { fix: { title: "write a comma", edits: [{ start: end - 1, end, newText: "," }], safety: "safe" } }
        : {},
    );
    if (point) return;
    this.next();
    if (this.symbol() === Symbols.Comma) this.next();
    else if (this.symbol() === Symbols.CloseList) this.#finishList(list, top.field);
  }

  #finishList(list: ListNode, field: FieldNode): void {
    list.last = this.at;
    list.closed = true;
    field.last = this.at;
    this.next();
    this.#leave();
  }

  /** Gives a block its fields. */
  #finish(open: Open | undefined): void {
    if (open?.node.kind !== "message" || this.#pending.length === open.base) return;
    open.node.fields = this.#pending.splice(open.base);
  }

  /** Takes the innermost block or list off the stack and reads what may follow it. */
  #leave(): void {
    const left = this.#open.pop();
    this.#finish(left);
    const around = this.#open.at(-1);
    if (left === undefined) return;
    // Not called here: at the end of a thousand lists each would wait for the next.
    if (around?.node.kind === "list" && around.field === left.field) around.itemEnded = true;
    else this.#listNeedsColon(left.field);
  }

  /** The value of the field is complete: a list of scalars must have had its colon; a separator may follow. */
  #listNeedsColon(field: FieldNode): void {
    const value = field.value;
    if (field.colon === -1 && value?.kind === "list" && value.items.some((item) => item.kind === "scalar")) {
      const end = this.tokens.ends[field.nameLast] ?? 0;
      field.colonError = this.report(
        `expected ":" after ${shown(field.name)}, found "["`,
        `a list of values needs a colon: "${field.name}: [ … ]"`,
        value.first,
        value.first,
        { fix: { title: "add the colon", edits: [{ start: end, end, newText: ":" }], safety: "safe" } },
      );
    }
    this.#separator(field);
  }

  #unclosedList(top: Open, list: ListNode, beginsField: boolean): void {
    top.field.broken = true;
    const related = [{ message: "the list begins here", span: spanOf(this, list.first, list.first) }];
    const closer = this.symbol();
    const closes = closer === Symbols.Close || closer === Symbols.Greater || closer === Symbols.CloseRound;
    if (closes && (closer === Symbols.CloseRound || this.#takeCloser())) {
      const found = String.fromCharCode(closer);
      const next = this.symbol(this.after(this.at));
      if (next === Symbols.Comma || next === Symbols.CloseList) {
        this.report(`${found} stands in a list`, "it closes nothing here: remove it", this.at, this.at, {
          related,
        });
        this.next();
        this.#afterItem(top, list);
      } else {
        const span = spanOf(this, this.at, this.at);
        const fix = { title: "write ]", edits: [{ ...span, newText: "]" }], safety: "unsafe" } as const;
        this.report(`a list is closed with ${found}`, "write ]", this.at, this.at, { related, fix });
        this.#finishList(list, top.field);
      }
      return;
    }
    this.report(
      `expected "," or "]" in a list, ${this.found()}`,
      "the list that begins here is not closed with ]",
      this.at,
      this.at,
      { related },
    );
    if (!beginsField && this.symbol() !== Symbols.Close && this.symbol() !== Symbols.Greater) {
      recover(this, top?.node);
      if (this.symbol() === Symbols.CloseList) {
        this.#finishList(list, top.field);
        return;
      }
      if (this.symbol() === Symbols.Comma) {
        this.next();
        return;
      }
    }
    list.last = Math.max(list.first, this.previous);
    top.field.last = list.last;
    // The lists around it are left without a word: it is the same mistake.
    while (this.#open.at(-1)?.node.kind === "list" && this.#open.at(-1)?.field === top.field) {
      const left = this.#open.pop();
      if (left !== undefined) left.node.last = list.last;
    }
  }

  /** `}` or `>` where a field could begin. */
  #close(top: Open | undefined, symbol: number): void {
    if (top === undefined) {
      this.report(
        `${String.fromCharCode(symbol)} closes nothing`,
        "there is no open block at this place: one closing bracket is too much, or an opening one is missing above",
        this.at,
        this.at,
        { structure: "unopened" },
      );
      this.next();
      this.#skipSeparator();
      return;
    }
    const opener = this.symbol(top.node.first);
    const wanted = opener === Symbols.Less ? Symbols.Greater : Symbols.Close;
    const bracketed = opener === Symbols.OpenList;
    if (bracketed) this.#takeCloser();
    if (symbol !== wanted && !bracketed) {
      const { start, end } = spanOf(this, this.at, this.at);
      const right = String.fromCharCode(wanted);
      this.report(
        `a block that begins with ${String.fromCharCode(opener)} is closed with ${String.fromCharCode(symbol)}`,
        `write ${right}`,
        this.at,
        this.at,
        {
          related: [{ message: "the block begins here", span: spanOf(this, top.node.first, top.node.first) }],
          fix: { title: `write ${right}`, edits: [{ start, end, newText: right }], safety: "unsafe" },
        },
      );
    }
    this.#closeBlock(top);
  }

  /** The current token closes a block, whatever it is. */
  #closeBlock(open: Open): void {
    open.node.last = this.at;
    open.node.closed = true;
    open.field.last = this.at;
    this.next();
    this.#leave();
  }

  /** A `]` or `)` closes a block that begins with `{`, where nothing else in the file would. */
  #closedWithAnother(open: Open): boolean {
    if (open.node.kind !== "message" || !this.#takeOpener()) return false;
    const { start, end } = spanOf(this, this.at, this.at);
    const opener = this.symbol(open.node.first);
    const right = opener === Symbols.Less ? ">" : "}";
    this.report(
      `a block that begins with ${String.fromCharCode(opener)} is closed with ${this.tokenText(this.at)}`,
      `write ${right}`,
      this.at,
      this.at,
      {
        related: [{ message: "the block begins here", span: spanOf(this, open.node.first, open.node.first) }],
        fix: { title: `write ${right}`, edits: [{ start, end, newText: right }], safety: "unsafe" },
      },
    );
    this.#closeBlock(open);
    return true;
  }

  #skipSeparator(): void {
    const symbol = this.symbol();
    if (symbol === Symbols.Comma || symbol === Symbols.Semicolon) this.next();
  }

  /** `]` where a field could begin: the block inside a list is not closed, or the bracket closes nothing. */
  #closeList(): void {
    const top = this.#open.at(-1);
    if (top?.node.kind === "message" && this.symbol(top.node.first) === Symbols.OpenList) {
      this.#closeBlock(top);
      return;
    }
    const depth = this.#open.findLastIndex((open) => open.node.kind === "list");
    if (depth === -1 && top !== undefined && this.#closedWithAnother(top)) return;
    const list = this.#open[depth]?.node;
    if (list?.kind !== "list") {
      this.report("] closes nothing", "there is no open list at this place", this.at);
      this.next();
      this.#skipSeparator();
      return;
    }
    const inner = this.#open[depth + 1]?.node.first ?? list.first;
    this.report('expected "}" before "]"', "a block inside the list is not closed", this.at, this.at, {
      related: [{ message: "the block begins here", span: spanOf(this, inner, inner) }],
    });
    for (const open of this.#open.splice(depth + 1).reverse()) {
      this.#finish(open);
      open.node.last = this.previous;
      open.field.last = this.previous;
    }
    const field = this.#open[depth]?.field;
    if (field !== undefined) this.#finishList(list, field);
  }

  /** A token that cannot begin a field. */
  #unexpected(top: Open | undefined): void {
    if (top?.node.kind === "message" && this.#pending.length === top.base) top.field.broken = true;
    const beginsFile = top === undefined && this.#pending.length === 0;
    const symbol = this.symbol();
    if (symbol === Symbols.CloseRound && top !== undefined && this.#closedWithAnother(top)) return;
    if (symbol === Symbols.Open && !beginsFile && this.#takeOpener()) {
      this.report('expected a field name, found "{"', "one { is too much here: remove it", this.at);
      this.next();
      return;
    }
    if (this.#listInBraces(top)) return;
    if (reportUnexpected(this, beginsFile)) recover(this, top?.node);
  }

  /** `{ 8, 16 }` or `{ 8, 16 ]`: a list in the wrong brackets. */
  #listInBraces(top: Open | undefined): boolean {
    if (top?.node.kind !== "message" || top.node.first !== this.previous) return false;
    const isItem = (): boolean => kindOfItem(this) !== undefined && this.kind() !== TokenKind.Identifier;
    const next = this.symbol(this.after(this.at));
    if (!isItem() || !(next === Symbols.Comma || next === Symbols.CloseList || next === Symbols.Close))
      return false;
    this.report("values stand in braces", "a list is written [ … ], a block { name: value }", this.at);
    while (isItem() || this.symbol() === Symbols.Comma) this.next();
    if (this.symbol() === Symbols.CloseList) {
      this.#takeOpener();
      this.#closeBlock(top);
    }
    return true;
  }

  /** One error for all blocks that are still open at the end of the file. */
  #reportUnclosed(): void {
    const open = this.#open.splice(0);
    const innermost = open.at(-1);
    for (const unfinished of open.toReversed()) {
      this.#finish(unfinished);
      const { node, field } = unfinished;
      node.last = Math.max(node.first, this.previous);
      field.last = Math.max(field.last, node.last);
    }
    if (innermost === undefined || this.#swallowedClose()) return;
    const blocks = open.length === 1 ? "a block is" : `${open.length} blocks are`;
    const closer =
      innermost.node.kind === "list" ? "]" : this.symbol(innermost.node.first) === Symbols.Less ? ">" : "}";
    innermost.field.broken ||= innermost.node.kind === "list";
    this.report(
      `${blocks} not closed at the end of the file`,
      `write the missing ${closer}`,
      this.count,
      this.count,
      {
        structure: "unclosed",
        related: [
          {
            message: "this block is not closed",
            span: spanOf(this, innermost.node.first, innermost.node.first),
          },
        ],
      },
    );
  }

  /** Whether a string that is not closed holds the closing bracket: then that one mistake has been reported already. */
  #swallowedClose(): boolean {
    for (const index of this.tokens.malformed) {
      if (this.kind(index) === TokenKind.String && /[}>\]]/.test(this.tokenText(index))) return true;
    }
    return false;
  }
}
