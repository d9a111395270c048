/**
 * What a change does to those who call the model. breaks-clients: requests or readers of answers that worked before
 * fail; breaks-batching: requests fail once they are joined into batches; note: worth knowing, nothing fails.
 */
export type ChangeEffect = "breaks-clients" | "breaks-batching" | "note";

/** One difference between two versions of a model. */
export interface VersionChange {
  readonly effect: ChangeEffect;
  readonly area: "signature" | "variable" | "asset" | "warm-up" | "meta-graph";
  /** What changed: a signature, `signature.input`, a variable key, an asset. */
  readonly subject: string;
  readonly message: string;
}
