import type { SpecPath } from "./spec-path.ts";

/**
 * Where a value comes from. written: the base of the spec; profile: the profile in force; default: servable's choice,
 * with its reason; tfs-default: left to TensorFlow Serving, `value` then describes its default.
 */
export type OriginKind = "written" | "profile" | "default" | "tfs-default";

/** One value of the resolved spec with its origin. */
export interface Origin {
  /** Path in the resolved spec, such as `batching.numBatchThreads` or `models[0].basePath`. */
  readonly path: string;
  readonly kind: OriginKind;
  /** The value in force; for `tfs-default` a description of what the server will take. */
  readonly value: unknown;
  /** Why servable chose it (default), or what follows from it. */
  readonly reason?: string;
  /** Where it was written in the source text (written, profile). */
  readonly source?: SpecPath;
}

/** Origins by path, in the order of the resolved spec. */
export type Origins = ReadonlyMap<string, Origin>;
