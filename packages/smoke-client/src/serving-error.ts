import type { StatusCodeName } from "@servable/protos/serving-methods";

/** What a failed call ran into below the server's own answer. */
export type ConnectionTrouble =
  | "refused"
  | "name-not-found"
  | "reset"
  | "unreachable"
  | "tls-required"
  | "tls-unexpected"
  | "tls-certificate"
  | "not-grpc"
  | "not-http"
  | "gateway"
  | "redirect"
  | "credentials"
  | "too-large-for-proxy"
  | "cut-off"
  | "socket-missing"
  | "timeout";

/**
 * A call to a model server that did not succeed, by gRPC or REST. `message` begins with the code:
 * `[NOT_FOUND] Servable not found for request: Latest(m)`.
 */
export class ServingError extends Error {
  readonly code: StatusCodeName;
  /** The server's own text, or that of the transport. */
  readonly details: string;
  readonly transport: "grpc" | "rest";
  /** Where the call went. */
  readonly target: string;
  /** HTTP status of a REST answer. */
  readonly status: number | undefined;
  /** Set where no model server answered at all. */
  readonly trouble: ConnectionTrouble | undefined;

  constructor(options: {
    code: StatusCodeName;
    details: string;
    transport: "grpc" | "rest";
    target: string;
    status?: number | undefined;
    trouble?: ConnectionTrouble | undefined;
    cause?: unknown;
  }) {
    const place = options.trouble === undefined ? "" : `${options.target}: `;
    super(
      `[${options.code}] ${place}${options.details}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.name = "ServingError";
    this.code = options.code;
    this.details = options.details;
    this.transport = options.transport;
    this.target = options.target;
    this.status = options.status;
    this.trouble = options.trouble;
  }
}
