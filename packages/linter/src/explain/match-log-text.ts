/** How well a text fits a message with gaps. */
export interface LogMatch {
  readonly pattern: string;
  /** Letters of the message that the text holds; more is surer. */
  readonly weight: number;
}

const folded = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\s"'`]+/g, " ")
    .trim();

const letters = (text: string): number => text.replace(/[^a-z]/g, "").length;

/** Words of a long paste beyond this are not looked at. */
const wordLimit = 400;
/** A piece of a message means something from this many words and letters on. */
const leastWords = 4;
const leastLetters = 14;

const wordsOf = (text: string): string[] => text.split(/[^a-z0-9_]+/).filter((word) => word !== "");

/**
 * Whether a text holds a message in which `…` stands for anything: its fixed parts in their order, case, quotes and
 * blanks aside; or a piece of it that is long enough to be no chance. Undefined where it does not.
 */
export function matchLogText(pattern: string, text: string): LogMatch | undefined {
  const parts = pattern
    .split("…")
    .map((part) => folded(part).replace(/^[\s.,;:]+/, ""))
    .filter((part) => part !== "");
  const within = folded(text);
  let at = 0;
  let weight = 0;
  for (const part of parts) {
    const found = within.indexOf(part, at);
    if (found === -1) return piece(pattern, parts, within);
    at = found + part.length;
    weight += letters(part);
  }
  return weight < 6 ? undefined : { pattern, weight: weight + 1 };
}

/** The longest run of words that both have; short messages must be there for the most part. */
function piece(pattern: string, parts: readonly string[], within: string): LogMatch | undefined {
  const text = wordsOf(within.slice(0, wordLimit * 40)).slice(0, wordLimit);
  let best = "";
  let count = 0;
  for (const part of parts) {
    const words = wordsOf(part);
    let row = new Array<number>(text.length + 1).fill(0);
    for (const [index, word] of words.entries()) {
      const next = new Array<number>(text.length + 1).fill(0);
      for (let column = 0; column < text.length; column++) {
        if (text[column] !== word) continue;
        const run = (row[column] ?? 0) + 1;
        next[column + 1] = run;
        if (run > count) {
          count = run;
          best = words.slice(index + 1 - run, index + 1).join(" ");
        }
      }
      row = next;
    }
  }
  const weight = letters(best);
  if (count >= leastWords && weight >= leastLetters) return { pattern, weight: weight * 0.9 };
  // A whole short paste, or most of a short message.
  const all = wordsOf(parts.join(" "));
  const mostOfText = count >= 2 && count === text.length && weight >= 10;
  const mostOfPattern = count >= 2 && count >= all.length * 0.6 && weight >= 10;
  return mostOfText || mostOfPattern ? { pattern, weight: weight * 0.8 } : undefined;
}
