import type { LintRule } from "../../finding.ts";
import type { PlatformContext } from "../../text-context.ts";
import { rule as adapterLinked } from "./adapter-linked.ts";
import { rule as adapterSet } from "./adapter-set.ts";
import { rule as batchingNotBypassed } from "./batching-not-bypassed.ts";
import { rule as savedModelConfigOff } from "./saved-model-config-off.ts";
import { rule as threadsNotNegative } from "./threads-not-negative.ts";
import { rule as warmupStaysOn } from "./warmup-stays-on.ts";

/** Rules of the area `platform`, one file each; sorted by id. */
export const platformRules: readonly LintRule<PlatformContext>[] = [
  adapterLinked,
  adapterSet,
  batchingNotBypassed,
  savedModelConfigOff,
  threadsNotNegative,
  warmupStaysOn,
];
