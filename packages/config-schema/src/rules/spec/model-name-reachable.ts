import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/model-name-reachable",
  summary: "a model name can be put in a REST URL",
  severity: "warning",
  effect: "request-fails",
  why: "the REST API takes a name without / and : only; a slash must be sent as %2F, and not before 2.5",
  mend: "use letters, digits, _, - and . in model names and labels",
  evidence: ["tensorflow_serving/model_servers/http_rest_api_util.cc:31-34"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - { name: "a/b", path: ./m }
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
`,
        },
      },
    ],
  },
  *check(context) {
    if (context.resolved.ports.rest === undefined) return;
    for (const model of context.resolved.models) {
      const names = [
        { kind: "model name", text: model.name, path: modelPath(model, "name"), part: "value" as const },
        ...model.labels.map(([label]) => ({
          kind: "label",
          text: label,
          path: modelPath(model, "labels", label),
          part: "key" as const,
        })),
      ];
      for (const { kind, text, path, part } of names) {
        const letter = /[/:]/.exec(text)?.[0];
        if (letter === undefined) continue;
        yield context.finding(
          path,
          `${kind} ${quoted(text)} holds ${quoted(letter)}, which a REST URL cannot`,
          `REST clients must send it as %${letter === "/" ? "2F" : "3A"}, and servers before 2.5 do not decode that; gRPC is not affected`,
          { part },
        );
      }
    }
  },
});
