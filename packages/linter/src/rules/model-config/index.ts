import type { LintRule } from "../../finding.ts";
import type { ModelConfigContext } from "../../text-context.ts";
import { rule as basePathAboveVersions } from "./base-path-above-versions.ts";
import { rule as basePathAbsolute } from "./base-path-absolute.ts";
import { rule as basePathOwn } from "./base-path-own.ts";
import { rule as basePathScheme } from "./base-path-scheme.ts";
import { rule as labelInPolicy } from "./label-in-policy.ts";
import { rule as labelName } from "./label-name.ts";
import { rule as labelStays } from "./label-stays.ts";
import { rule as labelsNeedFlag } from "./labels-need-flag.ts";
import { rule as latestPositive } from "./latest-positive.ts";
import { rule as nameUnique } from "./name-unique.ts";
import { rule as nameUsable } from "./name-usable.ts";
import { rule as noCustomConfig } from "./no-custom-config.ts";
import { rule as noLoggingConfig } from "./no-logging-config.ts";
import { rule as objectStorePolling } from "./object-store-polling.ts";
import { rule as platformKnown } from "./platform-known.ts";
import { rule as platformOrType } from "./platform-or-type.ts";
import { rule as platformSet } from "./platform-set.ts";
import { rule as servesSomething } from "./serves-something.ts";
import { rule as specificVersions } from "./specific-versions.ts";
import { rule as typeSupported } from "./type-supported.ts";

/** Rules of the area `model-config`, one file each; sorted by id. */
export const modelConfigRules: readonly LintRule<ModelConfigContext>[] = [
  basePathAboveVersions,
  basePathAbsolute,
  basePathOwn,
  basePathScheme,
  labelInPolicy,
  labelName,
  labelStays,
  labelsNeedFlag,
  latestPositive,
  nameUnique,
  nameUsable,
  noCustomConfig,
  noLoggingConfig,
  objectStorePolling,
  platformKnown,
  platformOrType,
  platformSet,
  servesSomething,
  specificVersions,
  typeSupported,
];
