import type { Diagnostic, SourceTexts } from "../diagnostic.ts";
import { LineIndex } from "../line-index.ts";

/** What the real server would do with this start (CLI contract, `outcome`). */
export interface Outcome {
  readonly prediction: "serves" | "serves-partially" | "exits" | "aborts" | "hangs";
  readonly because: readonly string[];
}

/** What a running server would do with a new config (CLI contract, `reload`). */
export interface Reload {
  readonly accepted: boolean;
  readonly wedges: boolean;
  readonly loads: readonly { readonly model: string; readonly version: number | string }[];
  readonly unloads: readonly { readonly model: string; readonly version: number | string }[];
  readonly because: readonly string[];
}

export interface Summary {
  readonly files: number;
  readonly models: number;
  readonly versions: number;
  readonly errors: number;
  readonly warnings: number;
  readonly durationMs: number;
}

/** The result of one `servable check`, before rendering. */
export interface Report {
  /** Sorted and without repeats. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: SourceTexts;
  readonly summary: Summary;
  readonly outcome?: Outcome;
  readonly reload?: Reload;
}

/** 1-based range in Unicode code points; null where there is no text position. */
export interface Located {
  readonly line: number | null;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
}

/** Turns spans into lines and columns; keeps one line index a file. */
export class Locator {
  readonly #sources: SourceTexts;
  readonly #indexes = new Map<string, LineIndex>();

  constructor(sources: SourceTexts) {
    this.#sources = sources;
  }

  index(file: string): LineIndex | undefined {
    const known = this.#indexes.get(file);
    if (known !== undefined) return known;
    const text = this.#sources.get(file);
    if (text === undefined) return undefined;
    const index = new LineIndex(text);
    this.#indexes.set(file, index);
    return index;
  }

  locate(diagnostic: Pick<Diagnostic, "file" | "span">): Located {
    const index = diagnostic.span === undefined ? undefined : this.index(diagnostic.file);
    if (index === undefined || diagnostic.span === undefined) {
      return { line: null, column: null, endLine: null, endColumn: null };
    }
    const start = index.position(diagnostic.span.start);
    const end = index.position(diagnostic.span.end);
    return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  }
}

/** Whether `check --fix` would apply the diagnostic's fix. */
export const isFixable = (diagnostic: Diagnostic): boolean => diagnostic.fix?.safety === "safe";

/**
 * Makes text from files and models harmless on a terminal: control characters, bidirectional overrides and lone
 * surrogates are shown as escapes. Tabs and line breaks become a space unless `keepTabs`.
 */
export function printable(text: string, keepTabs = false): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => {
      if (character === "\t") return keepTabs ? "\t" : " ";
      if (character === "\n") return "\\n";
      if (character === "\r") return keepTabs ? "" : "\\r";
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    });
}

/** A diagnostic as plain text without a frame. */
export function prettyText(diagnostic: Diagnostic, place: string): string {
  const help = diagnostic.help === undefined ? "" : `\n${diagnostic.help}`;
  return `${place}: ${diagnostic.severity}: ${diagnostic.message} [${diagnostic.rule}]${help}`;
}
