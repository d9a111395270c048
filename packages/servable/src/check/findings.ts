import { type Diagnostic, sortDiagnostics } from "@servable/diagnostics";
import type { Outcome, Reload, Report } from "@servable/diagnostics/render";

/** What the parts of one `servable check` put together. */
export class Findings {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #sources = new Map<string, string>();
  readonly #files = new Set<string>();
  #models = 0;
  #versions = 0;
  outcome: Outcome | undefined;
  reload: Reload | undefined;

  add(diagnostics: Iterable<Diagnostic>): void {
    for (const diagnostic of diagnostics) this.#diagnostics.push(diagnostic);
  }

  /** A file that was checked; with its text where diagnostics point into it. */
  file(shown: string, text?: string): void {
    this.#files.add(shown);
    if (text !== undefined) this.#sources.set(shown, text);
  }

  source(shown: string, text: string): void {
    this.#sources.set(shown, text);
  }

  hasFile(shown: string): boolean {
    return this.#files.has(shown);
  }

  countModels(models: number, versions: number): void {
    this.#models += models;
    this.#versions += versions;
  }

  get isEmpty(): boolean {
    return this.#files.size === 0 && this.#models === 0;
  }

  /** The report in the order of every output. */
  report(durationMs: number): Report {
    const diagnostics = sortDiagnostics(this.#diagnostics);
    const count = (severity: Diagnostic["severity"]): number =>
      diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return {
      diagnostics,
      sources: this.#sources,
      summary: {
        files: this.#files.size,
        models: this.#models,
        versions: this.#versions,
        errors: count("error"),
        warnings: count("warning"),
        durationMs,
      },
      ...(this.outcome === undefined ? {} : { outcome: this.outcome }),
      ...(this.reload === undefined ? {} : { reload: this.reload }),
    };
  }
}
