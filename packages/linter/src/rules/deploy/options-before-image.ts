import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/options-before-image",
  summary: "docker's options stand before the image, the server's flags behind it",
  severity: "error",
  effect: "fatal",
  why: "What follows the image is given to the server, which ignores `-p` and `-v` after one line; a server flag before the image is an unknown option to docker.",
  mend: "Write `docker run [docker options] image [server flags]`.",
  evidence: ["tensorflow/serving#1668", "docker run reference"],
  logTexts: ["unknown flag: --model_config_file", "unknown argument: -p"],
  symptoms: [40],
  examples: {
    bad: [
      {
        files: {
          "run.sh":
            "docker run -p 8500:8500 tensorflow/serving:2.17.1 -p 8501:8501 --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n",
        },
      },
      {
        files: {
          "run.sh":
            "docker run -p 8501:8501 --rest_api_timeout_in_ms=60000 tensorflow/serving:2.17.1 --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n",
        },
      },
    ],
    good: [
      {
        files: {
          "run.sh":
            "docker run -p 8501:8501 tensorflow/serving:2.17.1 --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n",
        },
      },
    ],
  },
  *check(context) {
    for (const { text, span, what } of context.server.misplaced) {
      yield {
        ...spot(context, span),
        message:
          what === "option"
            ? `${text} stands behind the image, so it goes to the server, which ignores it`
            : `${text} stands before the image, so docker refuses it`,
      };
    }
  },
});
