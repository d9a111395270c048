import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "saved-model/schema-version-is-one",
  level: "quick",
  summary: "saved_model_schema_version is 1",
  severity: "info",
  effect: "silent",
  why: "Every exporter writes 1 and the server does not look; another number comes from an edited file, or from a format that is not known yet.",
  mend: "Export the model again.",
  evidence: [
    "tensorflow: cc/saved_model/constants.h kSavedModelSchemaVersion",
    "TensorFlow 2.17.1's loader with 999",
  ],
  examples: {
    bad: [folder("another", { "m/1/saved_model.pb": "saved_model_schema_version: 999" })],
    good: [folder("one", { "m/1/saved_model.pb": "saved_model_schema_version: 1" })],
  },
  *check(context) {
    if (!context.savedModel.ok || context.meta === undefined) return;
    const { schemaVersion, file } = context.savedModel.value;
    if (schemaVersion === 1) return;
    yield {
      file,
      message: `saved_model_schema_version is ${schemaVersion}, exporters write 1`,
      help: "The server does not look at it, but the file is not what an exporter of today writes.",
    };
  },
});
