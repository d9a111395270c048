import { isObjectStore, schemeOf, schemeSupported } from "../../base-path.ts";
import { defineLintRule } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { basePathOf, modelPlace } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/object-store-polling",
  summary: "object stores are not polled every second",
  severity: "warning",
  effect: "degrades",
  why: "Each base path is listed once per `--file_system_poll_wait_seconds`, by default every second: paid list requests around the clock.",
  mend: "Start the server with `--file_system_poll_wait_seconds=60` or more.",
  evidence: ["tensorflow/serving#1291, #1916"],
  symptoms: [33],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "gs://b/a" model_platform: "tensorflow" } }\n',
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
    const seconds = context.flags?.int("file_system_poll_wait_seconds") ?? 1;
    if (seconds <= 0 || seconds >= 30) return;
    for (const model of context.view.list?.models ?? []) {
      const name = schemeOf(basePathOf(model));
      if (name === undefined || !isObjectStore(name) || !schemeSupported(name, context.version)) continue;
      yield {
        ...placeIn(context, model.basePath?.span ?? modelPlace(model)),
        message: `${name}:// is listed every ${seconds === 1 ? "second" : `${seconds} seconds`}${context.flags === undefined ? " by default" : ""}`,
      };
    }
  },
});
