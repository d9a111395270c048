import { defineLintRule, stage } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { modelPlace, nameOf } from "../../views/model-config-view.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

/** As the server sees the platform: by name, or by the old type. */
const platformOf = (model: {
  platform: { value: string } | undefined;
  type: { value: number } | undefined;
}): string => model.platform?.value || (model.type?.value === 1 ? "tensorflow" : "");

export const rule = defineLintRule<ReloadContext>({
  id: "reload/platform-stays",
  summary: "a model keeps its platform",
  severity: "error",
  effect: "silent",
  why: "The server refuses the whole reload when a known model asks for another platform.",
  mend: "Give the model a new name, or remove it by one reload and add it by the next.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc (ValidateNoModelsChangePlatforms)",
    "recorded reloads r-change-platform, r-after-failed-label",
  ],
  logTexts: [
    "Illegal setting neither ModelServerConfig::model_type (deprecated) nor ModelServerConfig::model_platform, model name is …",
    "Illegal to change a model's platform. For model … platform was … and new platform requested is …",
  ],
  symptoms: [24],
  examples: {
    bad: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"]).replace('"tensorflow"', '"torch"'),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
        also: ["model-config/platform-known"],
      },
    ],
    good: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    const spoilt = (context.storedView.list?.models ?? []).find((model) => platformOf(model) === "");
    if (spoilt !== undefined) {
      yield {
        file: context.file,
        message: `the list that was refused before is kept, and its model "${nameOf(spoilt)}" has no platform: every reload is refused until the server is restarted`,
        fate: { stage: stage.basePaths, prediction: "exits", rank: 1 },
      };
      return;
    }
    const before = new Map(
      (context.storedView.list?.models ?? []).map((model) => [nameOf(model), platformOf(model)]),
    );
    for (const model of context.newView.list?.models ?? []) {
      const was = before.get(nameOf(model));
      const is = platformOf(model);
      // Without a platform the model is refused for that.
      if (was === undefined || was === is || is === "") continue;
      yield {
        file: context.file,
        span: model.platform?.span ?? modelPlace(model),
        message: `the platform of "${nameOf(model)}" changes from "${was}" to "${is}": the reload is refused`,
        fate: { stage: stage.basePaths, prediction: "exits", rank: 1 },
      };
    }
  },
});
