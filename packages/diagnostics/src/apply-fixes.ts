import type { Diagnostic } from "./diagnostic.ts";

/**
 * Applies the safe fixes of one file's diagnostics to its text. Fixes whose edits touch an earlier one's are left
 * for the next pass.
 * @returns the new text and how many fixes went in.
 */
export function applyFixes(
  text: string,
  diagnostics: readonly Diagnostic[],
): { readonly text: string; readonly applied: number } {
  const taken: { readonly start: number; readonly end: number; readonly newText: string }[] = [];
  let applied = 0;
  for (const { fix } of diagnostics) {
    if (fix === undefined || fix.safety !== "safe" || fix.edits.length === 0) continue;
    // Two insertions at one place touch too: their order would be a guess.
    const clashes = fix.edits.some((edit) =>
      taken.some((other) => edit.start <= other.end && other.start <= edit.end),
    );
    if (clashes) continue;
    taken.push(...fix.edits);
    applied++;
  }
  taken.sort((a, b) => b.start - a.start);
  let fixed = text;
  for (const edit of taken) fixed = fixed.slice(0, edit.start) + edit.newText + fixed.slice(edit.end);
  return { text: fixed, applied };
}
