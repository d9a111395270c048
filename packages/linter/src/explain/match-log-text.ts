import { unwrapLogText } from "./unwrap-log-text.ts";

/** How well a text fits a message with gaps. */
export interface LogMatch {
  readonly pattern: string;
  /** Letters of the message that the text holds; more is surer. */
  readonly weight: number;
}

/** A pasted text, prepared once for many messages. */
export interface LogText {
  /** The whole text and each of its lines, each from the outside in; folded. */
  readonly layers: readonly { readonly text: string; readonly words: Words | undefined }[];
}

/** Words of an innermost layer, and at which places each stands. */
interface Words {
  readonly count: number;
  readonly places: ReadonlyMap<string, readonly number[]>;
}

/** A message with gaps, prepared once for many texts. */
interface LogPattern {
  readonly pattern: string;
  readonly parts: readonly string[];
  /** What is left when that which wraps any message is taken away; undefined where the message is only such a wrapper. */
  readonly core: readonly string[] | undefined;
}

const folded = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\\n/g, " ")
    .replace(/[\s"'`\\]+/g, " ")
    .trim();

const letters = (text: string): number => text.replace(/[^a-z]/g, "").length;

/** Words of a long paste beyond this are not looked at. */
const wordLimit = 400;
/** Of a long paste the lines that complain come first; more than this are not looked at, nor the rest of a long line. */
const lineLimit = 400;
const textLimit = 16_384;
const complains =
  /error|fail|fatal|cannot|could not|unable|unknown|invalid|illegal|not |denied|refused|exceeded|abort|crash|check failed|\b[EFW] [\w./]+:\d+\]/i;
/** A piece of a message means something from this many words and letters on. */
const leastWords = 4;
const leastLetters = 14;
/** What a match of a part of a message is worth beside one of the whole. */
const pieceWorth = 0.6;
/** What a match of that which wraps any message is worth beside one of the message itself. */
const wrapperWorth = 0.2;

const wordsOf = (text: string): string[] => text.split(/[^a-z0-9_]+/).filter((word) => word !== "");

const partsOf = (pattern: string): string[] =>
  pattern
    .split("…")
    .map((part) => folded(part).replace(/^[\s.,;:]+/, ""))
    .filter((part) => part !== "");

/** Prepares a paste: a line, an answer, or a whole log. */
export function logText(text: string): LogText {
  const lines = [
    ...new Set(
      text
        .split(/\r?\n/)
        .map((line) => line.slice(0, textLimit).trim())
        .filter((line) => line !== ""),
    ),
  ];
  const told =
    lines.length <= lineLimit
      ? lines
      : [...lines.filter((line) => complains.test(line)), ...lines].slice(0, lineLimit);
  const wholes = lines.length > 1 ? [text.slice(0, textLimit), ...told] : [text.slice(0, textLimit)];
  const seen = new Map<string, boolean>();
  for (const whole of wholes) {
    const layers = unwrapLogText(whole);
    for (const [index, layer] of layers.entries()) {
      const key = folded(layer);
      if (key !== "") seen.set(key, seen.get(key) === true || index === layers.length - 1);
    }
  }
  return { layers: [...seen].map(([text, inner]) => ({ text, words: inner ? placesOf(text) : undefined })) };
}

function placesOf(text: string): Words {
  const words = wordsOf(text.slice(0, wordLimit * 40)).slice(0, wordLimit);
  const places = new Map<string, number[]>();
  for (const [index, word] of words.entries()) {
    const known = places.get(word);
    if (known === undefined) places.set(word, [index]);
    else known.push(index);
  }
  return { count: words.length, places };
}

const prepared = new Map<string, LogPattern>();

function logPattern(pattern: string): LogPattern {
  const known = prepared.get(pattern);
  if (known !== undefined) return known;
  // A gap is no word for the wrappers: a servable's braces and a number of models are written out for them.
  const filled = pattern
    .replace(/\{\{\{name: … version: …\}/, "{{{name: x version: 1}")
    .replace(/(servable|Servable): … (failed|cannot)/, "$1: {x} $2")
    .replace(/^… ((?:servable|model)\(s\))/, "1 $1");
  const layers = unwrapLogText(filled);
  const core = partsOf(layers.at(-1) ?? "");
  const made = {
    pattern,
    parts: partsOf(pattern),
    core: core.reduce((sum, part) => sum + letters(part), 0) < 6 ? undefined : core,
  };
  prepared.set(pattern, made);
  return made;
}

/**
 * Whether a text holds a message in which `…` stands for anything: its fixed parts in their order, case, quotes and
 * blanks aside; or a piece of it that is long enough to be no chance. Time stamps, places in sources, status codes and
 * "failed to start"-like words around the message count for little. Undefined where it does not.
 */
export function matchLogText(pattern: string, text: LogText): LogMatch | undefined {
  const { parts, core } = logPattern(pattern);
  let best: LogMatch | undefined;
  const offer = (weight: number): void => {
    if (weight > (best?.weight ?? 0)) best = { pattern, weight };
  };
  for (const layer of text.layers) {
    if (core !== undefined) {
      const weight = inOrder(core, layer.text);
      if (weight !== undefined) offer(weight + 1);
    } else {
      const weight = inOrder(parts, layer.text);
      if (weight !== undefined) offer((weight + 1) * wrapperWorth);
    }
  }
  if (best !== undefined || core === undefined) return best;
  for (const layer of text.layers) {
    if (layer.words !== undefined) offer(piece(core, layer.words));
  }
  return best;
}

/** Letters of the parts, where the text holds all of them in their order. */
function inOrder(parts: readonly string[], within: string): number | undefined {
  let at = 0;
  let weight = 0;
  for (const part of parts) {
    const found = within.indexOf(part, at);
    if (found === -1) return undefined;
    at = found + part.length;
    weight += letters(part);
  }
  return weight < 6 ? undefined : weight;
}

/** Worth of the longest run of words that both have; 0 for chance. Short messages must be there for the most part. */
function piece(parts: readonly string[], text: Words): number {
  let best = "";
  let count = 0;
  let all = 0;
  for (const part of parts) {
    const words = wordsOf(part);
    all += words.length;
    // Lengths of the runs that end at the word before, by their place in the text.
    let runs = new Map<number, number>();
    for (const [index, word] of words.entries()) {
      const next = new Map<number, number>();
      for (const place of text.places.get(word) ?? []) {
        const run = (runs.get(place - 1) ?? 0) + 1;
        next.set(place, run);
        if (run > count) {
          count = run;
          best = words.slice(index + 1 - run, index + 1).join(" ");
        }
      }
      runs = next;
    }
  }
  const weight = letters(best);
  if (count >= leastWords && weight >= leastLetters) return weight * pieceWorth;
  // A whole short paste, or most of a short message.
  const mostOfText = count >= 2 && count === text.count && weight >= 10;
  const mostOfPattern = count >= 2 && count >= all * 0.6 && weight >= 10;
  return mostOfText || mostOfPattern ? weight * pieceWorth * 0.9 : 0;
}
