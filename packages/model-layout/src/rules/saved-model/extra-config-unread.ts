import { folder, versionRule } from "../model-rule.ts";

const NAME = "assets.extra/saved_model_config.pb";

export const rule = versionRule({
  id: "saved-model/extra-config-unread",
  level: "quick",
  summary: "no setting is hidden in assets.extra/saved_model_config.pb",
  severity: "info",
  effect: "silent",
  why: "Open-source builds of the server do not read this file; asking for it in a platform file (enable_saved_model_config) makes every load fail.",
  mend: "Put session settings into the server's flags or its platform file.",
  evidence: [
    "tensorflow/serving: session_bundle/oss/session_bundle_util.cc:46-49",
    "recorded runs of 2.17.1",
  ],
  logTexts: ["Saved model config functionality is not implemented."],
  examples: {
    bad: [folder("a config", { [`m/1/${NAME}`]: "SavedModelConfig" })],
    good: [folder("none", { "m/1/saved_model.pb": "SavedModel" })],
  },
  *check(context) {
    if (!context.has(NAME)) return;
    yield {
      file: context.file(NAME),
      message: "saved_model_config.pb is not read by the open-source server",
      help: "Its settings have no effect. Put them into the server's flags or its platform file.",
    };
  },
});
