/** Canonical status codes by name, as TensorFlow and gRPC spell them. */
export type StatusCode =
  | "CANCELLED"
  | "UNKNOWN"
  | "INVALID_ARGUMENT"
  | "DEADLINE_EXCEEDED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "OUT_OF_RANGE"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DATA_LOSS"
  | "UNAUTHENTICATED";

const NUMBERS: Readonly<Record<StatusCode, number>> = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
};

/** Number of a status code in `google.rpc.Code`. */
export function statusNumber(code: StatusCode): number {
  return NUMBERS[code];
}

/**
 * What loading or running a graph can fail with. `code` and `message` are TensorFlow's where it has the same failure;
 * the message then carries TensorFlow's tail that names the node (`\n\t [[{{node x}}]]`).
 */
export class GraphError extends Error {
  override readonly name = "GraphError";
  readonly code: StatusCode;
  /** Name of the node at fault, where there is one. */
  node: string | undefined;
  /** Ops that this runtime lacks, when that is the reason. */
  readonly unsupported: readonly string[];

  constructor(
    code: StatusCode,
    message: string,
    options: { node?: string; unsupported?: readonly string[] } = {},
  ) {
    super(message);
    this.code = code;
    this.node = options.node;
    this.unsupported = options.unsupported ?? [];
  }
}

/** INVALID_ARGUMENT, the code of nearly all kernel errors. */
export function invalid(message: string): GraphError {
  return new GraphError("INVALID_ARGUMENT", message);
}

/** UNIMPLEMENTED: the model wants something that this runtime does not do. */
export function unimplemented(message: string, ops: readonly string[] = []): GraphError {
  return new GraphError("UNIMPLEMENTED", message, { unsupported: ops });
}
