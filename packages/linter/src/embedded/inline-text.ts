import type { Diagnostic, Span } from "@servable/diagnostics";
import type { Node } from "yaml";
import { isScalar } from "yaml";
import { textOf } from "./yaml-tree.ts";

/** A file that is written inside a manifest (a ConfigMap's value, compose's `content`). */
export interface InlineText {
  readonly text: string;
  /** The whole value in the manifest. */
  readonly span: Span;
  /** Offset in the manifest of each offset of the text; undefined where the text is folded or escaped beyond telling. */
  readonly offsets: ((at: number) => number) | undefined;
  /** Written line by line, without any escapes. */
  readonly literal: boolean;
}

/** The text of a scalar with its place in the manifest; undefined for what is no scalar. */
export function inlineText(node: Node, source: string): InlineText | undefined {
  const text = textOf(node);
  if (text === undefined || !isScalar(node) || node.range == null) return undefined;
  const span = { start: node.range[0], end: node.range[1] };
  return {
    text,
    span,
    offsets: offsetsOf(text, source, span, node.type),
    literal: node.type === "BLOCK_LITERAL",
  };
}

function offsetsOf(
  text: string,
  source: string,
  span: Span,
  type: string | undefined,
): InlineText["offsets"] {
  if (type === "BLOCK_LITERAL") return blockOffsets(text, source, span);
  const raw = source.slice(span.start, span.end);
  const quoted = /^(["'])/.test(raw);
  if (raw.slice(quoted ? 1 : 0, quoted ? -1 : undefined) === text) {
    const start = span.start + (quoted ? 1 : 0);
    return (at) => start + at;
  }
  if (raw.startsWith('"') && raw.includes("\\")) return escapedOffsets(text, raw, span.start);
  const folded = type === "BLOCK_FOLDED" ? source.indexOf("\n", span.start) : span.start + (quoted ? 1 : 0);
  return folded === -1 ? undefined : foldedOffsets(text, source, folded, span.end);
}

/** Text whose line ends and blanks YAML folds: the other characters stand in the manifest in the same order. */
function foldedOffsets(text: string, source: string, start: number, end: number): InlineText["offsets"] {
  const places: number[] = [];
  let at = start;
  for (const char of text.split("")) {
    if (/\s/.test(char)) {
      places.push(at);
      continue;
    }
    while (at < end && /\s/.test(source[at] ?? "")) at++;
    if (source[at] !== char) return undefined;
    places.push(at++);
  }
  return (offset) => places[offset] ?? Math.min(at, end);
}

/** `|`: each line of the text is a line of the manifest behind the indentation. */
function blockOffsets(text: string, source: string, span: Span): InlineText["offsets"] {
  const lines = text.split("\n");
  const starts: number[] = [0];
  const places: number[] = [];
  let at = source.indexOf("\n", span.start) + 1;
  if (at === 0) return undefined;
  let indent: number | undefined;
  for (let ahead = at; indent === undefined && ahead < span.end; ) {
    const end = source.indexOf("\n", ahead);
    const line = source.slice(ahead, end === -1 ? source.length : end);
    // An explicit indicator may leave more blanks to the text.
    if (line.trim() !== "") indent = line.indexOf(lines.find((own) => own.trim() !== "") ?? "");
    if (end === -1) break;
    ahead = end + 1;
  }
  if (indent === undefined || indent < 0) return undefined;
  for (const [index, line] of lines.entries()) {
    if (line !== "" && !source.startsWith(line, at + indent)) return undefined;
    places.push(line === "" ? at : at + indent);
    if (index > 0) starts.push((starts[index - 1] ?? 0) + (lines[index - 1]?.length ?? 0) + 1);
    const end = source.indexOf("\n", at);
    at = end === -1 ? source.length : end + 1;
  }
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return Math.min(source.length, (places[low] ?? 0) + offset - (starts[low] ?? 0));
  };
}

/** `"…"` on one line with escapes, as JSON writes it. */
function escapedOffsets(text: string, raw: string, start: number): InlineText["offsets"] {
  const places: number[] = [];
  for (let at = 1; at < raw.length - 1; ) {
    if (raw[at] === "\n") return undefined;
    places.push(start + at);
    if (raw[at] !== "\\") at++;
    else at += raw[at + 1] === "u" ? 6 : raw[at + 1] === "x" ? 4 : 2;
  }
  if (places.length !== text.length) return undefined;
  const end = start + raw.length - 1;
  return (at) => places[at] ?? end;
}

/** A diagnostic about the text as one about the manifest that holds it. */
export function placedInManifest(diagnostic: Diagnostic, inline: InlineText, manifest: string): Diagnostic {
  const { offsets } = inline;
  const place = (span: Span | undefined): Span =>
    span === undefined || offsets === undefined
      ? inline.span
      : { start: offsets(span.start), end: Math.max(offsets(span.start), offsets(span.end)) };
  const { fix, related, ...rest } = diagnostic;
  // Only what begins, ends and stays on one line keeps the indentation, and only plain characters need no escape.
  const movable =
    offsets !== undefined &&
    fix?.edits.every(
      ({ start, end, newText }) =>
        !inline.text.slice(start, end).includes("\n") &&
        (inline.literal ? !newText.includes("\n") : /^[^\n"'\\]*$/.test(newText)),
    );
  return {
    ...rest,
    file: manifest,
    span: place(diagnostic.span),
    ...(related === undefined
      ? {}
      : {
          related: related.map((item) =>
            item.file === diagnostic.file ? { ...item, file: manifest, span: place(item.span) } : item,
          ),
        }),
    ...(fix === undefined || movable !== true
      ? {}
      : { fix: { ...fix, edits: fix.edits.map((edit) => ({ ...edit, ...place(edit) })) } }),
  };
}
