import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/base-paths-apart",
  summary: "no two models share a base path",
  severity: "warning",
  effect: "degrades",
  why: "the server does not notice that two names have one base path: every version is loaded twice",
  mend: "serve it under one name",
  evidence: ["tensorflow_serving/model_servers/server_core.cc: base paths are not compared"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - { name: a, path: ./m }
  - { name: b, path: ./m/ }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - { name: a, path: ./a }
  - { name: b, path: ./b }
`,
        },
      },
    ],
  },
  *check(context) {
    const first = new Map<string, number>();
    for (const model of context.resolved.models) {
      const source = model.uri ?? model.path;
      if (source === undefined) continue;
      const key = source.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
      const earlier = first.get(key);
      if (earlier === undefined) {
        first.set(key, model.index);
        continue;
      }
      yield context.finding(
        modelPath(model, model.uri === undefined ? "path" : "uri"),
        `model ${quoted(model.name)} has the base path of ${quoted(context.resolved.models[earlier]?.name ?? "")}`,
        "the server loads every version of it once per name, in twice the memory; serve it under one name",
        { related: [{ message: "the other model", path: ["models", earlier] }] },
      );
    }
  },
});
