import type { StatusCodeName } from "@servable/protos/serving-methods";
import { type ConnectionTrouble, ServingError } from "../serving-error.ts";

/** The TensorFlow codes that the server answers with each HTTP status (http_rest_api_util.cc). */
const CODE_OF_STATUS: Readonly<Record<number, StatusCodeName>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "DEADLINE_EXCEEDED",
  409: "ALREADY_EXISTS",
  412: "FAILED_PRECONDITION",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

export function codeOfStatus(status: number): StatusCodeName {
  return CODE_OF_STATUS[status] ?? "UNKNOWN";
}

/** What a page says, without its markup; other text as it is. */
export function pageText(text: string): string {
  if (!/<html|<head|<h1|<title/i.test(text)) return text;
  const title =
    /<title[^>]*>\s*([^<]+?)\s*<\/title>/i.exec(text) ?? /<h1[^>]*>\s*([^<]+?)\s*<\/h1>/i.exec(text);
  return title === null ? "an HTML page" : `the page "${title[1]}"`;
}

const TROUBLES: Readonly<Record<string, ConnectionTrouble>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "name-not-found",
  EAI_AGAIN: "name-not-found",
  ECONNRESET: "reset",
  CUT_OFF: "cut-off",
  EPIPE: "reset",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ETIMEDOUT: "timeout",
  ENOENT: "socket-missing",
  EPROTO: "tls-unexpected",
  ERR_SSL_WRONG_VERSION_NUMBER: "tls-unexpected",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "tls-unexpected",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls-certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "tls-certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls-certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls-certificate",
  CERT_HAS_EXPIRED: "tls-certificate",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls-certificate",
};

/** The one normaliser of what node:http and node:https hand over. */
export function restError(error: unknown, target: string): ServingError {
  const shaped = error as { code?: unknown; message?: unknown; errors?: unknown } | null;
  const inner = Array.isArray(shaped?.errors)
    ? (shaped.errors[0] as { code?: unknown; message?: unknown })
    : undefined;
  const code = String(shaped?.code ?? inner?.code ?? "");
  const said = String(inner?.message ?? shaped?.message ?? error) || code;
  // OpenSSL's own lines name its source files; the reason is near the end.
  const message =
    /SSL routines:[^:]*:([^:]+):/.exec(said)?.[1]?.replace(/^/, "the TLS handshake failed: ") ?? said;
  const trouble: ConnectionTrouble | undefined = code.startsWith("HPE_") ? "not-http" : TROUBLES[code];
  return new ServingError({
    code: trouble === "timeout" ? "DEADLINE_EXCEEDED" : "UNAVAILABLE",
    details: message,
    transport: "rest",
    target,
    trouble,
    cause: error,
  });
}
