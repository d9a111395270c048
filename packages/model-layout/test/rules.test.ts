import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelRules } from "../src/index.ts";

describe("the rules of this package", () => {
  it.each(modelRules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
    const file = join(import.meta.dirname, "../src/rules", `${id}.ts`);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).toContain(`id: "${id}"`);
    expect(rule.summary).not.toMatch(/\.$/);
    expect(rule.summary).toMatch(/^[a-z]|^saved_model|^RestoreV2/);
    expect(rule.why).toMatch(/[.)`]$/);
    expect(rule.mend).toMatch(/\.$/);
    expect(rule.evidence.length).toBeGreaterThan(0);
    expect(rule.examples?.bad.length).toBeGreaterThan(0);
    expect(rule.examples?.good.length).toBeGreaterThan(0);
  });

  it("have distinct ids and are all registered", () => {
    const ids = modelRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(50);
  });
});
