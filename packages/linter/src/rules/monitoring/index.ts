import type { LintRule } from "../../finding.ts";
import type { TextContext } from "../../text-context.ts";
import { rule as doesSomething } from "./does-something.ts";
import { rule as pathMatches } from "./path-matches.ts";
import { rule as pathNotRest } from "./path-not-rest.ts";

/** Rules of the area `monitoring`, one file each; sorted by id. */
export const monitoringRules: readonly LintRule<TextContext>[] = [doesSomething, pathMatches, pathNotRest];
