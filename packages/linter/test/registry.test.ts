import { applyFixes, type Diagnostic, type RuleMeta } from "@servable/diagnostics";
import { describe, expect, it } from "vitest";
import { lintRules, rules } from "../src/registry.ts";
import { runExample as run } from "./run-example.ts";

const told = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics.map((d) => `${d.severity} ${d.rule} ${d.file}: ${d.message}`).join("\n");

describe("rules of this package", () => {
  it("have unique ids, sorted, and name their area", () => {
    const ids = rules.map((rule) => rule.id);
    expect([...new Set(ids)].sort()).toEqual(ids);
    for (const rule of lintRules) expect(rule.id).toMatch(/^[a-z-]+\/[a-z0-9-]+$/);
  });

  const cases = lintRules.map((rule) => [rule.id, rule] as const);

  it.each(cases)("%s says what, why and how to mend it", (_, rule) => {
    expect(rule.summary).not.toMatch(/\.$/);
    expect(rule.summary).toMatch(/^[a-zA-Z]/);
    for (const text of [rule.why, rule.mend]) expect(text.length).toBeGreaterThan(4);
    expect(rule.evidence.length).toBeGreaterThan(0);
  });

  it.each(rules.map((rule) => [rule.id, rule] as const))("%s has a bad and a good example", (_, rule) => {
    expect(rule.examples?.bad.length ?? 0).toBeGreaterThan(0);
    expect(rule.examples?.good.length ?? 0).toBeGreaterThan(0);
  });

  const bad = lintRules.flatMap((rule) =>
    (rule.examples?.bad ?? []).map((example, index) => [`${rule.id} bad ${index}`, rule, example] as const),
  );
  it.each(bad)("%s fires its own rule", (_, rule, example) => {
    const diagnostics = run(example, rule.id);
    const own = diagnostics.filter((diagnostic) => diagnostic.rule === rule.id);
    expect(own.length, told(diagnostics)).toBeGreaterThan(0);
    const others = diagnostics.filter(
      (diagnostic) =>
        diagnostic.rule !== rule.id &&
        diagnostic.severity !== "info" &&
        example.also?.includes(diagnostic.rule) !== true,
    );
    expect(others, told(others)).toEqual([]);
    for (const diagnostic of diagnostics) checkMessage(diagnostic);
  });

  const good = lintRules.flatMap((rule) =>
    (rule.examples?.good ?? []).map((example, index) => [`${rule.id} good ${index}`, rule, example] as const),
  );
  it.each(good)("%s is silent", (_, rule, example) => {
    const diagnostics = run(example);
    expect(
      diagnostics.filter((d) => d.rule === rule.id || d.severity !== "info").map((d) => told([d])),
    ).toEqual([]);
  });

  const fixable = bad.filter(([, rule]) => rule.fixable === true);
  it.each(fixable)("%s: a fix removes its diagnostic, adds none and keeps comments", (_, rule, example) => {
    const [entry] = Object.entries(example.files);
    if (entry === undefined || entry[0] === "<flags>") return;
    const [file, text] = entry;
    const before = run(example);
    const own = before.filter(
      (diagnostic) => diagnostic.rule === rule.id && diagnostic.fix?.safety === "safe",
    );
    if (own.length === 0) return;
    const fixed = applyFixes(text, own).text;
    const after = run({ ...example, files: { [file]: fixed } });
    expect(
      after.filter((d) => d.rule === rule.id && d.fix !== undefined),
      `${fixed}\n${told(after)}`,
    ).toEqual([]);
    const count = (list: readonly Diagnostic[], id: string): number =>
      list.filter((d) => d.rule === id).length;
    for (const { rule: id } of after)
      expect(count(after, id), `${fixed}\n${told(after)}`).toBeLessThanOrEqual(count(before, id));
    expect(fixed.match(/#[^\n]*/g)).toEqual(text.match(/#[^\n]*/g));
  });

  it("say fixable where a fix exists", () => {
    const withFix = new Set(
      bad.flatMap(([, , example]) => run(example).flatMap((d) => (d.fix?.safety === "safe" ? [d.rule] : []))),
    );
    for (const id of withFix) {
      expect(rules.find((rule: RuleMeta) => rule.id === id)?.fixable, id).toBe(true);
    }
  });
});

function checkMessage({ message, help, rule }: Diagnostic): void {
  expect(message, rule).not.toMatch(/\.$|\n/);
  expect(message, rule).toMatch(/^[^A-Z]|^(REST|HTTP|XLA|MODEL_|TF_|TensorFlow|ALTS)/);
  expect(help ?? "", rule).not.toBe("");
}
