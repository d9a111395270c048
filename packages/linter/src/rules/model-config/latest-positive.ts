import { defineLintRule } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/latest-positive",
  summary: "latest asks for at least one version",
  severity: "warning",
  effect: "silent",
  why: "0, or `latest {}`, silently means 1.",
  mend: "Write the number that is meant, or drop the policy (the default is the newest version).",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded start pol-latest-0",
  ],
  symptoms: [30],
  fixable: true,
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { latest { num_versions: 0 } } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { latest { num_versions: 1 } } } }\n',
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.view.list?.models ?? []) {
      const { policy } = model;
      if (policy?.misread.has("num_versions") === true) continue;
      if (policy?.kind !== "latest" || (policy.numVersions?.value ?? 0) !== 0) continue;
      yield {
        ...placeIn(context, policy.numVersions?.span ?? policy.span),
        ...(policy.numVersions === undefined ? { severity: "info" as const } : {}),
        message:
          policy.numVersions === undefined ? "latest {} means 1 version" : "num_versions 0 means 1 version",
        ...(policy.numVersions === undefined
          ? {}
          : {
              fix: {
                title: "Write 1",
                edits: [{ ...policy.numVersions.span, newText: "1" }],
                safety: "safe" as const,
              },
            }),
      };
    }
  },
});
