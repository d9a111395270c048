import { type Diagnostic, sortDiagnostics } from "@servable/diagnostics";
import type { ParsedFlags } from "@servable/server-flags";
import { runLintRules } from "./finding.ts";
import { type ArgumentSource, typedArguments } from "./flags-context.ts";
import { flagsRules } from "./rules/flags/index.ts";

/** The diagnostics of the flags alone: no file is opened. */
export function checkFlags(flags: ParsedFlags, source: ArgumentSource = typedArguments): Diagnostic[] {
  const context = { flags, source, firstUserArgument: 0 };
  return sortDiagnostics(
    [...runLintRules(flagsRules, context, flags.version)].map(({ diagnostic }) => diagnostic),
  );
}
