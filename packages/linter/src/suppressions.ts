import type { Diagnostic } from "@servable/diagnostics";
import { runLintRules } from "./finding.ts";
import { suppressionRules } from "./rules/suppression/index.ts";
import type { Suppression } from "./views/suppression-view.ts";

const comment = /#[ \t]*servable-disable-next-line\b([^\n]*)/g;
/** What other linters' users write. */
const otherForms = /#[ \t]*servable[- :]{1,2}(?:disable|ignore|suppress|noqa)[\w-]*/g;
const rightForm = /^#[ \t]*servable-disable-next-line$/;
const parts = /^[ \t]+([\w./-]+(?:[ \t]*,[ \t]*[\w./-]+)*)(?:[ \t]+--[ \t]*(.*))?$/;

function findSuppressions(text: string): Suppression[] {
  if (!text.includes("servable-disable-next-line")) return [];
  const found: Suppression[] = [];
  for (const match of text.matchAll(comment)) {
    const start = match.index;
    const end = start + match[0].trimEnd().length;
    const read = parts.exec((match[1] ?? "").trimEnd());
    const lineBreak = text.indexOf("\n", start);
    const lineStart = lineBreak === -1 ? text.length : lineBreak + 1;
    // A command of a script may go on over several lines, between which no comment can stand.
    let next = text.indexOf("\n", lineStart);
    while (next !== -1 && /\\\r?$/.test(text.slice(Math.max(lineStart, next - 2), next)))
      next = text.indexOf("\n", next + 1);
    found.push({
      span: { start, end },
      rules: (read?.[1] ?? "").split(/[\s,]+/).filter((rule) => rule !== ""),
      reason: (read?.[2] ?? "").trim(),
      lineStart,
      lineEnd: next === -1 ? text.length : next,
    });
  }
  return found;
}

/**
 * Takes out the diagnostics that a suppression comment covers: those of its rules that begin on the next line. Comments
 * without a rule or reason are not obeyed; these, and rules that did not fire there, are reported.
 */
export function applySuppressions(
  text: string,
  file: string,
  diagnostics: readonly Diagnostic[],
): Diagnostic[] {
  const suppressions = findSuppressions(text);
  const misspelt = !text.includes("servable")
    ? []
    : [...text.matchAll(otherForms)]
        .filter(([found]) => !rightForm.test(found))
        .map((match) => ({
          span: { start: match.index, end: match.index + match[0].length },
          text: match[0],
        }));
  if (suppressions.length === 0 && misspelt.length === 0) return [...diagnostics];
  const used = new Set<string>();
  const kept = diagnostics.filter((diagnostic) => {
    const at = diagnostic.span?.start;
    if (diagnostic.file !== file || at === undefined) return true;
    let covered = false;
    for (const [index, suppression] of suppressions.entries()) {
      if (suppression.reason === "" || at < suppression.lineStart || at > suppression.lineEnd) continue;
      if (!suppression.rules.includes(diagnostic.rule)) continue;
      used.add(`${index} ${diagnostic.rule}`);
      covered = true;
    }
    return !covered;
  });
  const unused = suppressions.flatMap(({ span, rules, reason }, index) =>
    reason === ""
      ? []
      : rules.filter((rule) => !used.has(`${index} ${rule}`)).map((rule) => ({ span, rule })),
  );
  for (const { diagnostic } of runLintRules(suppressionRules, { file, suppressions, unused, misspelt }, ""))
    kept.push(diagnostic);
  return kept;
}
