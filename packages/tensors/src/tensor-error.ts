/** Codes of what is wrong with a tensor, for callers that answer with a status of their own. */
export type TensorErrorCode =
  | "malformed"
  | "invalid-dtype"
  | "unsupported-dtype"
  | "invalid-shape"
  | "content-size"
  | "invalid-value"
  | "too-large";

/**
 * A tensor that the model server would refuse, or that can't be held in memory. The message says what and where, in
 * lower case without a full stop.
 */
export class TensorError extends Error {
  readonly code: TensorErrorCode;

  constructor(code: TensorErrorCode, message: string) {
    super(message);
    this.name = "TensorError";
    this.code = code;
  }
}
