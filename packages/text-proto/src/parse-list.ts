import { shown } from "./lexical-errors.ts";
import { none, type Open, OpenBlocks } from "./open-blocks.ts";
import { recover } from "./recovery.ts";
import { beginsTypeUrl, kindOfItem } from "./slips.ts";
import { Symbols } from "./token-cursor.ts";
import { TokenKind } from "./tokens.ts";
import { type FieldNode, type ListNode, type MessageBody, type ScalarNode, spanOf } from "./tree.ts";

/** Scalars, and lists with their items. */
export class ListParser extends OpenBlocks {
  /** The scalar that was read last had a word before its string. */
  protected prefixed = false;

  /** A number, identifier or run of strings at the current token; undefined (and nothing consumed) for anything else. */
  protected scalar(): ScalarNode | undefined {
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
      this.prefixed = true;
      while (this.kind() === TokenKind.String) this.next();
    }
    const type =
      kind === TokenKind.Identifier ? "identifier" : kind === TokenKind.Integer ? "integer" : "float";
    return { kind: "scalar", type, negative, first, last };
  }

  /** One item of a list, with the comma or bracket after it. */
  protected item(top: Open, list: ListNode): void {
    const symbol = this.symbol();
    if (symbol === Symbols.Open || symbol === Symbols.Less) {
      this.openMessage(top.field);
      return;
    }
    if (list.items.length === 0 && beginsTypeUrl(this)) {
      this.blockInBrackets(top, list);
      return;
    }
    if (symbol === Symbols.OpenList) {
      const node: ListNode = { kind: "list", first: this.at, last: this.at, items: [], closed: false };
      list.items.push(node);
      this.open.push({ node, field: top.field, base: this.pending.length });
      this.next();
      if (this.symbol() === Symbols.CloseList) this.finishList(node, top.field);
      return;
    }
    const beginsField = this.beginsField();
    const scalar = beginsField ? undefined : this.scalar();
    if (scalar !== undefined) {
      list.items.push(scalar);
      for (let index = scalar.first; index <= scalar.last; index++) {
        if (this.tokens.malformed.has(index)) top.field.broken = true;
      }
      this.afterItem(top, list);
      return;
    }
    if (symbol === Symbols.Comma || symbol === Symbols.Semicolon) {
      this.report("a list item is missing", "one comma stands between two items", this.at);
      while (this.symbol() === Symbols.Comma || this.symbol() === Symbols.Semicolon) this.next();
      if (this.symbol() === Symbols.CloseList) this.finishList(list, top.field);
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
      this.finishList(list, top.field);
      return;
    }
    if (beginsField && list.items.length === 0) this.blockInBrackets(top, list);
    else this.unclosedList(top, list, beginsField);
  }

  /** `[ field: value ]`: a block in the wrong brackets; read as the block that is meant. */
  protected blockInBrackets(top: Open, list: ListNode): void {
    this.report("fields stand in square brackets", "a block is written { … }", list.first, list.first);
    this.open.pop();
    const node: MessageBody = {
      kind: "message",
      first: list.first,
      last: list.first,
      fields: none,
      closed: false,
    };
    const around = this.open.at(-1);
    if (around?.node.kind === "list" && around.field === top.field) around.node.items.splice(-1, 1, node);
    else top.field.value = node;
    this.open.push({ node, field: top.field, base: this.pending.length });
  }

  /** After an item: `,` and the next one, or the end of the list. */
  protected afterItem(top: Open, list: ListNode): void {
    const symbol = this.symbol();
    top.itemEnded = false;
    if (symbol === Symbols.CloseList) this.finishList(list, top.field);
    else if (symbol === Symbols.Comma) this.next();
    else if (symbol === Symbols.Semicolon) {
      this.report("list items are separated by ;", "only a comma may stand between two items", this.at);
      this.next();
    } else {
      const kind = this.kind();
      const beginsField = this.beginsField();
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
        this.strangeItem(top, list, last, point);
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
      } else this.unclosedList(top, list, beginsField);
    }
  }

  /** What follows an item is no item of its kind: a slip, which a comma alone would not mend. */
  protected strangeItem(top: Open, list: ListNode, last: ScalarNode, point: boolean): void {
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
    else if (this.symbol() === Symbols.CloseList) this.finishList(list, top.field);
  }

  protected finishList(list: ListNode, field: FieldNode): void {
    list.last = this.at;
    list.closed = true;
    field.last = this.at;
    this.next();
    this.leave();
  }

  protected unclosedList(top: Open, list: ListNode, beginsField: boolean): void {
    top.field.broken = true;
    const related = [{ message: "the list begins here", span: spanOf(this, list.first, list.first) }];
    const closer = this.symbol();
    const closes = closer === Symbols.Close || closer === Symbols.Greater || closer === Symbols.CloseRound;
    if (closes && (closer === Symbols.CloseRound || this.takeCloser())) {
      const found = String.fromCharCode(closer);
      const next = this.symbol(this.after(this.at));
      if (next === Symbols.Comma || next === Symbols.CloseList) {
        this.report(`${found} stands in a list`, "it closes nothing here: remove it", this.at, this.at, {
          related,
        });
        this.next();
        this.afterItem(top, list);
      } else {
        const span = spanOf(this, this.at, this.at);
        const fix = { title: "write ]", edits: [{ ...span, newText: "]" }], safety: "unsafe" } as const;
        this.report(`a list is closed with ${found}`, "write ]", this.at, this.at, { related, fix });
        this.finishList(list, top.field);
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
        this.finishList(list, top.field);
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
    while (this.open.at(-1)?.node.kind === "list" && this.open.at(-1)?.field === top.field) {
      const left = this.open.pop();
      if (left !== undefined) left.node.last = list.last;
    }
  }
}
