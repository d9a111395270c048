import type { LintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { rule as basePathNewVersions } from "./base-path-new-versions.ts";
import { rule as basePathReadable } from "./base-path-readable.ts";
import { rule as labelAvailable } from "./label-available.ts";
import { rule as labelSurvives } from "./label-survives.ts";
import { rule as labelsKept } from "./labels-kept.ts";
import { rule as listStaysList } from "./list-stays-list.ts";
import { rule as newModelAppears } from "./new-model-appears.ts";
import { rule as newModelLoads } from "./new-model-loads.ts";
import { rule as platformStays } from "./platform-stays.ts";
import { rule as pollingActs } from "./polling-acts.ts";
import { rule as refusedListKept } from "./refused-list-kept.ts";
import { rule as servesSomething } from "./serves-something.ts";
import { rule as specificVersionsFound } from "./specific-versions-found.ts";
import { rule as versionsStay } from "./versions-stay.ts";

/** Rules of the area `reload`, one file each; sorted by id. */
export const reloadRules: readonly LintRule<ReloadContext>[] = [
  basePathNewVersions,
  basePathReadable,
  labelAvailable,
  labelSurvives,
  labelsKept,
  listStaysList,
  newModelAppears,
  newModelLoads,
  platformStays,
  pollingActs,
  refusedListKept,
  servesSomething,
  specificVersionsFound,
  versionsStay,
];
