import { CST, Lexer } from "yaml";

/** Where a text first nests deeper than `limit` levels, or undefined. */
export interface TooDeep {
  readonly offset: number;
}

/**
 * Looks at the tokens alone, in linear time and without recursion: the parser itself recurses, and a text that is deep
 * enough can end the process rather than throw. Flow depth is exact; block depth is the number of indentations that a
 * line stands in, and the indicators on it.
 */
export function findTooDeep(text: string, limit: number): TooDeep | undefined {
  const indents: number[] = [];
  let flow = 0;
  let offset = 0;
  let atLineStart = true;
  let indent = 0;
  let indicators = 0;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === "newline") {
      atLineStart = true;
      indent = 0;
      indicators = 0;
    } else if (type === "space" && atLineStart) {
      indent += token.length;
    } else if (type !== "space" && type !== "comment") {
      if (atLineStart && flow === 0) {
        while ((indents.at(-1) ?? -1) >= indent) indents.pop();
        indents.push(indent);
      }
      atLineStart = false;
      if (type === "flow-seq-start" || type === "flow-map-start") flow++;
      else if ((type === "flow-seq-end" || type === "flow-map-end") && flow > 0) flow--;
      else if (type === "seq-item-ind" || type === "explicit-key-ind" || type === "map-value-ind")
        indicators++;
      const block = flow > 0 ? 0 : indicators;
      if (flow > limit || indents.length + flow > limit || indents.length + block > 2 * limit)
        return { offset };
    }
    // Control tokens stand for no text.
    if (type !== "byte-order-mark" && type !== "doc-mode" && type !== "flow-error-end" && type !== "scalar") {
      offset += token.length;
    } else if (type === "byte-order-mark") offset += 1;
  }
  return undefined;
}
