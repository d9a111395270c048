import { specJsonSchema, specRules } from "@servable/config-schema";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const validate = new Ajv({ strict: false, allErrors: true }).compile(specJsonSchema());

describe("the JSON Schema of the spec", () => {
  const shape = ["spec/unknown-key", "spec/missing-key", "spec/wrong-type", "spec/invalid-value"];
  const texts = (kind: "bad" | "good", of: (id: string) => boolean): string[] =>
    specRules.flatMap((rule) =>
      of(rule.id) ? (rule.examples?.[kind] ?? []).flatMap((example) => Object.values(example.files)) : [],
    );

  it.each(texts("good", () => true))("accepts %j", (text) => {
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each(texts("bad", (id) => shape.includes(id)))("rejects %j", (text) => {
    expect(validate(parse(text))).toBe(false);
  });

  it("describes profiles as partial specs", () => {
    const base = { models: [{ name: "m", path: "./m" }] };
    expect(validate({ ...base, profiles: { p: { batching: { maxBatchSize: 8 }, ports: null } } })).toBe(true);
    expect(validate({ ...base, profiles: { p: { models: [{ name: "m", versionPolicy: "all" }] } } })).toBe(
      true,
    );
    expect(validate({ ...base, profiles: { p: { bathcing: true } } })).toBe(false);
  });

  it("describes every key", () => {
    const missing: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties, anyOf, items, description } = node as Record<string, unknown>;
      if (path !== "" && description === undefined && !/\/\d+$/.test(path)) missing.push(path);
      for (const [key, child] of Object.entries((properties ?? {}) as object)) {
        if (path !== "/profiles") walk(child, `${path}/${key}`);
      }
      for (const [index, child] of Object.entries((anyOf ?? []) as object)) walk(child, `${path}/${index}`);
      if (items !== undefined) walk(items, `${path}/0`);
    };
    walk(specJsonSchema(), "");
    expect(missing.filter((path) => !/autoscale\/m/.test(path))).toEqual([]);
  });
});
