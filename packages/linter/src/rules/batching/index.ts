import type { LintRule } from "../../finding.ts";
import type { BatchingContext } from "../../text-context.ts";
import { rule as allowedSizesAscending } from "./allowed-sizes-ascending.ts";
import { rule as allowedSizesEndAtMax } from "./allowed-sizes-end-at-max.ts";
import { rule as allowedSizesInRange } from "./allowed-sizes-in-range.ts";
import { rule as executionInAllowedSizes } from "./execution-in-allowed-sizes.ts";
import { rule as executionNeedsSplitting } from "./execution-needs-splitting.ts";
import { rule as executionWithinMax } from "./execution-within-max.ts";
import { rule as fileSetsSomething } from "./file-sets-something.ts";
import { rule as maxBatchSizePositive } from "./max-batch-size-positive.ts";
import { rule as noEmptyRequests } from "./no-empty-requests.ts";
import { rule as paddingRepeatsValues } from "./padding-repeats-values.ts";
import { rule as plausibleLimits } from "./plausible-limits.ts";
import { rule as poolIsTheServers } from "./pool-is-the-servers.ts";
import { rule as queueHoldsARequest } from "./queue-holds-a-request.ts";
import { rule as queueNotEmpty } from "./queue-not-empty.ts";
import { rule as sizesAreTheVersions } from "./sizes-are-the-versions.ts";
import { rule as sizesInRange } from "./sizes-in-range.ts";
import { rule as sizesNotNegative } from "./sizes-not-negative.ts";
import { rule as smallestSizeOne } from "./smallest-size-one.ts";
import { rule as splittingNeedsSize } from "./splitting-needs-size.ts";
import { rule as threadsPositive } from "./threads-positive.ts";
import { rule as timeoutNotNegative } from "./timeout-not-negative.ts";

/** Rules of the area `batching`, one file each; sorted by id. */
export const batchingRules: readonly LintRule<BatchingContext>[] = [
  allowedSizesAscending,
  allowedSizesEndAtMax,
  allowedSizesInRange,
  executionInAllowedSizes,
  executionNeedsSplitting,
  executionWithinMax,
  fileSetsSomething,
  maxBatchSizePositive,
  noEmptyRequests,
  paddingRepeatsValues,
  plausibleLimits,
  poolIsTheServers,
  queueHoldsARequest,
  queueNotEmpty,
  sizesAreTheVersions,
  sizesInRange,
  sizesNotNegative,
  smallestSizeOne,
  splittingNeedsSize,
  threadsPositive,
  timeoutNotNegative,
];
