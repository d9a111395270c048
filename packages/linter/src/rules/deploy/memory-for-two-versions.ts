import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";
import { walkBytes } from "../../start/folder-size.ts";
import { exampleModel } from "../example-model.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/memory-for-two-versions",
  summary: "the memory limit has room for two versions at a swap",
  severity: "warning",
  effect: "fatal",
  why: "A new version is loaded before the old one goes, so both are in memory for a while; the kernel kills the container when that is beyond its limit.",
  mend: "Raise the limit to the models' size plus the largest one again, and a margin.",
  evidence: ["tensorflow/serving core/availability_preserving_policy.cc", "tensorflow/serving#1215, #1346"],
  symptoms: [70],
  examples: {
    bad: [
      {
        title: "weights of 600 MB, of which two copies are in memory at a swap",
        files: {
          "run.sh":
            "docker run --memory 1g -p 8501:8501 -e MODEL_NAME=m -v /models/m:/models/m tensorflow/serving:2.17.1 --enable_profiler=false\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
        sizes: { "/models/m/1/variables/variables.data-00000-of-00001": 600_000_000 },
      },
    ],
    good: [
      {
        files: {
          "run.sh":
            "docker run --memory 2g -p 8501:8501 -e MODEL_NAME=m -v /models/m:/models/m tensorflow/serving:2.17.1 --enable_profiler=false\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
        sizes: { "/models/m/1/variables/variables.data-00000-of-00001": 600_000_000 },
      },
    ],
  },
  *check(context) {
    const limit = context.server.memoryBytes;
    if (limit === undefined) return;
    const sizes = context.start.models.flatMap((model) =>
      model.versions.map((version) => walkBytes(version.path, context.start.files.fs)),
    );
    if (sizes.length === 0) return;
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const needed = (all + Math.max(...sizes)) * 1.2;
    if (needed <= limit.bytes) return;
    const mib = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`;
    yield {
      ...spot(context, limit.span),
      message: `the limit is ${mib(limit.bytes)}, but the versions to serve take ${mib(all)} on disk, and one more copy is needed at a swap: about ${mib(needed)}`,
    };
  },
});
