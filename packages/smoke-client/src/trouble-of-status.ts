import type { ConnectionTrouble } from "./serving-error.ts";

/** What it means that an HTTP status comes without a model server's own answer: gRPC never fails so, REST has JSON with it. */
export function troubleOfStatus(status: number): ConnectionTrouble {
  if (status >= 300 && status < 400) return "redirect";
  if (status === 401 || status === 403 || status === 407) return "credentials";
  if (status === 413) return "too-large-for-proxy";
  return status === 502 || status === 503 || status === 504 || status >= 520 ? "gateway" : "not-http";
}
