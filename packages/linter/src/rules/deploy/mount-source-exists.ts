import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";
import { normalise } from "../../start/server-files.ts";
import { exampleModel } from "../example-model.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/mount-source-exists",
  summary: "what is mounted exists",
  severity: "error",
  effect: "hangs",
  why: "With `-v` docker makes an empty folder in place of a missing source, and the server waits for ever for a version in it; `--mount type=bind` refuses to start.",
  mend: "Correct the path on the host that runs docker; prefer `--mount`, which fails loudly.",
  evidence: ["docker run reference", "tensorflow/serving#1419, #1448, #1229"],
  logTexts: ['invalid mount config for type "bind": bind source path does not exist: …'],
  symptoms: [6],
  examples: {
    bad: [
      {
        files: {
          "run.sh":
            "docker run -p 8501:8501 -e MODEL_NAME=m -v /no/such/folder:/models/m tensorflow/serving:2.17.1 --enable_profiler=false\n",
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
    for (const mount of context.server.mounts ?? []) {
      if (mount.source === undefined) continue;
      if (mount.source === "") {
        yield {
          ...spot(context, mount.span),
          message: `the mount onto ${mount.target} has no source (a variable that is not set?)`,
        };
        continue;
      }
      const path = normalise(
        mount.source.startsWith("/") ? mount.source : `${context.folder}/${mount.source}`,
      );
      if (context.start.files.kind(path) !== undefined) continue;
      yield {
        ...spot(context, mount.span),
        message: `${mount.source.startsWith("/") ? context.start.files.display(path) : mount.source} does not exist here${mount.createsSource ? ": docker makes an empty folder of it" : ""}`,
      };
    }
  },
});
