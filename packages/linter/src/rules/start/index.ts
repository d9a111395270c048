import type { LintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { rule as answersFitClients } from "./answers-fit-clients.ts";
import { rule as answersPacked } from "./answers-packed.ts";
import { rule as basePathAboveVersions } from "./base-path-above-versions.ts";
import { rule as basePathExists } from "./base-path-exists.ts";
import { rule as basePathHasVersions } from "./base-path-has-versions.ts";
import { rule as batchedOnce } from "./batched-once.ts";
import { rule as batchesRunSideBySide } from "./batches-run-side-by-side.ts";
import { rule as batchingFitsSignatures } from "./batching-fits-signatures.ts";
import { rule as batchingPadsVariableLength } from "./batching-pads-variable-length.ts";
import { rule as fileReadable } from "./file-readable.ts";
import { rule as labelServed } from "./label-served.ts";
import { rule as paddingPossible } from "./padding-possible.ts";
import { rule as perModelFilePresent } from "./per-model-file-present.ts";
import { rule as platformCoversModels } from "./platform-covers-models.ts";
import { rule as portFree } from "./port-free.ts";
import { rule as restCarriesInputs } from "./rest-carries-inputs.ts";
import { rule as retriesHideFailures } from "./retries-hide-failures.ts";
import { rule as socketPlace } from "./socket-place.ts";
import { rule as specificVersionsOnDisk } from "./specific-versions-on-disk.ts";
import { rule as threadsFillBatches } from "./threads-fill-batches.ts";
import { rule as versionNamePlain } from "./version-name-plain.ts";
import { rule as versionNames } from "./version-names.ts";
import { rule as versionOnce } from "./version-once.ts";
import { rule as warmupFitsBatch } from "./warmup-fits-batch.ts";
import { rule as xlaAllowed } from "./xla-allowed.ts";

/** Rules of the area `start`, one file each; sorted by id. */
export const startRules: readonly LintRule<StartContext>[] = [
  answersFitClients,
  answersPacked,
  basePathAboveVersions,
  basePathExists,
  basePathHasVersions,
  batchedOnce,
  batchesRunSideBySide,
  batchingFitsSignatures,
  batchingPadsVariableLength,
  fileReadable,
  labelServed,
  paddingPossible,
  perModelFilePresent,
  platformCoversModels,
  portFree,
  restCarriesInputs,
  retriesHideFailures,
  socketPlace,
  specificVersionsOnDisk,
  threadsFillBatches,
  versionNamePlain,
  versionNames,
  versionOnce,
  warmupFitsBatch,
  xlaAllowed,
];
