import { schemeOf, schemeSupported } from "../../base-path.ts";
import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { basePathOf, modelPlace } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/base-path-scheme",
  summary: "the file system of base_path is linked into the server",
  severity: "error",
  effect: "hangs",
  why: "The stock binary reads local paths and gs:// (s3:// and hdfs:// up to 2.6). Any other scheme fails at every look, and with it the discovery of every model: the start waits for ever.",
  mend: "Copy the model to a local folder before the start (an init container), or build a server with that file system.",
  evidence: ["tensorflow/serving model_servers/BUILD at 2.6.0 and 2.7.0", "tensorflow/serving#1963, #2062"],
  logTexts: [
    "File system scheme '…' not implemented (file: '…')",
    "FileSystemStoragePathSource encountered a filesystem access error: Could not find base path … for servable … with error UNIMPLEMENTED: File system scheme '…' not implemented",
  ],
  symptoms: [34],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "s3://b/a" model_platform: "tensorflow" } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/models/a" model_platform: "tensorflow" } }\n',
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.view.list?.models ?? []) {
      const path = basePathOf(model);
      const name = schemeOf(path);
      if (name === undefined || schemeSupported(name, context.version)) continue;
      yield {
        ...placeIn(context, model.basePath?.span ?? modelPlace(model)),
        message: `the stock server ${context.version} cannot read ${name}:// paths`,
        // A reload waits for new models only, which its own rules tell.
        ...(context.purpose === "reload"
          ? {}
          : { fate: { stage: stage.loading, prediction: "hangs" as const, rank: 1 } }),
      };
    }
  },
});
