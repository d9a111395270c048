import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

const specific = (versions: string): string =>
  exampleConfig(["m", `model_version_policy { specific { ${versions} } }`]);

export const rule = defineLintRule<ReloadContext>({
  id: "reload/specific-versions-found",
  summary: "the versions that a new policy names are on disk",
  severity: "error",
  effect: "silent",
  why: "A version that is not there is passed over with a warning in the log; the reload returns OK and the others are served. It is taken up as soon as its folder appears.",
  mend: "Publish the version first, or leave it out of the policy.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded reload r-policy-partly-missing",
  ],
  logTexts: [
    "Version … of servable …, which was requested to be served as a 'specific' version in the servable's version policy, was not found in the file system",
  ],
  symptoms: [30],
  examples: {
    bad: [
      {
        files: {
          "old.config": specific("versions: 1"),
          "new.config": specific("versions: 1 versions: 99"),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "old.config": specific("versions: 1"),
          "new.config": specific("versions: 1 versions: 2"),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/m/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    if (context.looksNoMore) return;
    for (const { after } of context.changes) {
      // Where none is there the model loses all its versions, or never appears: other rules say so.
      if (after?.discovery === undefined || after.missing.length === 0 || after.versions.length === 0)
        continue;
      const { policyView } = after;
      for (const number of after.missing) {
        const written =
          policyView?.kind === "specific"
            ? policyView.versions.find(({ value }) => String(value) === String(number))
            : undefined;
        yield {
          ...(written === undefined ? after.place : { file: context.file, span: written.span }),
          message: `version ${number} of "${after.name}" is not below ${after.basePath}: the reload returns OK without it`,
        };
      }
    }
  },
});
