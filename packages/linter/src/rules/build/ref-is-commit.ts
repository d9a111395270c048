import { compareVersions } from "@servable/server-flags";
import { defineLintRule } from "../../finding.ts";
import type { BuildContext } from "./build-context.ts";

export const rule = defineLintRule<BuildContext>({
  id: "build/ref-is-commit",
  summary: "the branch or tag to build is given as TF_SERVING_VERSION_GIT_COMMIT",
  severity: "error",
  effect: "silent",
  why: "Since 2.5.1 the devel Dockerfiles fetch the sources by TF_SERVING_VERSION_GIT_COMMIT; TF_SERVING_VERSION_GIT_BRANCH is a label only, so the head of the default branch is built, without a word. (Dockerfile.devel-mkl still clones the branch.)",
  mend: "Give the branch, tag or commit as TF_SERVING_VERSION_GIT_COMMIT.",
  evidence: ["tensorflow/serving tools/docker/Dockerfile.devel at 2.4.0 and 2.5.1"],
  examples: {
    bad: [
      {
        files: {
          "build.sh":
            "docker build --build-arg TF_SERVING_VERSION_GIT_BRANCH=r2.17 -f tensorflow_serving/tools/docker/Dockerfile.devel .\n",
        },
      },
    ],
    good: [
      {
        files: {
          "build.sh":
            "docker build --build-arg TF_SERVING_VERSION_GIT_COMMIT=2.17.1 -f tensorflow_serving/tools/docker/Dockerfile.devel .\n",
        },
      },
    ],
  },
  *check({ build, file, version }) {
    const branch = build.arguments.get("TF_SERVING_VERSION_GIT_BRANCH");
    const devel = /Dockerfile\.devel(-gpu)?$/.test(build.dockerfile ?? "");
    if (branch === undefined || !devel || compareVersions(version, "2.5.0") < 0) return;
    if (build.arguments.has("TF_SERVING_VERSION_GIT_COMMIT")) return;
    yield {
      file,
      span: branch.span,
      message: `TF_SERVING_VERSION_GIT_BRANCH=${branch.value} is only a label: the head of the default branch is built`,
    };
  },
});
