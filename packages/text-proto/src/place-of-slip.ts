import type { TextError } from "./text-error.ts";
import type { FieldNode, MessageBody, TextDocument } from "./tree.ts";
import { tokenStart } from "./tree.ts";

/** Lines that reach farther than this before a place have no indentation that tells anything. */
const longestLine = 500;

/** The blanks at the beginning of the line of a place; undefined in very long lines. */
function indentation(text: string, at: number): string | undefined {
  const before = text.slice(Math.max(0, at - longestLine), at);
  const line = before.lastIndexOf("\n") + 1;
  if (line === 0 && before.length === longestLine) return undefined;
  return /^[ \t]*/.exec(before.slice(line))?.[0];
}

/** The first block whose closing bracket begins a line, but not at the indentation of the line that opens the block. */
function firstMisplacedEnd(
  doc: TextDocument,
): { readonly block: MessageBody; readonly end: number } | undefined {
  const { text, tokens } = doc;
  let found: { block: MessageBody; end: number } | undefined;
  const stack: FieldNode[] = [...doc.fields];
  for (let field = stack.pop(); field !== undefined; field = stack.pop()) {
    const { value } = field;
    const blocks = value?.kind === "list" ? value.items : [value];
    for (const block of blocks) {
      if (block?.kind !== "message") continue;
      for (const inner of block.fields) stack.push(inner);
      const end = tokenStart(tokens, block.last);
      if (!block.closed || (found !== undefined && found.end <= end)) continue;
      const blanks = indentation(text, end);
      const start = tokenStart(tokens, block.first);
      const opened = indentation(text, start);
      if (blanks === undefined || opened === undefined || opened === blanks) continue;
      const line = end - blanks.length;
      if (start >= line || (line > 0 && text.charCodeAt(line - 1) !== 10)) continue;
      found = { block, end };
    }
  }
  return found;
}

/**
 * The parser stumbles over a missing or surplus bracket only later. Where the first error is such a one, it is told where
 * the brackets and the indentation part: the slip is most likely there.
 */
export function withPlaceOfSlip(errors: readonly TextError[], doc: TextDocument): readonly TextError[] {
  const index = errors.findIndex(({ structure }) => structure !== undefined);
  const error = errors[index];
  if (error === undefined) return errors;
  const misplaced = firstMisplacedEnd(doc);
  if (misplaced === undefined || misplaced.end > error.span.start) return errors;
  const { text, tokens } = doc;
  const opens = tokenStart(tokens, misplaced.block.first);
  const line = text.slice(0, opens).split("\n").length;
  const related = {
    message: `this ${text.charAt(misplaced.end)} closes the block that begins in line ${line}, which is indented otherwise: look here first`,
    span: { start: misplaced.end, end: misplaced.end + 1 },
  };
  return errors.with(index, { ...error, related: [...(error.related ?? []), related] });
}
