import type { LintRule } from "../../finding.ts";
import type { BuildContext } from "./build-context.ts";
import { rule as cpuHasInstructions } from "./cpu-has-instructions.ts";
import { rule as optionsKeepRelease } from "./options-keep-release.ts";
import { rule as refIsCommit } from "./ref-is-commit.ts";

/** Rules of the area `build`, one file each; sorted by id. */
export const buildRules: readonly LintRule<BuildContext>[] = [
  cpuHasInstructions,
  optionsKeepRelease,
  refIsCommit,
];
