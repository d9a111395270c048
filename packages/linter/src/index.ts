export type {
  ImageFacts,
  Mount,
  PredictedModel,
  PredictedVersion,
  ReloadCheck,
  ReloadOutcome,
  ReloadRequest,
  StartCheck,
  StartRequest,
  VersionChange,
} from "./api.ts";
export type { Outcome, Prediction } from "./finding.ts";
export type { ArgumentSource } from "./flags-context.ts";
export { checkStart } from "./start.ts";
export {
  checkTextProto,
  detectKind,
  type TextProtoKind,
  type TextProtoOptions,
  textProtoKinds,
} from "./text-proto.ts";
