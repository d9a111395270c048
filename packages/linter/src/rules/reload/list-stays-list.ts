import { defineLintRule, stage } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/list-stays-list",
  summary: "a reload brings a model_config_list",
  severity: "error",
  effect: "silent",
  why: "A server that has a list takes nothing but a list: a config of comments only is refused at each poll, and the models stay; `model_config_list {}` in contrast unloads all of them.",
  mend: "List the models that shall be served.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc",
    "recorded reloads p-comment, r-custom, r-no-config",
  ],
  logTexts: [
    "Cannot transition to requested config. It is only legal to transition from one ModelConfigList to another.",
    "ServerModelConfig type not supported by HandleReloadConfigRequest. Only ModelConfigList is currently supported",
  ],
  examples: {
    bad: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": "# nothing yet\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
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
    if (context.newView.list !== undefined) return;
    // A server that never had a list takes no action for another config that sets nothing.
    const { list, custom } = context.storedView;
    if (context.newView.custom === undefined && list === undefined && custom === undefined) return;
    yield {
      file: context.file,
      message:
        context.newView.custom === undefined
          ? "the new config lists no models: the server refuses it and keeps what it has"
          : "the new config is a custom_model_config: the server refuses it and keeps what it has",
      fate: { stage: stage.modelNames - 1, prediction: "exits" },
    };
  },
});
