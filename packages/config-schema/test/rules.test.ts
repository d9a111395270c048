import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkSpecText, specRules } from "@servable/config-schema";
import { LineIndex } from "@servable/diagnostics";
import { describe, expect, it } from "vitest";

const rulesFolder = join(import.meta.dirname, "..", "src", "rules");
const shapeRules = new Set([
  "spec/syntax",
  "spec/duplicate-key",
  "spec/unknown-key",
  "spec/missing-key",
  "spec/wrong-type",
  "spec/invalid-value",
]);

describe("the registry of spec rules", () => {
  it("is sorted, without repeats", () => {
    const ids = specRules.map((rule) => rule.id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it("keeps each cross-field rule in the file that its id names", () => {
    for (const { id } of specRules) {
      if (!shapeRules.has(id)) expect(existsSync(join(rulesFolder, `${id}.ts`)), id).toBe(true);
    }
  });

  it("says why, how to mend, and where the fact is from", () => {
    for (const rule of specRules) {
      expect(rule.why.length, rule.id).toBeGreaterThan(20);
      expect(rule.mend.length, rule.id).toBeGreaterThan(5);
      expect(rule.evidence.length, rule.id).toBeGreaterThan(0);
      expect(rule.summary, rule.id).not.toMatch(/\.$/);
    }
  });
});

describe.each(specRules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  const examples = (kind: "bad" | "good"): [string, string][] =>
    (rule.examples?.[kind] ?? []).flatMap((example) => Object.entries(example.files));

  it("has examples", () => {
    expect(examples("bad").length).toBeGreaterThan(0);
    expect(examples("good").length).toBeGreaterThan(0);
  });

  it.each(examples("bad"))("fires alone on its bad example", (file, text) => {
    const found = checkSpecText(text, { file });
    expect(found.map((diagnostic) => diagnostic.rule)).toEqual(found.map(() => id));
    expect(found.length).toBeGreaterThan(0);
    const lines = new LineIndex(text);
    for (const diagnostic of found) {
      expect(diagnostic.severity === rule.severity || id === "spec/parallelism-one-way").toBe(true);
      expect(diagnostic.message).toMatch(/^[a-z"-]/);
      expect(diagnostic.message).not.toMatch(/\.$|\n/);
      expect(diagnostic.help).toBeTruthy();
      expect(diagnostic.span).toBeDefined();
      expect(lines.position(diagnostic.span?.end ?? -1).line).toBeGreaterThan(0);
    }
  });

  it.each(examples("good"))("is silent on its good example, as all others are", (file, text) => {
    expect(checkSpecText(text, { file })).toEqual([]);
  });
});
