import { endOfName, reportOddName } from "./odd-names.ts";
import type { Open } from "./open-blocks.ts";
import { FieldParser } from "./parse-field.ts";
import { recover, skipConflictMarker } from "./recovery.ts";
import { kindOfItem } from "./slips.ts";
import { maxErrors, Symbols } from "./token-cursor.ts";
import { TokenKind } from "./tokens.ts";
import { spanOf, type TextDocument } from "./tree.ts";
import { reportUnexpected } from "./unexpected-token.ts";

/**
 * Reads a text proto into a lossless tree, with all syntax errors. Never throws; linear in the length of the text, and
 * nesting costs no stack. After a mistake it goes on at the next field or at the end of the block.
 */
export function parse(text: string): TextDocument {
  return new Parser(text).run();
}

class Parser extends FieldParser {
  run(): TextDocument {
    while (this.at < this.count || this.open.length > 0) {
      const top = this.open.at(-1);
      if (this.at >= this.count) {
        this.reportUnclosed();
        break;
      }
      if (top?.node.kind === "list") {
        if (top.itemEnded) this.afterItem(top, top.node);
        else this.item(top, top.node);
      } else this.fieldOrClose(top);
    }
    const lexical = this.tokens.errors;
    const errors = [...lexical, ...this.errors].sort((a, b) => a.span.start - b.span.start);
    return {
      text: this.text,
      tokens: this.tokens,
      fields: this.pending,
      errors: errors.length > maxErrors ? errors.slice(0, maxErrors) : errors,
    };
  }

  protected fieldOrClose(top: Open | undefined): void {
    const kind = this.kind();
    if (kind === TokenKind.Identifier) {
      const at = this.at;
      const last = endOfName(this, at);
      if (this.symbol(last + 1) === Symbols.Slash && this.nakedTypeUrl(top)) return;
      if (last > at) reportOddName(this, at, last);
      while (this.at <= last) this.next();
      const written = this.tokensText(at, last);
      this.field(top, "name", last > at ? written.replaceAll("-", "_") : written, at, last);
      return;
    }
    const symbol = this.symbol();
    if (
      (symbol === Symbols.Less || symbol === Symbols.Greater || symbol === Symbols.Equals) &&
      skipConflictMarker(this)
    )
      return;
    if (symbol === Symbols.OpenList) this.bracketName(top);
    else if (symbol === Symbols.Close || symbol === Symbols.Greater) this.close(top, symbol);
    else if (symbol === Symbols.CloseList) this.closeList();
    else this.unexpected(top);
  }

  /** `}` or `>` where a field could begin. */
  protected close(top: Open | undefined, symbol: number): void {
    if (top === undefined) {
      this.report(
        `${String.fromCharCode(symbol)} closes nothing`,
        "there is no open block at this place: one closing bracket is too much, or an opening one is missing above",
        this.at,
        this.at,
        { structure: "unopened" },
      );
      this.next();
      this.skipSeparator();
      return;
    }
    const opener = this.symbol(top.node.first);
    const wanted = opener === Symbols.Less ? Symbols.Greater : Symbols.Close;
    const bracketed = opener === Symbols.OpenList;
    if (bracketed) this.takeCloser();
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
    this.closeBlock(top);
  }

  /** A `]` or `)` closes a block that begins with `{`, where nothing else in the file would. */
  protected closedWithAnother(open: Open): boolean {
    if (open.node.kind !== "message" || !this.takeOpener()) return false;
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
    this.closeBlock(open);
    return true;
  }

  /** `]` where a field could begin: the block inside a list is not closed, or the bracket closes nothing. */
  protected closeList(): void {
    const top = this.open.at(-1);
    if (top?.node.kind === "message" && this.symbol(top.node.first) === Symbols.OpenList) {
      this.closeBlock(top);
      return;
    }
    const depth = this.open.findLastIndex((open) => open.node.kind === "list");
    if (depth === -1 && top !== undefined && this.closedWithAnother(top)) return;
    const list = this.open[depth]?.node;
    if (list?.kind !== "list") {
      this.report("] closes nothing", "there is no open list at this place", this.at);
      this.next();
      this.skipSeparator();
      return;
    }
    const inner = this.open[depth + 1]?.node.first ?? list.first;
    this.report('expected "}" before "]"', "a block inside the list is not closed", this.at, this.at, {
      related: [{ message: "the block begins here", span: spanOf(this, inner, inner) }],
    });
    for (const open of this.open.splice(depth + 1).reverse()) {
      this.finish(open);
      open.node.last = this.previous;
      open.field.last = this.previous;
    }
    const field = this.open[depth]?.field;
    if (field !== undefined) this.finishList(list, field);
  }

  /** A token that cannot begin a field. */
  protected unexpected(top: Open | undefined): void {
    if (top?.node.kind === "message" && this.pending.length === top.base) top.field.broken = true;
    const beginsFile = top === undefined && this.pending.length === 0;
    const symbol = this.symbol();
    if (symbol === Symbols.CloseRound && top !== undefined && this.closedWithAnother(top)) return;
    if (symbol === Symbols.Open && !beginsFile && this.takeOpener()) {
      this.report('expected a field name, found "{"', "one { is too much here: remove it", this.at);
      this.next();
      return;
    }
    if (this.listInBraces(top)) return;
    if (reportUnexpected(this, beginsFile)) recover(this, top?.node);
  }

  /** `{ 8, 16 }` or `{ 8, 16 ]`: a list in the wrong brackets. */
  protected listInBraces(top: Open | undefined): boolean {
    if (top?.node.kind !== "message" || top.node.first !== this.previous) return false;
    const isItem = (): boolean => kindOfItem(this) !== undefined && this.kind() !== TokenKind.Identifier;
    const next = this.symbol(this.after(this.at));
    if (!isItem() || !(next === Symbols.Comma || next === Symbols.CloseList || next === Symbols.Close))
      return false;
    this.report("values stand in braces", "a list is written [ … ], a block { name: value }", this.at);
    while (isItem() || this.symbol() === Symbols.Comma) this.next();
    if (this.symbol() === Symbols.CloseList) {
      this.takeOpener();
      this.closeBlock(top);
    }
    return true;
  }

  /** One error for all blocks that are still open at the end of the file. */
  protected reportUnclosed(): void {
    const open = this.open.splice(0);
    const innermost = open.at(-1);
    for (const unfinished of open.toReversed()) {
      this.finish(unfinished);
      const { node, field } = unfinished;
      node.last = Math.max(node.first, this.previous);
      field.last = Math.max(field.last, node.last);
    }
    if (innermost === undefined || this.swallowedClose()) return;
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
  protected swallowedClose(): boolean {
    for (const index of this.tokens.malformed) {
      if (this.kind(index) === TokenKind.String && /[}>\]]/.test(this.tokenText(index))) return true;
    }
    return false;
  }
}
