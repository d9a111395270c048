export { type CheckModelsOptions, type CheckModelsResult, checkModels } from "./check-models.ts";
export { diffVersions, type VersionDiff } from "./diff/diff-versions.ts";
export type { ChangeEffect, VersionChange } from "./diff/version-change.ts";
export {
  type Discovery,
  type DuplicateVersion,
  discoverVersions,
  duplicateVersions,
  selectVersions,
  type VersionDirectory,
  type VersionPolicy,
} from "./discovery/discover-versions.ts";
export {
  type FindModelsOptions,
  type FoundModel,
  type FoundModels,
  findModels,
  type PathRole,
} from "./discovery/find-models.ts";
export { parseVersionName } from "./discovery/version-name.ts";
export { bytesAsFile } from "./files/file-read-once.ts";
export { memoryFileSystem } from "./files/memory-file-system.ts";
export {
  type DirectoryEntry,
  type FileKind,
  type FileStat,
  FileSystemError,
  type ModelFileSystem,
  type OpenFile,
  readWholeFile,
} from "./files/model-file-system.ts";
export { nodeFileSystem } from "./files/node-file-system.ts";
export { countOps, type Graph, type GraphFunction, GraphNode, readGraph } from "./graph/graph-def.ts";
export { type InspectOptions, inspect, inspectSignature, inspectVersion } from "./inspect/inspect.ts";
export type {
  InspectCollection,
  InspectMetaGraph,
  InspectModel,
  InspectReport,
  InspectSignature,
  InspectTensor,
  InspectVariable,
  InspectVersion,
  JsonInt64,
} from "./inspect/inspect-report.ts";
export { type Published, type PublishOptions, PublishRefused, publish } from "./publish/publish.ts";
export { expectManyVersions } from "./quick/clean-pool.ts";
export { modelRules } from "./rules/registry.ts";
export type { CheckLevel, CheckTarget } from "./rules/version-context.ts";
export { type Fingerprint, readFingerprint } from "./saved-model/fingerprint.ts";
export {
  type AssetRef,
  type Collection,
  INIT_OP_KEY,
  type InitOp,
  type MetaGraphHeader,
  type Saver,
  TRAIN_OP_KEY,
} from "./saved-model/meta-graph.ts";
export {
  type MetaGraph,
  openSavedModel,
  readSignatures,
  type SavedModelFolder,
} from "./saved-model/open-saved-model.ts";
export { type ModelFault, ModelReadError } from "./saved-model/saved-model-error.ts";
export type { Signature, TensorInfo } from "./saved-model/signature.ts";
export { crc32c, maskCrc, unmaskCrc } from "./table/crc32c.ts";
export { parseTflite, readTflite, type TfliteModel, type TfliteTensor } from "./tflite/read-tflite.ts";
export type { BundleHeader, VariableEntry } from "./variables/bundle-entry.ts";
export { listVariables, type StoredVariable } from "./variables/list-variables.ts";
export { shardName } from "./variables/shard-name.ts";
export type { Extent } from "./variables/slice-key.ts";
export {
  openVariables,
  type Shard,
  type VariablesIndex,
} from "./variables/variables-index.ts";
export type { ChecksumFault, VerifyOptions } from "./variables/verify-checksums.ts";
export { checkWarmup, type WarmupCheck } from "./warmup/check-warmup.ts";
export {
  encodeExample,
  encodePredictionLog,
  type FeatureValue,
  type WarmupInput,
} from "./warmup/encode-warmup.ts";
export {
  type LogType,
  MAX_WARMUP_RECORDS,
  readWarmup,
  type WarmupRecord,
} from "./warmup/prediction-log.ts";
export { summariseWarmup, type WarmupRequest } from "./warmup/summarise-warmup.ts";
export {
  type ProposedWarmup,
  proposeWarmup,
  type SynthesiseWarmupOptions,
  synthesiseWarmup,
} from "./warmup/synthesise-warmup.ts";
export { encodeTfRecord, readTfRecords, type TfRecord, type TfRecordProblem } from "./warmup/tf-record.ts";
export { WARMUP_FILE } from "./warmup/warmup-file.ts";
export { encodeWarmup, WarmupRefused, type WriteWarmupOptions, writeWarmup } from "./warmup/write-warmup.ts";
export type { Int64 } from "./wire/wire-reader.ts";
