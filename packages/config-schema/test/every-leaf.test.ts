import { checkSpecText, specJsonSchema } from "@servable/config-schema";
import { LineIndex } from "@servable/diagnostics";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";

type Schema = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/** Every place of the schema that holds something else than named keys, with the schemas that are allowed there. */
function leaves(schema: Schema, path: Path = []): { path: Path; schemas: readonly Schema[] }[] {
  const alternatives = (schema["anyOf"] ?? schema["oneOf"] ?? [schema]) as readonly Schema[];
  const inner = alternatives.flatMap((each): { path: Path; schemas: readonly Schema[] }[] => {
    if (each["anyOf"] !== undefined && each !== schema) return leaves(each, path);
    const named = Object.entries((each["properties"] ?? {}) as Record<string, Schema>);
    const { items, additionalProperties } = each as {
      items?: Schema;
      additionalProperties?: Schema | boolean;
    };
    return [
      ...named.flatMap(([key, child]) => leaves(child, [...path, key])),
      ...(typeof items === "object" ? leaves(items, [...path, 0]) : []),
      ...(typeof additionalProperties === "object" ? leaves(additionalProperties, [...path, "key"]) : []),
    ];
  });
  return path.length === 0 ? inner : [{ path, schemas: [schema] }, ...inner];
}

/** A spec that holds `text` at the path, and little else; its text and where the value stands in it. */
function specWith(path: Path, text: string): { text: string; at: number } {
  const spec: Record<string, unknown> = { models: [{ name: "m", path: "./m" }] };
  let here: Record<string | number, unknown> = spec;
  for (const [depth, step] of path.entries()) {
    const next = path[depth + 1];
    if (next === undefined) here[step] = "@@";
    else {
      here[step] ??= typeof next === "number" ? [] : {};
      here = here[step] as Record<string | number, unknown>;
    }
  }
  const json = JSON.stringify(spec, null, 2);
  const at = json.indexOf('"@@"');
  return { text: json.replace('"@@"', () => text), at };
}

const ajv = new Ajv({ strict: false });
const schema = specJsonSchema() as Schema;
const validate = ajv.compile(schema);
const found = leaves(schema).filter(({ path }) => path[0] !== "profiles" && path[0] !== "$schema");
const WRONG = ['"no such value"', "-1.5", "true", "[[]]", "{}", '"\\u0000"', "1e300"];

describe("every place of the spec", () => {
  it("is known here", () => {
    const places = new Set(found.map(({ path }) => path.join(".")));
    expect(places.size).toBeGreaterThan(130);
    for (const place of ["ports.grpc.published", "models.0.labels.key", "batching.allowedBatchSizes.0"])
      expect(places).toContain(place);
  });

  it("with a value of another kind gives an error there", () => {
    let tried = 0;
    const silent: string[] = [];
    for (const { path, schemas } of found) {
      for (const wrong of WRONG) {
        if (schemas.some((each) => ajv.validate(each, JSON.parse(wrong)))) continue;
        tried++;
        const { text, at } = specWith(path, wrong);
        const errors = checkSpecText(text, { file: "s.json" }).filter(({ severity }) => severity === "error");
        // At the value, inside it where an alternative goes deeper, or at the key of a mapping that lacks something.
        const key = text.lastIndexOf('"', at - 3);
        const there = errors.some(
          ({ rule, span }) =>
            span !== undefined &&
            span.start >= (rule === "spec/missing-key" ? text.lastIndexOf("\n", key) : at) &&
            span.end <= at + wrong.length,
        );
        if (!there) {
          const index = new LineIndex(text);
          const said = errors.map(
            ({ span, message }) => `${index.position(span?.start ?? 0).line}: ${message}`,
          );
          silent.push(`${path.join(".")} ${wrong}: ${said.join("; ")}`);
        }
      }
    }
    expect(silent).toEqual([]);
    expect(tried).toBeGreaterThan(500);
  });

  // But for null: the reader takes a key without a value for an absent one, editors mark it.
  it("is judged alike by the JSON Schema and by the reader", () => {
    const values = [
      ...WRONG,
      '"x"',
      "1",
      "0",
      "8500",
      "false",
      "0.5",
      '["a"]',
      "[1]",
      '{ "a": 1 }',
      '"1.5.0"',
      '"/a"',
    ];
    const shape = /^spec\/(unknown-key|missing-key|wrong-type|invalid-value|syntax)$/;
    const different: string[] = [];
    for (const { path } of found) {
      for (const value of values) {
        const { text } = specWith(path, value);
        const schemaTakes = validate(JSON.parse(text));
        const errors = checkSpecText(text, { file: "s.json" }).filter(({ rule }) => shape.test(rule));
        if (schemaTakes !== (errors.length === 0))
          different.push(
            `${path.join(".")} ${value}: schema ${schemaTakes}, reader ${errors[0]?.message ?? "takes it"}`,
          );
      }
    }
    expect(different).toEqual([]);
  });
});
