import { type Diagnostic, type ExitCode, UserError } from "@servable/diagnostics";
import { type Published, type PublishOptions, PublishRefused, publish } from "@servable/model-layout";

/** What to publish where. Crosses a thread. */
export interface PublishWork extends Pick<PublishOptions, "keep" | "version" | "tfsVersion"> {
  readonly exportDir: string;
  readonly basePath: string;
}

/** How far it is. */
export type PublishNews =
  | { readonly kind: "total"; readonly versions: number; readonly bytes: number }
  | { readonly kind: "bytes"; readonly count: number }
  /** The hidden folder that is filled from now on. */
  | { readonly kind: "staging"; readonly path: string }
  | { readonly kind: "published"; readonly path: string };

/** How it ended, as data: what an error is beyond its message would not cross a thread. */
export type PublishOutcome =
  | { readonly kind: "done"; readonly done: Published }
  | { readonly kind: "refused"; readonly code: string; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly options: { readonly hint?: string; readonly exitCode: ExitCode };
    };

/** Publishes, and tells of it. @throws what is a defect of ours */
export function publishTelling(
  { exportDir, basePath, ...options }: PublishWork,
  tell: (news: PublishNews) => void,
): PublishOutcome {
  try {
    const done = publish(exportDir, basePath, {
      ...options,
      onTotal: (versions, bytes) => tell({ kind: "total", versions, bytes }),
      onBytes: (count) => tell({ kind: "bytes", count }),
      onStaging: (path) => tell({ kind: "staging", path }),
      onPublished: (path) => tell({ kind: "published", path }),
    });
    return { kind: "done", done };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint, exitCode } = error;
    if (error instanceof PublishRefused) return { kind: "refused", code, diagnostics: error.diagnostics };
    return { kind: "failed", code, message, options: { exitCode, ...(hint === undefined ? {} : { hint }) } };
  }
}
