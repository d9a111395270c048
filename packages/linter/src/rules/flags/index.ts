import type { LintRule } from "../../finding.ts";
import type { FlagsContext } from "../../flags-context.ts";
import { rule as altsOnlyOnGoogleCloud } from "./alts-only-on-google-cloud.ts";
import { rule as altsOrSsl } from "./alts-or-ssl.ts";
import { rule as basePathAbsolute } from "./base-path-absolute.ts";
import { rule as basePathScheme } from "./base-path-scheme.ts";
import { rule as batchingFileNeedsEnableBatching } from "./batching-file-needs-enable-batching.ts";
import { rule as configFileReplacesModelFlags } from "./config-file-replaces-model-flags.ts";
import { rule as configPollNeedsConfigFile } from "./config-poll-needs-config-file.ts";
import { rule as givenOnce } from "./given-once.ts";
import { rule as gpuMemoryFraction } from "./gpu-memory-fraction.ts";
import { rule as grpcChannelArguments } from "./grpc-channel-arguments.ts";
import { rule as grpcEndpoint } from "./grpc-endpoint.ts";
import { rule as grpcPortRange } from "./grpc-port-range.ts";
import { rule as grpcSocketPath } from "./grpc-socket-path.ts";
import { rule as grpcThreads } from "./grpc-threads.ts";
import { rule as healthCheckService } from "./health-check-service.ts";
import { rule as helpDoesNotStart } from "./help-does-not-start.ts";
import { rule as knownName } from "./known-name.ts";
import { rule as loadRetries } from "./load-retries.ts";
import { rule as loadThreadsNotNegative } from "./load-threads-not-negative.ts";
import { rule as loadsBesideServing } from "./loads-beside-serving.ts";
import { rule as mixedPrecisionBfloat16 } from "./mixed-precision-bfloat16.ts";
import { rule as modelName } from "./model-name.ts";
import { rule as modelSource } from "./model-source.ts";
import { rule as monitoringNeedsRest } from "./monitoring-needs-rest.ts";
import { rule as noStrayArguments } from "./no-stray-arguments.ts";
import { rule as noThreadPoolFactory } from "./no-thread-pool-factory.ts";
import { rule as notRemoved } from "./not-removed.ts";
import { rule as nothingAfterDoubleDash } from "./nothing-after-double-dash.ts";
import { rule as numberInRange } from "./number-in-range.ts";
import { rule as objectStorePolling } from "./object-store-polling.ts";
import { rule as parallelismBothSides } from "./parallelism-both-sides.ts";
import { rule as parallelismInRange } from "./parallelism-in-range.ts";
import { rule as perModelBatchingNeedsEnableBatching } from "./per-model-batching-needs-enable-batching.ts";
import { rule as plainBool } from "./plain-bool.ts";
import { rule as plainTextValues } from "./plain-text-values.ts";
import { rule as platformConfigSilencesFlags } from "./platform-config-silences-flags.ts";
import { rule as pollNotNegative } from "./poll-not-negative.ts";
import { rule as pollSeesNewVersions } from "./poll-sees-new-versions.ts";
import { rule as profilerOff } from "./profiler-off.ts";
import { rule as reloadIsOpen } from "./reload-is-open.ts";
import { rule as restIsOn } from "./rest-is-on.ts";
import { rule as restJsonDepth } from "./rest-json-depth.ts";
import { rule as restPortDiffers } from "./rest-port-differs.ts";
import { rule as restPortRange } from "./rest-port-range.ts";
import { rule as restThreads } from "./rest-threads.ts";
import { rule as restTimeout } from "./rest-timeout.ts";
import { rule as sessionParallelismConflict } from "./session-parallelism-conflict.ts";
import { rule as sinceVersion } from "./since-version.ts";
import { rule as sslLeavesRestOpen } from "./ssl-leaves-rest-open.ts";
import { rule as tagsExact } from "./tags-exact.ts";
import { rule as tensorContentBreaksRest } from "./tensor-content-breaks-rest.ts";
import { rule as tfliteFlagsNeedPrefer } from "./tflite-flags-need-prefer.ts";
import { rule as tpuFlagInTpuBuild } from "./tpu-flag-in-tpu-build.ts";
import { rule as twoDashes } from "./two-dashes.ts";
import { rule as underscores } from "./underscores.ts";
import { rule as valueAfterEquals } from "./value-after-equals.ts";
import { rule as valueReadable } from "./value-readable.ts";
import { rule as warmupIterations } from "./warmup-iterations.ts";

/** Rules of the area `flags`, one file each; sorted by id. */
export const flagsRules: readonly LintRule<FlagsContext>[] = [
  altsOnlyOnGoogleCloud,
  altsOrSsl,
  basePathAbsolute,
  basePathScheme,
  batchingFileNeedsEnableBatching,
  configFileReplacesModelFlags,
  configPollNeedsConfigFile,
  givenOnce,
  gpuMemoryFraction,
  grpcChannelArguments,
  grpcEndpoint,
  grpcPortRange,
  grpcSocketPath,
  grpcThreads,
  healthCheckService,
  helpDoesNotStart,
  knownName,
  loadRetries,
  loadThreadsNotNegative,
  loadsBesideServing,
  mixedPrecisionBfloat16,
  modelName,
  modelSource,
  monitoringNeedsRest,
  noStrayArguments,
  noThreadPoolFactory,
  notRemoved,
  nothingAfterDoubleDash,
  numberInRange,
  objectStorePolling,
  parallelismBothSides,
  parallelismInRange,
  perModelBatchingNeedsEnableBatching,
  plainBool,
  plainTextValues,
  platformConfigSilencesFlags,
  pollNotNegative,
  pollSeesNewVersions,
  profilerOff,
  reloadIsOpen,
  restIsOn,
  restJsonDepth,
  restPortDiffers,
  restPortRange,
  restThreads,
  restTimeout,
  sessionParallelismConflict,
  sinceVersion,
  sslLeavesRestOpen,
  tagsExact,
  tensorContentBreaksRest,
  tfliteFlagsNeedPrefer,
  tpuFlagInTpuBuild,
  twoDashes,
  underscores,
  valueAfterEquals,
  valueReadable,
  warmupIterations,
];
