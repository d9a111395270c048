import { defineRule, nearest } from "@servable/diagnostics";
import { quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/golden-names-a-model",
  summary: "goldens are for models of the spec",
  severity: "error",
  effect: "request-fails",
  why: "the smoke test would ask for a model that the server does not hold",
  mend: "name one of the models",
  evidence: ["NOT_FOUND: Servable not found for request"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
smoke: { goldens: [{ model: n, file: g.json }] }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
smoke: { goldens: [{ model: m, file: g.json }] }
`,
        },
      },
    ],
  },
  *check(context) {
    const names = context.resolved.models.map((model) => model.name);
    for (const [index, golden] of context.resolved.smoke.goldens.entries()) {
      if (names.includes(golden.model)) continue;
      const suggestion = nearest(golden.model, names);
      yield context.finding(
        ["smoke", "goldens", index, "model"],
        `golden for model ${quoted(golden.model)}, which the spec does not have${suggestion === undefined ? "" : `; did you mean ${quoted(suggestion)}`}`,
        `the models are ${names.map(quoted).join(", ")}`,
      );
    }
  },
});
