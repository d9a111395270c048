import { defineLintRule } from "../../finding.ts";
import type { BuildContext } from "./build-context.ts";

/** Compiler options and the feature of /proc/cpuinfo that they need. */
const needs: Readonly<Record<string, string>> = {
  "-mavx": "avx",
  "-mavx2": "avx2",
  "-mfma": "fma",
  "-mavx512f": "avx512f",
  "-mavx512vnni": "avx512_vnni",
  "-msse4.1": "sse4_1",
  "-msse4.2": "sse4_2",
  "-msse3": "pni",
};

export const rule = defineLintRule<BuildContext>({
  id: "build/cpu-has-instructions",
  summary: "the server is built for instructions that its CPU has",
  severity: "error",
  effect: "fatal",
  why: "A server that is built for instructions which the CPU lacks dies at once with `Illegal instruction` (132). `--config=nativeopt` and `-march=native` build for the machine that builds, not for the one that serves.",
  mend: "Leave out what the serving machines lack.",
  evidence: ["tensorflow/serving .bazelrc", "tensorflow/serving#1342, #677"],
  logTexts: ["Illegal instruction (core dumped)"],
  symptoms: [76],
  examples: {
    bad: [
      {
        files: {
          "build.sh":
            'docker build --build-arg TF_SERVING_BUILD_OPTIONS="--config=nativeopt" -f Dockerfile.devel .\n',
        },
      },
    ],
    good: [
      {
        files: {
          "build.sh":
            'docker build --build-arg TF_SERVING_BUILD_OPTIONS="--config=release" -f Dockerfile.devel .\n',
        },
      },
    ],
  },
  *check({ build, file, cpuFeatures }) {
    const options = build.arguments.get("TF_SERVING_BUILD_OPTIONS");
    if (options === undefined) return;
    if (/--config=nativeopt|-march=native/.test(options.value)) {
      yield {
        file,
        span: options.span,
        severity: "info",
        message:
          "the server is built for the CPU of the machine that builds it, and may crash on an older one",
      };
    }
    if (cpuFeatures === undefined) return;
    const wanted = options.value.includes("--config=release") ? ["-mavx", "-msse4.2"] : [];
    for (const match of options.value.matchAll(/--copt=(-m[\w.]+)/g)) wanted.push(match[1] ?? "");
    for (const option of new Set(wanted)) {
      const feature = needs[option];
      if (feature === undefined || cpuFeatures.has(feature)) continue;
      yield {
        file,
        span: options.span,
        severity: "warning",
        message: `the CPU here lacks ${feature}, which ${option} builds for: the server cannot run on this machine`,
      };
    }
  },
});
