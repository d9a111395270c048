import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";
import { exampleModel } from "../example-model.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/mount-source-is-path",
  summary: "a folder is mounted by a path",
  severity: "warning",
  effect: "hangs",
  why: "`-v models:/models` names a docker volume, not the folder models: it is empty at first, and the server waits for ever.",
  mend: "Write an absolute path, or `./models` with a recent docker.",
  evidence: ["docker run reference", "tensorflow/serving#1419"],
  symptoms: [6],
  examples: {
    bad: [
      {
        title: "Docker takes the name of a volume for this, not the folder here",
        files: {
          "run.sh":
            "docker run -p 8501:8501 -e MODEL_NAME=m -v models:/models tensorflow/serving:2.17.1 --enable_profiler=false\n",
        },
      },
    ],
    good: [
      {
        files: {
          "run.sh":
            "docker run -p 8501:8501 -e MODEL_NAME=m -v /models:/models tensorflow/serving:2.17.1 --enable_profiler=false\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    if (context.server.origin !== "docker-run") return;
    for (const mount of context.server.mounts ?? []) {
      if (!mount.named || !mount.createsSource) continue;
      yield {
        ...spot(context, mount.span),
        message: `the source of the mount onto ${mount.target} is the name of a volume, not a path`,
      };
    }
  },
});
