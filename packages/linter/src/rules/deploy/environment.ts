import { nearest } from "@servable/diagnostics";
import { findFlag } from "@servable/server-flags";
import { type DeployContext, spot } from "../../deploy-context.ts";
import { unknownText } from "../../embedded/shell-words.ts";
import { defineLintRule } from "../../finding.ts";

const read = ["MODEL_NAME", "MODEL_BASE_PATH"] as const;
/** Read by the entrypoint of the MKL image only. */
const mklReads: ReadonlySet<string> = new Set([
  "TENSORFLOW_INTRA_OP_PARALLELISM",
  "TENSORFLOW_INTER_OP_PARALLELISM",
]);

export const rule = defineLintRule<DeployContext>({
  id: "deploy/environment",
  summary: "the environment says what the image's entrypoint reads",
  severity: "error",
  effect: "silent",
  why: "The entrypoint reads MODEL_NAME and MODEL_BASE_PATH only, without quotes around them: quotes in the value become part of the path, blanks split it, other settings are not read from variables at all, and MODEL_BASE_PATH is the folder above the model, not the model's own.",
  mend: "Set MODEL_NAME to the model's name and MODEL_BASE_PATH to the folder above it; give everything else as flags.",
  evidence: ["tensorflow/serving tools/docker/Dockerfile (tf_serving_entrypoint.sh)"],
  symptoms: [39],
  examples: {
    bad: [
      {
        files: {
          "compose.yaml":
            'services:\n  tfs:\n    image: tensorflow/serving:2.17.1\n    ports: ["8501:8501"]\n    environment:\n      - MODEL_NAME="resnet"\n    command: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60]\n',
        },
      },
    ],
    good: [
      {
        files: {
          "compose.yaml":
            'services:\n  tfs:\n    image: tensorflow/serving:2.17.1\n    ports: ["8501:8501"]\n    environment:\n      - MODEL_NAME=resnet\n    command: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60]\n',
        },
      },
    ],
  },
  *check(context) {
    if (context.server.entrypoint !== "image") return;
    const { environment } = context.server;
    for (const [name, { value, span }] of environment) {
      const place = spot(context, span);
      if (value.includes(unknownText)) continue;
      if (context.image?.mkl === true && mklReads.has(name)) continue;
      if ((read as readonly string[]).includes(name)) {
        if (/["']/.test(value))
          yield { ...place, message: `the quotes in ${name}=${value} are part of the value` };
        else if (/\s/.test(value))
          yield { ...place, message: `the blank in ${name}=${value} splits the server's command line` };
        continue;
      }
      const flag = findFlag(name.toLowerCase());
      const near = nearest(name, read);
      if (flag !== undefined) {
        yield { ...place, message: `${name} is not read from the environment; give --${flag.name}=${value}` };
      } else if (name.startsWith("MODEL_") && near !== undefined) {
        yield {
          ...place,
          severity: "warning",
          message: `${name} is not read by the image; did you mean ${near}?`,
        };
      }
    }
    const name = environment.get("MODEL_NAME");
    const base = environment.get("MODEL_BASE_PATH");
    if (base !== undefined && !base.value.includes(unknownText)) {
      const last = base.value.replace(/\/+$/, "").split("/").at(-1);
      const model = name?.value ?? "model";
      if (
        last === model &&
        context.flags.given("model_base_path")?.index !== undefined &&
        context.start.single
      ) {
        yield {
          ...spot(context, base.span),
          severity: "warning",
          message: `MODEL_BASE_PATH=${base.value} with MODEL_NAME=${model} makes the base path ${base.value}/${model}`,
        };
      }
    }
    if (name !== undefined && !context.start.single) {
      yield {
        ...spot(context, name.span),
        severity: "warning",
        message: "MODEL_NAME is ignored: --model_config_file decides",
      };
    }
  },
});
