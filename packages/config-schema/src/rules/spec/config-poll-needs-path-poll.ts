import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/config-poll-needs-path-poll",
  summary: "a polled models.config goes with polled base paths",
  severity: "error",
  effect: "hangs",
  why: "with fileSystemPollSeconds 0 base paths are searched once, so that a reload that adds a model waits for ever and blocks all later ones",
  mend: "leave fileSystemPollSeconds out, or set it to 1 or more",
  evidence: [
    "tensorflow_serving/sources/storage_path/file_system_storage_path_source.cc:422-429",
    "recorded reloads on 2.17.1",
  ],
  symptoms: [31],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
loading: { fileSystemPollSeconds: 0, modelConfigPollSeconds: 30 }
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
loading: { modelConfigPollSeconds: 30 }
`,
        },
      },
    ],
  },
  *check(context) {
    const { fileSystemPollSeconds, modelConfigPollSeconds } = context.resolved.loading;
    if (fileSystemPollSeconds !== 0 || (modelConfigPollSeconds ?? 0) === 0) return;
    yield context.finding(
      ["loading", "fileSystemPollSeconds"],
      "fileSystemPollSeconds is 0 while models.config is polled",
      "base paths are searched only once, so that a model that a reload adds is never found and the reload waits for ever; set fileSystemPollSeconds to 1 or more",
      { related: [{ message: "models.config is polled", path: ["loading", "modelConfigPollSeconds"] }] },
    );
  },
});
