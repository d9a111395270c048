import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/model-has-one-source",
  summary: "each model has either a path or a uri",
  severity: "error",
  effect: "fatal",
  why: "a model is read from one base path: a folder of the host that is mounted, or a remote one",
  mend: "give path for a local folder, or uri for a remote one",
  evidence: ["tensorflow_serving/config/model_server_config.proto: ModelConfig.base_path"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
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
    for (const model of context.resolved.models) {
      if (model.path !== undefined && model.uri !== undefined) {
        yield context.finding(
          modelPath(model, "uri"),
          `model ${quoted(model.name)} has both path and uri`,
          "a model has one base path; keep path for a folder of this host, or uri for a remote one",
          {
            part: "key",
            related: [{ message: "path is given here", path: modelPath(model, "path"), part: "key" }],
          },
        );
      } else if (model.path === undefined && model.uri === undefined) {
        yield context.finding(
          modelPath(model, "name"),
          `model ${quoted(model.name)} has neither path nor uri`,
          "the server needs the base path, the folder that holds the version directories: add path (a folder of this host) or uri (gs://bucket/folder)",
        );
      }
    }
  },
});
