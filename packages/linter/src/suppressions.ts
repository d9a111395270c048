import type { Diagnostic } from "@servable/diagnostics";

const comment = /#[ \t]*servable-disable-next-line\b([^\n]*)/g;
const parts = /^[ \t]+([\w./,-]+(?:[ \t]*,[ \t]*[\w./-]+)*)(?:[ \t]+--[ \t]*(.*))?$/;

interface Suppression {
  readonly span: { readonly start: number; readonly end: number };
  readonly rules: readonly string[];
  readonly reason: string;
  /** Offsets of the line that it covers. */
  readonly lineStart: number;
  readonly lineEnd: number;
}

function findSuppressions(text: string): Suppression[] {
  if (!text.includes("servable-disable-next-line")) return [];
  const found: Suppression[] = [];
  for (const match of text.matchAll(comment)) {
    const start = match.index;
    const end = start + match[0].trimEnd().length;
    const read = parts.exec((match[1] ?? "").trimEnd());
    const lineBreak = text.indexOf("\n", start);
    const lineStart = lineBreak === -1 ? text.length : lineBreak + 1;
    const next = text.indexOf("\n", lineStart);
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
 * Takes out the diagnostics that a comment `# servable-disable-next-line <rule>[, <rule>] -- reason` covers: those of the
 * named rules that begin on the next line. Comments without a rule or a reason, and rules that did not fire there, are
 * reported as `suppression/has-reason` and `suppression/used`. `known` tells rule ids, where they shall be checked.
 */
export function applySuppressions(
  text: string,
  file: string,
  diagnostics: readonly Diagnostic[],
  known?: (rule: string) => boolean,
): Diagnostic[] {
  const suppressions = findSuppressions(text);
  if (suppressions.length === 0) return [...diagnostics];
  const used = new Set<string>();
  const kept = diagnostics.filter((diagnostic) => {
    const at = diagnostic.span?.start;
    if (diagnostic.file !== file || at === undefined) return true;
    return !suppressions.some((suppression, index) => {
      const covers =
        suppression.reason !== "" &&
        at >= suppression.lineStart &&
        at <= suppression.lineEnd &&
        suppression.rules.includes(diagnostic.rule);
      if (covers) used.add(`${index} ${diagnostic.rule}`);
      return covers;
    });
  });
  for (const [index, { span, rules, reason }] of suppressions.entries()) {
    if (rules.length === 0 || reason === "") {
      kept.push({
        rule: "suppression/has-reason",
        severity: "warning",
        file,
        span,
        message: rules.length === 0 ? "a suppression names no rule" : "a suppression gives no reason",
        help: "Write `# servable-disable-next-line <rule> -- reason`; without both it is not obeyed.",
      });
      continue;
    }
    for (const rule of rules) {
      if (used.has(`${index} ${rule}`)) continue;
      const unknown = known !== undefined && !known(rule);
      kept.push({
        rule: "suppression/used",
        severity: "warning",
        file,
        span,
        message: unknown ? `there is no rule ${rule}` : `rule ${rule} reports nothing on the next line`,
        help: "Remove the comment: it would hide a mistake that comes later.",
      });
    }
  }
  return kept;
}
