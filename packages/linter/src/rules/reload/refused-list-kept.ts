import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { modelPlace, nameOf } from "../../views/model-config-view.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/refused-list-kept",
  summary: "a refused list does not spoil the reloads after it",
  severity: "error",
  effect: "hangs",
  why: "The server keeps a list before it looks at the platforms of new models. A new model without a usable platform is refused, but the list stays as what later ones are compared with: every later reload fails on it until the server is restarted. (A new model with an unknown platform is only bound to that platform until a list without it came.)",
  mend: 'Give the new model `model_platform: "tensorflow"` before the file is used; a server that is caught must be restarted.',
  evidence: [
    "tensorflow/serving model_servers/server_core.cc (ReloadConfig)",
    "recorded sequences s-poisoned, s-poisoned-platform",
  ],
  logTexts: [
    "Illegal setting neither ModelServerConfig::model_type (deprecated) nor ModelServerConfig::model_platform, model name is …",
  ],
  examples: {
    bad: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"], ["n"]).replace(
            / {4}model_platform: "tensorflow"\n {2}\}\n\}\n$/,
            "  }\n}\n",
          ),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/n/1/saved_model.pbtxt": exampleModel(),
        },
        also: ["model-config/platform-set"],
      },
    ],
    good: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"], ["n"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/n/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    const known = new Set((context.storedView.list?.models ?? []).map(nameOf));
    for (const model of context.newView.list?.models ?? []) {
      if (known.has(nameOf(model))) continue;
      const platform = model.platform?.value ?? "";
      const type = model.type?.value ?? 0;
      const usable = (platform !== "") !== (type !== 0) && (type === 0 || type === 1);
      if (usable) continue;
      yield {
        file: context.file,
        span: modelPlace(model),
        message: `the new model "${nameOf(model)}" has no usable platform: this reload and every later one is refused until the server is restarted`,
      };
    }
  },
});
