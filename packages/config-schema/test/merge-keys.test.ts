import { describe, expect, it } from "vitest";
import { readSpec } from "../src/index.ts";

const read = (text: string) => readSpec(text, { file: "servable.yaml" });
const said = (text: string): string[] =>
  read(text).diagnostics.map(
    ({ rule, message, span }) => `${rule} @${text.slice(span?.start, span?.end)}: ${message}`,
  );

describe("YAML merge keys", () => {
  it("take in the entries of a mapping; its own entries go before", () => {
    const { spec, diagnostics } = read(
      "models:\n  - &first { name: a, path: ./a, labels: { stable: 1 } }\n  - <<: *first\n    name: b\n",
    );
    expect(diagnostics).toEqual([]);
    expect(spec?.models).toEqual([
      { name: "a", path: "./a", labels: { stable: 1 } },
      { name: "b", path: "./a", labels: { stable: 1 } },
    ]);
  });
  it("take in several, the first of them before the others", () => {
    const { spec } = read(
      "models: [{ name: m, path: ./m }]\nprofiles:\n  a: &a { ports: { grpc: 1 }, monitoring: true }\n  b: &b { ports: { grpc: 2 }, compose: true }\n  c: { <<: [*a, *b] }\n",
    );
    expect(spec?.profiles?.["c"]).toEqual({ ports: { grpc: 1 }, monitoring: true, compose: true });
  });
  it("are keys like any other before other values, such as a label of that name", () => {
    const { spec } = read("models: [{ name: m, path: ./m, labels: { <<: 1 } }]\n");
    expect(spec?.models[0]?.labels).toEqual({ "<<": 1 });
  });
  it("have findings where the merged entry stands", () => {
    expect(said("models:\n  - &m { name: a, path: ./a, wrong: 1 }\n  - { <<: *m, name: b }\n")).toEqual([
      'spec/unknown-key @wrong: unknown key "wrong" in models[0]',
    ]);
  });
  it.each([
    ["models: 1\n<<: 2\n", 'spec/unknown-key @<<: unknown key "<<" in the spec'],
    ["models:\n  - &m\n    <<: *m\n", "spec/syntax @<<: the merge key << takes in a mapping that holds it"],
    ['"<<": 1\nmodels: [{ name: m, path: ./m }]\n', 'spec/unknown-key @"<<": unknown key "<<" in the spec'],
  ])("%j", (text, message) => {
    expect(said(text)).toContain(message);
  });
  it("are not needed for a second document, which is refused at its line", () => {
    const [first] = read("models: [{ name: m, path: ./m }]\n---\nmodels: []\n").diagnostics;
    expect(first).toMatchObject({
      rule: "spec/syntax",
      message: "a second YAML document begins here, but a spec is one document",
      span: { start: 33 },
    });
  });
});
