import { STATUS_CODE_NAMES, type StatusCodeName } from "@servable/protos/serving-methods";

export type StatusCode = StatusCodeName;

/** Canonical status codes: the numbers are those of gRPC and of TensorFlow's error codes. */
export const STATUS_CODES = Object.fromEntries(
  STATUS_CODE_NAMES.map((name, number) => [name, number]),
) as Readonly<Record<StatusCode, number>>;

export function isStatusCode(value: unknown): value is StatusCode {
  return typeof value === "string" && Object.hasOwn(STATUS_CODES, value);
}

/** HTTP status of an error over REST (`model_servers/http_server.cc`). */
const HTTP_STATUS: Record<StatusCode, number> = {
  OK: 200,
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

export function httpStatusOf(code: StatusCode): number {
  return HTTP_STATUS[code];
}

/**
 * An answer that is not OK: the server's status code and text.
 * `bytes` is the text as a byte string (one character a byte) where it echoes bytes that may not be UTF-8.
 */
export class StatusError extends Error {
  readonly code: StatusCode;
  readonly bytes: string | undefined;
  /** Ops that the graph runtime lacks, where that is the reason: the model server itself would have answered. */
  unsupported: readonly string[] = [];

  constructor(code: StatusCode, message: string, bytes?: string) {
    super(message);
    this.name = "StatusError";
    this.code = code;
    this.bytes = bytes;
  }

  /** From a text held as a byte string. */
  static ofBytes(code: StatusCode, bytes: string): StatusError {
    return new StatusError(code, textOfBytes(bytes), bytes);
  }

  /** `CODE: text`, the way one status is quoted inside another. */
  get quoted(): string {
    return `${this.code}: ${this.message}`;
  }

  get asBytes(): string {
    return this.bytes ?? bytesOfText(this.message);
  }
}

export function invalidArgument(message: string): StatusError {
  return new StatusError("INVALID_ARGUMENT", message);
}

/** UTF-8 bytes of a text as a byte string: one character of the result a byte. */
export function bytesOfText(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return Buffer.from(text, "utf8").toString("latin1");
  }
  return text;
}

export function textOfBytes(bytes: string): string {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes.charCodeAt(i) > 0x7f) return Buffer.from(bytes, "latin1").toString("utf8");
  }
  return bytes;
}

/** Any thrown value as a status; what is not a status is a fault of this server. */
export function statusOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof Error) {
    const code: unknown = (error as { code?: unknown }).code;
    if (isStatusCode(code) && code !== "OK") {
      const status = new StatusError(code, error.message);
      status.unsupported = unsupportedOps(error);
      return status;
    }
    if (error instanceof RangeError) return new StatusError("RESOURCE_EXHAUSTED", error.message);
    return new StatusError("INTERNAL", error.message);
  }
  return new StatusError("INTERNAL", String(error));
}

/** Ops that the graph runtime lacks, if that is what an error is about. */
export function unsupportedOps(error: unknown): readonly string[] {
  return (error as { unsupported?: readonly string[] } | undefined)?.unsupported ?? [];
}
