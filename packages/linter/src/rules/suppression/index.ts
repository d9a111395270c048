import type { LintRule } from "../../finding.ts";
import type { SuppressionContext } from "../../views/suppression-view.ts";
import { rule as hasReason } from "./has-reason.ts";
import { rule as knownForm } from "./known-form.ts";
import { rule as used } from "./used.ts";

/** Rules of the area `suppression`, one file each; sorted by id. */
export const suppressionRules: readonly LintRule<SuppressionContext>[] = [hasReason, knownForm, used];
