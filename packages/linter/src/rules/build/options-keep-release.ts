import { defineLintRule } from "../../finding.ts";
import type { BuildContext } from "./build-context.ts";

export const rule = defineLintRule<BuildContext>({
  id: "build/options-keep-release",
  summary: "own build options still optimise",
  severity: "warning",
  effect: "degrades",
  why: "TF_SERVING_BUILD_OPTIONS replaces the default `--config=release` (AVX and SSE 4.2): without it, or options in its place, the server is built for the oldest CPUs.",
  mend: "Give `--config=release` again, `--config=nativeopt`, or `--copt=-m…` for the CPU.",
  evidence: ["tensorflow/serving tools/docker/Dockerfile.devel, .bazelrc"],
  logTexts: ["Your CPU supports instructions that this TensorFlow binary was not compiled to use: …"],
  examples: {
    bad: [
      {
        files: {
          "build.sh":
            'docker build --build-arg TF_SERVING_BUILD_OPTIONS="--verbose_failures" -f Dockerfile.devel .\n',
        },
      },
    ],
    good: [
      {
        files: {
          "build.sh":
            'docker build --build-arg TF_SERVING_BUILD_OPTIONS="--config=release --verbose_failures" -f Dockerfile.devel .\n',
        },
      },
    ],
  },
  *check({ build, file }) {
    const options = build.arguments.get("TF_SERVING_BUILD_OPTIONS");
    if (options === undefined || /--config=(release|nativeopt|mkl|cuda)|--copt=-m/.test(options.value))
      return;
    yield {
      file,
      span: options.span,
      message: `the build options "${options.value}" replace --config=release`,
    };
  },
});
