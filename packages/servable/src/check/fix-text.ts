import { applyFixes, type Diagnostic, sortDiagnostics } from "@servable/diagnostics";
import { bytesOfText } from "@servable/text-proto";
import type { Context } from "../cli/context.ts";
import { absolute } from "../cli/read-input.ts";
import { replaceFile } from "../cli/replace-file.ts";

/** A fix can make room for another; each pass removes at least one, and this many are never needed. */
const MAX_PASSES = 12;

/** What a check of a text gives, and the text that it was given for. */
export interface Checked<Result> {
  readonly text: string;
  readonly result: Result;
}

/**
 * Applies the safe fixes of a file, pass by pass, and writes it (or, for standard input, prints it).
 * @param path undefined for standard input
 * @param check what is wrong with a text of this file; diagnostics of other files are left alone
 * @returns the text as it is then, with its last check
 */
export function fixText<Result extends { readonly diagnostics: readonly Diagnostic[] }>(
  context: Context,
  text: string,
  shown: string,
  path: string | undefined,
  check: (text: string) => Result,
): Checked<Result> {
  let fixed = text;
  let result = check(fixed);
  let fixes = 0;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const own = sortDiagnostics(result.diagnostics).filter(({ file }) => file === shown);
    const { text: next, applied } = applyFixes(fixed, own);
    if (applied === 0 || next === fixed) break;
    fixed = next;
    result = check(fixed);
    fixes += applied;
  }
  if (path === undefined) context.out(bytesOfText(fixed));
  else if (fixed !== text) {
    replaceFile(absolute(context, path), bytesOfText(fixed));
    context.err(`fixed ${fixes} problem${fixes === 1 ? "" : "s"} in ${shown}\n`);
  }
  return { text: fixed, result };
}
