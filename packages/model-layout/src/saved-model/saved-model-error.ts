import { UserError } from "@servable/diagnostics";

/**
 * Why a file of a version directory can't be read. not-found: nothing there; unreadable: the system refuses;
 * not-a-file: a directory, FIFO or device; malformed: the bytes are not what the name says; checksum: they were, but
 * changed; unsupported: a newer format than the server of today reads; changed: somebody wrote to it while it was read.
 */
export type ModelFault =
  | "not-found"
  | "unreadable"
  | "not-a-file"
  | "malformed"
  | "checksum"
  | "unsupported"
  | "changed";

/** The only error (besides defects of ours) that the readers of model folders throw. */
export class ModelReadError extends UserError {
  readonly fault: ModelFault;
  /** Path of the file that is at fault. */
  readonly file: string;
  /** The reason without the path. */
  readonly reason: string;

  constructor(
    fault: ModelFault,
    file: string,
    reason: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(`model-${fault}`, `${file}: ${reason}`, options);
    this.name = "ModelReadError";
    this.fault = fault;
    this.file = file;
    this.reason = reason;
  }
}
