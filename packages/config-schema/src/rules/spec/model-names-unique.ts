import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/model-names-unique",
  summary: "model names are unique",
  severity: "error",
  effect: "fatal",
  why: "the server exits with INVALID_ARGUMENT when a name is listed twice",
  mend: "give each model its own name",
  evidence: ["tensorflow_serving/model_servers/server_core.cc:119-128", "recorded start on 2.17.1"],
  logTexts: ["Illegal to list model … multiple times in config list"],
  symptoms: [24],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - { name: m, path: ./a, containerPath: /models/a }
  - { name: m, path: ./b, containerPath: /models/b }
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
      const earlier = first.get(model.name);
      if (earlier === undefined) {
        first.set(model.name, model.index);
        continue;
      }
      yield context.finding(
        modelPath(model, "name"),
        `model name ${quoted(model.name)} is given twice`,
        "the server exits at start: a name may be listed once; rename one of the two models",
        { related: [{ message: "first given here", path: ["models", earlier, "name"] }] },
      );
    }
  },
});
