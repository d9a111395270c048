import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/container-path-absolute",
  summary: "container paths are absolute",
  severity: "error",
  effect: "fatal",
  why: "the server exits with INVALID_ARGUMENT for a relative base path, and docker refuses a relative mount target",
  mend: "begin containerPath with /",
  evidence: ["tensorflow_serving/model_servers/server_core.cc:140-149", "recorded start on 2.17.1"],
  logTexts: ["Expected model … to have an absolute path or URI; got base_path()=…"],
  symptoms: [5],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
    containerPath: models/m
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
    containerPath: /models/m
`,
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.resolved.models) {
      if (model.uri !== undefined || model.basePath.startsWith("/")) continue;
      yield context.finding(
        modelPath(model, "containerPath"),
        `containerPath ${quoted(model.basePath)} of model ${quoted(model.name)} is not absolute`,
        "the server exits at start for a relative base path; begin it with /, such as /models/NAME",
      );
    }
  },
});
