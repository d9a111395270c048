import type { Diagnostic } from "@servable/diagnostics";

/** Diagnostics of a folder in the JSON of a command other than check. */
export const diagnosticRows = (
  diagnostics: readonly Diagnostic[],
): readonly { rule: string; severity: string; message: string; help: string; file: string }[] =>
  diagnostics.map(({ rule, severity, message, help, file }) => ({
    rule,
    severity,
    message,
    help: help ?? "",
    file,
  }));
