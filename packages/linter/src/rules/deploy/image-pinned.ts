import { type DeployContext, spot, tagOf } from "../../deploy-context.ts";
import { unknownText } from "../../embedded/shell-words.ts";
import { defineLintRule } from "../../finding.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/image-pinned",
  summary: "the image's tag names a version",
  severity: "warning",
  effect: "silent",
  why: "`latest` moves: a flag that one version knows is silently ignored by another.",
  mend: "Name the version, such as tensorflow/serving:2.17.1.",
  evidence: ["tensorflow/serving model_servers/main.cc: unknown flags are ignored"],
  examples: {
    bad: [
      {
        files: {
          "run.sh":
            "docker run -p 8501:8501 tensorflow/serving --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n",
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
    const reference = context.server.image?.reference;
    if (reference === undefined || reference.includes("@") || reference.includes(unknownText)) return;
    const tag = tagOf(reference);
    if (!/^(latest|nightly)(-|$)/.test(tag)) return;
    yield {
      ...spot(context, context.server.image?.span),
      message: `${reference} is whatever version ${tag} points at`,
    };
  },
});
