import { compareVersions, type TfsVersion } from "@servable/server-flags";

/**
 * What a batch queue that cannot be made does to the load of a version: from 2.6.0 on BatchingSession writes through the
 * null result and the process dies of SIGSEGV; before, the load fails.
 * Source: tensorflow/serving `batching/batching_session.cc` at 2.5.1 and 2.6.0; recorded starts of 2.17.1.
 */
export function queueError(version: TfsVersion): { readonly load: "aborts" | "fails" } {
  return { load: compareVersions(version, "2.6.0-rc0") >= 0 ? "aborts" : "fails" };
}
