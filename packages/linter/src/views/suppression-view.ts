import type { Span } from "@servable/diagnostics";

/** A comment `# servable-disable-next-line <rule>[, <rule>] -- reason`. */
export interface Suppression {
  readonly span: Span;
  readonly rules: readonly string[];
  readonly reason: string;
  /** Offsets of the line that it covers. */
  readonly lineStart: number;
  readonly lineEnd: number;
}

/** What the rules about suppressions look at. */
export interface SuppressionContext {
  readonly file: string;
  readonly suppressions: readonly Suppression[];
  readonly unused: readonly { readonly span: Span; readonly rule: string }[];
  /** Comments that are meant as suppressions and have another form. */
  readonly misspelt: readonly { readonly span: Span; readonly text: string }[];
}
