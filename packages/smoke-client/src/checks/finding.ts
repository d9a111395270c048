import type { CheckResult } from "../smoke-options.ts";

/** What a check found; the runner adds the id and the time it took. */
export type Finding = Partial<Pick<CheckResult, "model" | "version" | "signature" | "transport">> &
  Pick<CheckResult, "outcome" | "message"> & { readonly help?: string | undefined };
