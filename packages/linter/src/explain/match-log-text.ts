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
    .replace(/\s+/g, " ")
    .trim();

const letters = (text: string): number => text.replace(/[^a-z]/g, "").length;

/**
 * Whether a text holds a message in which `…` stands for anything: its fixed parts in their order, case, quotes and
 * blanks aside. Undefined where it does not, or where what fits is too short to mean anything.
 */
export function matchLogText(pattern: string, text: string): LogMatch | undefined {
  const parts = pattern
    .split("…")
    .map(folded)
    .filter((part) => part !== "");
  const within = folded(text);
  let at = 0;
  let weight = 0;
  for (const part of parts) {
    const found = within.indexOf(part, at);
    if (found === -1) return partial(pattern, parts, within);
    at = found + part.length;
    weight += letters(part);
  }
  return weight < 6 ? undefined : { pattern, weight: weight + 1 };
}

/** A pasted piece of a message: it must be a good part of it, and in one piece. */
function partial(pattern: string, parts: readonly string[], within: string): LogMatch | undefined {
  const whole = parts.join(" ");
  const weight = letters(within);
  if (weight >= 12 && whole.includes(within)) return { pattern, weight: weight / 2 };
  // The beginning of a message, its gaps filled: what is pasted often ends early.
  let at = 0;
  let held = 0;
  for (const part of parts) {
    const found = within.indexOf(part, at);
    if (found === -1) break;
    at = found + part.length;
    held += letters(part);
  }
  if (held >= 20) return { pattern, weight: held / 2 };
  // A long fixed part alone is as good as the whole message.
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), "");
  if (parts.length > 1 && letters(longest) >= 24 && within.includes(longest)) {
    return { pattern, weight: letters(longest) / 2 };
  }
  return undefined;
}
