import type { Rule, RuleMeta } from "@servable/diagnostics";
import { schemaRules } from "./schema-rules.ts";
import { rule as allowedSizesEndAtMax } from "./spec/allowed-sizes-end-at-max.ts";
import { rule as allowedSizesRise } from "./spec/allowed-sizes-rise.ts";
import { rule as altsOrTls } from "./spec/alts-or-tls.ts";
import { rule as autoscaleRange } from "./spec/autoscale-range.ts";
import { rule as basePathAboveVersions } from "./spec/base-path-above-versions.ts";
import { rule as basePathsApart } from "./spec/base-paths-apart.ts";
import { rule as batchesFitThreads } from "./spec/batches-fit-threads.ts";
import { rule as batchesRunSideBySide } from "./spec/batches-run-side-by-side.ts";
import { rule as batchingFieldOfThisVersion } from "./spec/batching-field-of-this-version.ts";
import { rule as buildForNamedCpu } from "./spec/build-for-named-cpu.ts";
import { rule as builtImageIsRun } from "./spec/built-image-is-run.ts";
import { rule as caNeedsClientVerify } from "./spec/ca-needs-client-verify.ts";
import { rule as clientVerifyNeedsCa } from "./spec/client-verify-needs-ca.ts";
import { rule as configPollNeedsPathPoll } from "./spec/config-poll-needs-path-poll.ts";
import { rule as containerPathAbsolute } from "./spec/container-path-absolute.ts";
import { rule as containerPathsApart } from "./spec/container-paths-apart.ts";
import { rule as develImageServesNothing } from "./spec/devel-image-serves-nothing.ts";
import { rule as environmentLeavesModelToSpec } from "./spec/environment-leaves-model-to-spec.ts";
import { rule as executionSizeAllowed } from "./spec/execution-size-allowed.ts";
import { rule as executionSizeNeedsSplitting } from "./spec/execution-size-needs-splitting.ts";
import { rule as executionSizeWithinMax } from "./spec/execution-size-within-max.ts";
import { rule as extraFlagKnown } from "./spec/extra-flag-known.ts";
import { rule as extraFlagOnce } from "./spec/extra-flag-once.ts";
import { rule as goldenNamesAModel } from "./spec/golden-names-a-model.ts";
import { rule as gpuNeedsGpuImage } from "./spec/gpu-needs-gpu-image.ts";
import { rule as imageTagFixed } from "./spec/image-tag-fixed.ts";
import { rule as imageTagMatchesVersion } from "./spec/image-tag-matches-version.ts";
import { rule as kubernetesFindsModels } from "./spec/kubernetes-finds-models.ts";
import { rule as kubernetesMountPath } from "./spec/kubernetes-mount-path.ts";
import { rule as labelUnderLatest } from "./spec/label-under-latest.ts";
import { rule as labelWithinPolicy } from "./spec/label-within-policy.ts";
import { rule as labelsNeedFlag } from "./spec/labels-need-flag.ts";
import { rule as modelBatchingNeedsBatching } from "./spec/model-batching-needs-batching.ts";
import { rule as modelHasOneSource } from "./spec/model-has-one-source.ts";
import { rule as modelLeftUnbatched } from "./spec/model-left-unbatched.ts";
import { rule as modelNameReachable } from "./spec/model-name-reachable.ts";
import { rule as modelNamesUnique } from "./spec/model-names-unique.ts";
import { rule as monitoringNeedsRest } from "./spec/monitoring-needs-rest.ts";
import { rule as monitoringPathHidesApi } from "./spec/monitoring-path-hides-api.ts";
import { rule as monitoringPathMatches } from "./spec/monitoring-path-matches.ts";
import { rule as objectStorePoll } from "./spec/object-store-poll.ts";
import { rule as parallelismOneWay } from "./spec/parallelism-one-way.ts";
import { rule as portsApart } from "./spec/ports-apart.ts";
import { rule as queueHoldsLargestRequest } from "./spec/queue-holds-largest-request.ts";
import { rule as restSettingsNeedRest } from "./spec/rest-settings-need-rest.ts";
import { rule as restStaysPlain } from "./spec/rest-stays-plain.ts";
import { rule as restartOrRemove } from "./spec/restart-or-remove.ts";
import { rule as serverBatchingUnderPerModel } from "./spec/server-batching-under-per-model.ts";
import { rule as settingOfThisVersion } from "./spec/setting-of-this-version.ts";
import { rule as socketPathShort } from "./spec/socket-path-short.ts";
import { rule as specificVersionsOnce } from "./spec/specific-versions-once.ts";
import { rule as splittingNeedsASize } from "./spec/splitting-needs-a-size.ts";
import { rule as tensorContentWithRest } from "./spec/tensor-content-with-rest.ts";
import { rule as tflitePoolsNeedTflite } from "./spec/tflite-pools-need-tflite.ts";
import { rule as uriSchemeInImage } from "./spec/uri-scheme-in-image.ts";
import { rule as versionKnown } from "./spec/version-known.ts";
import { rule as warmupIterationsNeedWarmup } from "./spec/warmup-iterations-need-warmup.ts";
import type { SpecContext } from "./spec-context.ts";

/** The cross-field rules of the spec, sorted by id. */
export const specRuleList: readonly Rule<SpecContext>[] = [
  allowedSizesEndAtMax,
  allowedSizesRise,
  altsOrTls,
  autoscaleRange,
  basePathAboveVersions,
  basePathsApart,
  batchesFitThreads,
  batchesRunSideBySide,
  batchingFieldOfThisVersion,
  buildForNamedCpu,
  builtImageIsRun,
  caNeedsClientVerify,
  clientVerifyNeedsCa,
  configPollNeedsPathPoll,
  containerPathAbsolute,
  containerPathsApart,
  develImageServesNothing,
  environmentLeavesModelToSpec,
  executionSizeAllowed,
  executionSizeNeedsSplitting,
  executionSizeWithinMax,
  extraFlagKnown,
  extraFlagOnce,
  goldenNamesAModel,
  gpuNeedsGpuImage,
  imageTagFixed,
  imageTagMatchesVersion,
  kubernetesFindsModels,
  kubernetesMountPath,
  labelUnderLatest,
  labelWithinPolicy,
  labelsNeedFlag,
  modelBatchingNeedsBatching,
  modelHasOneSource,
  modelLeftUnbatched,
  modelNameReachable,
  modelNamesUnique,
  monitoringNeedsRest,
  monitoringPathHidesApi,
  monitoringPathMatches,
  objectStorePoll,
  parallelismOneWay,
  portsApart,
  queueHoldsLargestRequest,
  restSettingsNeedRest,
  restStaysPlain,
  restartOrRemove,
  serverBatchingUnderPerModel,
  settingOfThisVersion,
  socketPathShort,
  specificVersionsOnce,
  splittingNeedsASize,
  tensorContentWithRest,
  tflitePoolsNeedTflite,
  uriSchemeInImage,
  versionKnown,
  warmupIterationsNeedWarmup,
];

/** Everything that reading and resolving a spec can report: its shape, and the cross-field rules. */
export const specRules: readonly RuleMeta[] = [...schemaRules, ...specRuleList].sort((a, b) =>
  a.id < b.id ? -1 : 1,
);
