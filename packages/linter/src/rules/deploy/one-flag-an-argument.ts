import { type DeployContext, spot } from "../../deploy-context.ts";
import { holdsSeveral } from "../../embedded/embedded-server.ts";
import { defineLintRule } from "../../finding.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/one-flag-an-argument",
  summary: "each list item holds one flag",
  severity: "error",
  effect: "silent",
  why: "A list item is one argument: `--port 9000` or `--a=1 --b=2` in one item is no flag of the server, or becomes part of a value.",
  mend: "Give each flag an item of its own, as `--name=value`.",
  evidence: [
    "Kubernetes and compose: list items are passed without a shell",
    "TensorFlow util/command_line_flags.cc",
  ],
  examples: {
    bad: [
      {
        files: {
          "compose.yaml":
            'services:\n  tfs:\n    image: tensorflow/serving:2.17.1\n    ports: ["8501:8501"]\n    command:\n      - --model_base_path=gs://b/m\n      - --file_system_poll_wait_seconds=60\n      - --enable_profiler=false --rest_api_timeout_in_ms=60000\n',
        },
      },
    ],
    good: [
      {
        files: {
          "compose.yaml":
            'services:\n  tfs:\n    image: tensorflow/serving:2.17.1\n    ports: ["8501:8501"]\n    command:\n      - --enable_profiler=false\n      - --model_base_path=gs://b/m\n      - --file_system_poll_wait_seconds=60\n',
        },
      },
    ],
  },
  *check(context) {
    for (const { text, span } of context.server.arguments) {
      if (!holdsSeveral(text)) continue;
      yield {
        ...spot(context, span),
        message: `"${text}" is one argument; the server needs one for each flag`,
      };
    }
  },
});
