import type { LintRule } from "../../finding.ts";
import type { TextContext } from "../../text-context.ts";
import { rule as poolsNotNegative } from "./pools-not-negative.ts";
import { rule as threadsComeFromFlags } from "./threads-come-from-flags.ts";

/** Rules of the area `session`, one file each; sorted by id. */
export const sessionRules: readonly LintRule<TextContext>[] = [poolsNotNegative, threadsComeFromFlags];
