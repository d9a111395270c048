import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/object-store-poll",
  summary: "a remote base path is not listed every second",
  severity: "warning",
  effect: "degrades",
  why: "the server lists every base path once a second by default; object stores charge for each listing",
  mend: "set loading.fileSystemPollSeconds to 60 or more",
  evidence: [
    "https://github.com/tensorflow/serving/issues/1291",
    "https://github.com/tensorflow/serving/issues/1916",
  ],
  symptoms: [33],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - { name: m, uri: "gs://bucket/m" }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - { name: m, uri: "gs://bucket/m" }
loading: { fileSystemPollSeconds: 60 }
`,
        },
      },
    ],
  },
  *check(context) {
    const seconds = context.resolved.loading.fileSystemPollSeconds ?? 1;
    if (seconds === 0 || seconds >= 30) return;
    const remote = context.resolved.models.find(
      (model) => model.uri !== undefined && !model.uri.startsWith("file:"),
    );
    if (remote === undefined) return;
    const written = context.spec.loading?.fileSystemPollSeconds !== undefined;
    yield context.finding(
      written ? ["loading", "fileSystemPollSeconds"] : modelPath(remote, "uri"),
      `${quoted(remote.uri ?? "")} is listed every ${seconds === 1 ? "second" : `${seconds} s`}`,
      "object stores charge for each listing, up to about 1,000 US$ a month at one a second; set loading.fileSystemPollSeconds to 60 or more",
    );
  },
});
