/** How bad it is. error: the server will not do what the file says; warning: it will, but very likely not what was meant. */
export type Severity = "error" | "warning" | "info";

/**
 * What the server does about the mistake. fatal: it exits or aborts; hangs: it never opens a port; load-fails: one
 * version does not load; request-fails: start is fine, requests fail; silent: it goes on without a word; degrades:
 * slower or dearer than meant; security: open where it should be closed.
 */
export type Effect = "fatal" | "hangs" | "load-fails" | "request-fails" | "silent" | "degrades" | "security";

/** Half-open range of UTF-16 offsets into one file's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Replace `[start, end)` (UTF-16 offsets) by `newText`. */
export interface TextEdit extends Span {
  readonly newText: string;
}

/** A remedy as edits of the diagnostic's own file. Only `safe` ones are applied by `check --fix`. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly safety: "safe" | "unsafe";
}

/** Another place that explains the diagnostic, such as "max_batch_size is set here". */
export interface Related {
  readonly message: string;
  readonly file: string;
  readonly span?: Span;
}

/** One finding about the user's input: pure data, JSON-serialisable. Rendering is elsewhere. */
export interface Diagnostic {
  /** `area/what-must-hold`, for example `batching/allowed-sizes-end-at-max`. */
  readonly rule: string;
  readonly severity: Severity;
  /** Where it is another than the rule's. */
  readonly effect?: Effect;
  /** What is wrong, with the actual value: one line, lower-case start, no full stop, no position, no colour. */
  readonly message: string;
  /** Why it matters to the server and how to mend it, as one or more sentences. */
  readonly help?: string;
  /** Path as the user gave it (or relative to the working folder); `<flags>` for server flags typed after `--`. */
  readonly file: string;
  /** Absent where a folder, a flag or a binary file has no text position. */
  readonly span?: Span;
  readonly related?: readonly Related[];
  readonly fix?: Fix;
}

/** The `file` of a diagnostic about server flags that were not read from a file. */
export const FLAGS_FILE = "<flags>";

/** Texts of the files that diagnostics point into, by `Diagnostic.file`. */
export type SourceTexts = ReadonlyMap<string, string>;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By file, then position (none first), then rule, then message: the order of every output. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.file, b.file) ||
    (a.span?.start ?? -1) - (b.span?.start ?? -1) ||
    (a.span?.end ?? -1) - (b.span?.end ?? -1) ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

/** A new array: sorted by {@link compareDiagnostics}, exact repeats removed. */
export function sortDiagnostics(diagnostics: Iterable<Diagnostic>): Diagnostic[] {
  const sorted = [...diagnostics].sort(compareDiagnostics);
  return sorted.filter((diagnostic, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || compareDiagnostics(previous, diagnostic) !== 0;
  });
}
