import { applyFixes, type Diagnostic } from "@servable/diagnostics";
import { expect } from "vitest";

/** Checks one text of one file. */
export type CheckText = (text: string) => readonly Diagnostic[];

const tell = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics.map((d) => `${d.severity} ${d.rule} ${d.span?.start}: ${d.message}`).join("\n");

const countOf = (diagnostics: readonly Diagnostic[], rule: string): number =>
  diagnostics.filter((diagnostic) => diagnostic.rule === rule).length;

/** Comments of a text proto or shell text, where `#` does not stand inside a string of one line. */
const commentsOf = (text: string): string[] =>
  text.split("\n").flatMap((line) => {
    const bare = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (quoted) => " ".repeat(quoted.length));
    const at = bare.indexOf("#");
    return at === -1 ? [] : [line.slice(at).trimEnd()];
  });

/** The server can parse the text. */
const accepted = (diagnostics: readonly Diagnostic[]): boolean =>
  !diagnostics.some(({ rule, severity }) => rule.startsWith("text-proto/") && severity === "error");

const syntaxHolds = (diagnostics: readonly Diagnostic[]): boolean =>
  !diagnostics.some(({ rule }) => rule === "text-proto/syntax");

/**
 * Holds the safe fixes of a text to what they promise: each one alone removes its diagnostic, adds none and keeps every
 * comment; all of them, pass by pass, come to an end at a text without safe fixes.
 * @returns how many fixes there were.
 */
export function expectFixLaws(text: string, check: CheckText, file: string): number {
  const before = check(text).filter((diagnostic) => diagnostic.file === file);
  const fixable = before.filter(({ fix }) => fix?.safety === "safe");
  for (const diagnostic of fixable) {
    const { text: fixed, applied } = applyFixes(text, [diagnostic]);
    const after = check(fixed).filter((other) => other.file === file);
    const told = `${diagnostic.rule}: ${diagnostic.message}\n--- before\n${text}\n--- after\n${fixed}\n--- told before\n${tell(before)}\n--- told after\n${tell(after)}`;
    expect(applied, told).toBe(1);
    expect(fixed, told).not.toBe(text);
    // One edit may mend several findings of a rule; it must never leave as many.
    expect(countOf(after, diagnostic.rule), told).toBeLessThan(countOf(before, diagnostic.rule));
    // Of what could not be read nothing was said; what it says is looked at once it can be. A note is no mistake.
    const strict = accepted(before)
      ? () => true
      : (rule: string) => syntaxHolds(before) && rule.startsWith("text-proto/");
    for (const { rule, severity } of after) {
      if (severity === "info" || !strict(rule)) continue;
      expect(countOf(after, rule), told).toBeLessThanOrEqual(countOf(before, rule));
    }
    expect(commentsOf(fixed), told).toEqual(commentsOf(text));
  }
  let all = text;
  for (let pass = 0; pass < 12; pass++) {
    const own = check(all).filter((diagnostic) => diagnostic.file === file);
    const next = applyFixes(all, own);
    if (next.applied === 0) break;
    expect(pass, `the fixes of\n${text}\ncome to no end:\n${all}`).toBeLessThan(11);
    all = next.text;
  }
  if (fixable.length > 0) {
    expect(
      check(all).filter(({ fix, file: at }) => at === file && fix?.safety === "safe"),
      all,
    ).toEqual([]);
    expect(commentsOf(all)).toEqual(commentsOf(text));
  }
  return fixable.length;
}
