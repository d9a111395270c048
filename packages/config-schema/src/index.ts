export { specJsonSchema } from "./json-schema.ts";
export { type MergedSpec, mergeProfile } from "./merge-profile.ts";
export type { Origin, OriginKind, Origins } from "./origins.ts";
export { type FlagFile, type PlannedFlag, plannedFlags } from "./planned-flags.ts";
export { type ReadSpec, readSpec } from "./read-spec.ts";
export { type DraftModel, type DraftSignature, renderSpec, type SpecDraft } from "./render-spec.ts";
export {
  checkSpecText,
  type LoadedSpec,
  loadSpec,
  type Resolution,
  type ResolveOptions,
  resolveSpec,
} from "./resolve-spec.ts";
export type {
  ResolvedBatching,
  ResolvedBuild,
  ResolvedCompose,
  ResolvedDocker,
  ResolvedGolden,
  ResolvedGrpc,
  ResolvedImage,
  ResolvedKubernetes,
  ResolvedLoading,
  ResolvedModel,
  ResolvedModelBatching,
  ResolvedPort,
  ResolvedResources,
  ResolvedRest,
  ResolvedRuntime,
  ResolvedSmoke,
  ResolvedSpec,
  ResolvedTls,
  ResolvedVerification,
  ResolvedVersionPolicy,
} from "./resolved-spec.ts";
export { specRules } from "./rules/index.ts";
export { type ModelEntry, type Spec, type SpecOverlay, specSchema } from "./schema/spec.ts";
export type { SpecPart, SpecPath, SpecSource } from "./spec-path.ts";
