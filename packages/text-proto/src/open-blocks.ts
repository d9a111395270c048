import { shown } from "./lexical-errors.ts";
import { closingExcess } from "./recovery.ts";
import { beginsTypeUrl } from "./slips.ts";
import { Symbols, TokenCursor } from "./token-cursor.ts";
import { TokenKind } from "./tokens.ts";
import type { FieldNode, ListNode, MessageBody } from "./tree.ts";

/** An open block or list, and the field whose value it is (or is part of). */
export interface Open {
  readonly node: MessageBody | ListNode;
  readonly field: FieldNode;
  /** Where the block's own fields begin among those that are not yet in a finished block. */
  readonly base: number;
  /** Lists: a block or list that is an item has just ended, and a comma or bracket must come. */
  itemEnded?: boolean;
}

/** The fields of a block that is still open. */
export const none: readonly FieldNode[] = [];

/** The blocks and lists that are open, and the brackets that a file has too many or too few of. */
export class OpenBlocks extends TokenCursor {
  /** Fields of all open blocks, outermost first: arrays of the right size are made when a block ends. */
  protected readonly pending: FieldNode[] = [];
  protected readonly open: Open[] = [];
  protected excess: number | undefined;

  /** Whether the current token is a name with a colon or bracket after it. */
  protected beginsField(): boolean {
    if (this.kind() !== TokenKind.Identifier) return beginsTypeUrl(this);
    const next = this.symbol(this.after(this.at));
    return next === Symbols.Colon || next === Symbols.Open || next === Symbols.Less;
  }

  protected openMessage(field: FieldNode): MessageBody {
    const node: MessageBody = {
      kind: "message",
      first: this.at,
      last: this.at,
      fields: none,
      closed: false,
    };
    const owner = this.open.at(-1);
    if (owner?.node.kind === "list") owner.node.items.push(node);
    else field.value = node;
    field.last = this.at;
    this.open.push({ node, field, base: this.pending.length });
    this.next();
    return node;
  }

  /** How many more closing than opening brackets the file has, as far as no mistake has explained them. */
  protected surplus(): number {
    this.excess ??= closingExcess(this) - this.open.filter((open) => open.node.kind === "message").length;
    return this.excess;
  }

  /** Whether a closing bracket is left over for a block whose opening one is missing or is another; then it is taken. */
  protected takeCloser(): boolean {
    if (this.surplus() <= 0) return false;
    this.excess = this.surplus() - 1;
    return true;
  }

  /** Whether an opening bracket is left over, for a closing one that is missing or is another; then it is taken. */
  protected takeOpener(): boolean {
    if (this.surplus() >= 0) return false;
    this.excess = this.surplus() + 1;
    return true;
  }

  protected separator(field: FieldNode): void {
    const symbol = this.symbol();
    if (symbol !== Symbols.Comma && symbol !== Symbols.Semicolon) return;
    field.separator = this.at;
    field.last = this.at;
    this.next();
  }

  protected skipSeparator(): void {
    const symbol = this.symbol();
    if (symbol === Symbols.Comma || symbol === Symbols.Semicolon) this.next();
  }

  /** Gives a block its fields. */
  protected finish(open: Open | undefined): void {
    if (open?.node.kind !== "message" || this.pending.length === open.base) return;
    open.node.fields = this.pending.splice(open.base);
  }

  /** Takes the innermost block or list off the stack and reads what may follow it. */
  protected leave(): void {
    const left = this.open.pop();
    this.finish(left);
    const around = this.open.at(-1);
    if (left === undefined) return;
    // Not called here: at the end of a thousand lists each would wait for the next.
    if (around?.node.kind === "list" && around.field === left.field) around.itemEnded = true;
    else this.listNeedsColon(left.field);
  }

  /** The value of the field is complete: a list of scalars must have had its colon; a separator may follow. */
  protected listNeedsColon(field: FieldNode): void {
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
    this.separator(field);
  }

  /** The current token closes a block, whatever it is. */
  protected closeBlock(open: Open): void {
    open.node.last = this.at;
    open.node.closed = true;
    open.field.last = this.at;
    this.next();
    this.leave();
  }
}
