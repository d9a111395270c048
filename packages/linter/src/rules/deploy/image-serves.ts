import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/image-serves",
  summary: "the image is a serving image",
  severity: "error",
  effect: "fatal",
  why: "The devel images hold sources and a shell, no server entrypoint: the shell exits at once, or the flags are taken for a command.",
  mend: "Use the tag without `-devel`.",
  evidence: ["tensorflow/serving tools/docker/Dockerfile.devel"],
  examples: {
    bad: [
      {
        files: {
          "run.sh":
            "docker run -p 8501:8501 tensorflow/serving:2.17.1-devel --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n",
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
    if (context.image?.devel !== true || context.server.entrypoint !== "image") return;
    yield {
      ...spot(context, context.server.image?.span),
      message: `${context.image.reference} holds no server that it starts`,
    };
  },
});
