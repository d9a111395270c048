import type { StatusCodeName } from "@servable/protos/serving-methods";

/** Canonical status codes of a failure by name, as TensorFlow and gRPC spell them. */
export type StatusCode = Exclude<StatusCodeName, "OK">;

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
