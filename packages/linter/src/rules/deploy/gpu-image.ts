import { type DeployContext, spot } from "../../deploy-context.ts";
import { isServingImage } from "../../embedded/serving-image.ts";
import { defineLintRule } from "../../finding.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/gpu-image",
  summary: "GPUs go with a GPU image",
  severity: "error",
  effect: "degrades",
  why: "The CPU image cannot use a GPU and says nothing about it; the GPU image without a GPU runs on the CPU, and models that are pinned to a GPU do not load.",
  mend: "Use the tag with `-gpu` together with `--gpus all` (or the reservation of compose or Kubernetes).",
  evidence: ["tensorflow/serving g3doc/docker.md"],
  logTexts: ["Cannot assign a device for operation …"],
  symptoms: [71],
  examples: {
    bad: [
      {
        files: {
          "run.sh":
            "docker run --gpus all -p 8501:8501 tensorflow/serving:2.17.1 --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n",
        },
      },
    ],
    good: [
      {
        files: {
          "run.sh":
            "docker run --gpus all -p 8501:8501 tensorflow/serving:2.17.1-gpu --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n",
        },
      },
    ],
  },
  *check(context) {
    const { image, server } = context;
    if (image === undefined || !isServingImage(image.reference)) return;
    if (server.gpus !== undefined && !image.gpu) {
      yield {
        ...spot(context, server.gpus.span),
        message: `${image.reference} is a CPU image: the GPUs stay unused`,
      };
    } else if (server.gpus === undefined && image.gpu) {
      yield {
        ...spot(context, server.image?.span),
        severity: "warning",
        message: `${image.reference} is given no GPU`,
      };
    }
    const fraction = context.flags.given("per_process_gpu_memory_fraction");
    if (fraction !== undefined && !image.gpu) {
      yield {
        ...spot(context, context.source.spans?.[fraction.index]),
        severity: "warning",
        message: "--per_process_gpu_memory_fraction does nothing in a CPU image",
      };
    }
  },
});
