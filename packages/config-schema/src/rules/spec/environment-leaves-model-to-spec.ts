import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/environment-leaves-model-to-spec",
  summary: "the environment does not name the model",
  severity: "error",
  effect: "hangs",
  why: "MODEL_NAME and MODEL_BASE_PATH decide where the image's entrypoint looks, and are generated from models",
  mend: "use models[].name and models[].containerPath",
  evidence: ["tensorflow_serving/tools/docker/Dockerfile:45-60"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
environment: { MODEL_NAME: other }
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
environment: { TF_CPP_MIN_LOG_LEVEL: "1" }
`,
        },
      },
    ],
  },
  *check(context) {
    for (const [name] of context.resolved.environment) {
      if (name !== "MODEL_NAME" && name !== "MODEL_BASE_PATH") continue;
      yield context.finding(
        ["environment", name],
        `environment sets ${name}, which is generated from models`,
        "the image's entrypoint would look for the model elsewhere and wait for ever; use name and containerPath of the model",
        { part: "key" },
      );
    }
  },
});
