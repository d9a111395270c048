import { type TextDocument, tokenStart } from "./tree.ts";

/** `BatchingParameters` of `tensorflow.serving.BatchingParameters`. */
export const short = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** With its article. */
export const article = (word: string): string =>
  /^[aeiou]/i.test(word) && !/^u/i.test(word) ? `an ${word}` : `a ${word}`;

/** Sorted, separated by commas. */
export const names = (list: Iterable<string>): string => [...list].sort().join(", ");

/** The text of a node, as it was written. */
export function textOf(doc: TextDocument, node: { first: number; last: number }): string {
  return doc.text.slice(tokenStart(doc.tokens, node.first), doc.tokens.ends[node.last]);
}
