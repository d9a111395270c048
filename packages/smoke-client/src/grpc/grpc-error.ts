import { STATUS_CODE_NAMES } from "@servable/protos/serving-methods";
import { type ConnectionTrouble, ServingError } from "../serving-error.ts";
import { troubleOfStatus } from "../trouble-of-status.ts";

interface CallFacts {
  readonly target: string;
  readonly tls: boolean;
  readonly deadlineMs: number;
}

/** What lies behind an UNAVAILABLE or INTERNAL of grpc-js, from its own texts. */
function troubleOf(code: string, details: string, facts: CallFacts): ConnectionTrouble | undefined {
  const text = details.toLowerCase();
  // an answer that is HTTP but not gRPC gets a code by its status; all other trouble on the way is UNAVAILABLE
  const status = /^received http status code:? (\d+)/.exec(text);
  if (status !== null && status[1] !== "200") {
    const trouble = troubleOfStatus(Number(status[1]));
    return trouble === "not-http" ? "not-grpc" : trouble;
  }
  if (/^received http status code|protocol error|http\/1\.1/.test(text)) return "not-grpc";
  if (code !== "UNAVAILABLE") return undefined;
  if (text.includes("enoent") && facts.target.startsWith("unix:")) return "socket-missing";
  if (text.includes("econnrefused")) return "refused";
  if (text.includes("enotfound") || text.includes("eai_again") || text.includes("name resolution failed")) {
    return "name-not-found";
  }
  if (
    text.includes("wrong version number") ||
    text.includes("packet length too long") ||
    text.includes("eproto")
  ) {
    return "tls-unexpected";
  }
  if (
    text.includes("self-signed") ||
    text.includes("self signed") ||
    text.includes("certificate") ||
    text.includes("altname") ||
    text.includes("alert")
  ) {
    return "tls-certificate";
  }
  if (text.includes("ehostunreach") || text.includes("enetunreach")) return "unreachable";
  if (text.includes("etimedout")) return "timeout";
  // an HTTP/1 server, or one that wants TLS, just hangs up on a gRPC client; which of the two only a probe can tell
  if (
    text.includes("econnreset") ||
    text.includes("connection dropped") ||
    text.includes("failed to connect") ||
    text.includes("socket hang up") ||
    text.includes("socket disconnected")
  ) {
    return "reset";
  }
  return undefined;
}

/** grpc-js wraps the reason in words that name a date and an empty note. */
function plain(details: string): string {
  const wrapped =
    /^No connection established\. Last error: (.*?)(?: \(\d{4}-\d\d-\d\dT[\d:.]+Z\))?\. Resolution note:/s.exec(
      details,
    );
  return wrapped === null ? details : `no connection: ${wrapped[1]}`;
}

/** The one normaliser of what grpc-js throws or hands over. */
export function grpcError(error: unknown, facts: CallFacts): ServingError {
  const shaped = error as { code?: unknown; details?: unknown; message?: unknown } | null | undefined;
  const number = typeof shaped?.code === "number" ? shaped.code : 2;
  const code = STATUS_CODE_NAMES[number] ?? "UNKNOWN";
  let details =
    typeof shaped?.details === "string" && shaped.details !== ""
      ? shaped.details
      : typeof shaped?.message === "string"
        ? shaped.message
        : "no details";
  const trouble = troubleOf(code, details, facts);
  details = plain(details);
  const local = code === "DEADLINE_EXCEEDED" && /^Deadline exceeded/i.test(details);
  if (local) {
    details = `no answer within ${Math.round(facts.deadlineMs)} ms`;
  }
  return new ServingError({
    code,
    details,
    transport: "grpc",
    target: facts.target,
    trouble: trouble ?? (local ? "timeout" : undefined),
    cause: error,
  });
}
