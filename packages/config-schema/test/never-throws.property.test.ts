import { checkSpecText, readSpec, specRules } from "@servable/config-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";

/** Keys and values of real specs, so that arbitrary data gets past the first check. */
const examples = specRules.flatMap((rule) =>
  (rule.examples?.good ?? []).flatMap((example) => Object.values(example.files)),
);
const words = [...new Set(examples.flatMap((text) => text.match(/[A-Za-z]+/g) ?? []))];

const leaf = fc.oneof(
  fc.constantFrom(...words),
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string()), tie("value"), { maxKeys: 6 }),
  ),
})).value;

/** Puts a value somewhere into a good spec. */
const mutated = fc
  .tuple(fc.constantFrom(...examples), fc.array(fc.nat(), { maxLength: 5 }), data)
  .map(([text, steps, value]) => {
    const spec = parse(text) as Record<string, unknown>;
    let at: unknown = spec;
    for (const [depth, step] of steps.entries()) {
      if (typeof at !== "object" || at === null) break;
      const keys = Object.keys(at);
      const key = keys[step % Math.max(1, keys.length)];
      if (key === undefined) break;
      if (depth === steps.length - 1) (at as Record<string, unknown>)[key] = value;
      else at = (at as Record<string, unknown>)[key];
    }
    return spec;
  });

function holds(text: string): void {
  const { spec, diagnostics } = readSpec(text, { file: "s" });
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  expect(spec === undefined).toBe(errors.length > 0);
  for (const diagnostic of checkSpecText(text, { file: "s" })) {
    expect(diagnostic.span).toBeDefined();
    expect(diagnostic.span?.start).toBeGreaterThanOrEqual(0);
    expect(diagnostic.span?.end).toBeLessThanOrEqual(text.length);
    expect(diagnostic.span?.start).toBeLessThanOrEqual(diagnostic.span?.end ?? -1);
    expect(diagnostic.message).not.toMatch(/\n/);
  }
}

describe("whatever a spec holds", () => {
  it("is either read, or gives an error with a place", () => {
    fc.assert(
      fc.property(data, (value) => holds(stringify(value, { aliasDuplicateObjects: false }))),
      { numRuns: 500 },
    );
  });

  it("is either read, or gives an error with a place, near a good spec", () => {
    fc.assert(
      fc.property(mutated, (value) => holds(stringify(value, { aliasDuplicateObjects: false }))),
      { numRuns: 1500 },
    );
  });

  it("is either read, or gives an error with a place, as JSON", () => {
    fc.assert(
      fc.property(mutated, (value) => holds(JSON.stringify(value))),
      { numRuns: 500 },
    );
  });

  it("never throws on damaged text", () => {
    const damaged = fc
      .tuple(
        fc.constantFrom(...examples),
        fc.nat(),
        fc.nat({ max: 8 }),
        fc.string({ unit: "binary", maxLength: 5 }),
      )
      .map(([text, at, removed, inserted]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + inserted + text.slice(start + removed);
      });
    fc.assert(fc.property(damaged, holds), { numRuns: 1500 });
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), holds), { numRuns: 500 });
  });
});
