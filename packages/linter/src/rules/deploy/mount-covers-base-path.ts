import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";
import { exampleModel } from "../example-model.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/mount-covers-base-path",
  summary: "the models are mounted where the server looks for them",
  severity: "error",
  effect: "hangs",
  why: "The image looks into MODEL_BASE_PATH/MODEL_NAME, by default /models/model. When the mount's target is another folder the path does not exist, and the container stays up with closed ports.",
  mend: "Mount the model onto /models/NAME and give MODEL_NAME=NAME, or mount the parent folder and name base paths below it.",
  evidence: ["tensorflow/serving tools/docker/Dockerfile", "tensorflow/serving g3doc/docker.md"],
  symptoms: [4, 7],
  examples: {
    bad: [
      {
        title: "without MODEL_NAME the server looks into /models/model",
        files: {
          "run.sh":
            "docker run -p 8501:8501 -v /models/m:/models/m tensorflow/serving:2.17.1 --enable_profiler=false\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "run.sh":
            "docker run -p 8501:8501 -e MODEL_NAME=m -v /models/m:/models/m tensorflow/serving:2.17.1 --enable_profiler=false\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    const mounts = context.server.mounts;
    if (mounts === undefined || mounts.length === 0) return;
    const targets = mounts.map((mount) => mount.target);
    for (const model of context.start.models) {
      if (model.where.kind !== "unmounted") continue;
      const near = targets.find((target) => target.startsWith("/models"));
      yield {
        ...(model.place.span === undefined ? spot(context, context.server.image?.span) : model.place),
        message: `the server looks for "${model.name}" in ${model.basePath}, but the mounts end at ${targets.join(", ")}${near !== undefined && context.start.single && context.server.environment.get("MODEL_NAME") === undefined ? `; MODEL_NAME is not set` : ""}`,
      };
    }
  },
});
