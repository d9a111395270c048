import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

/** What the release build of every official image is compiled for: `-mavx -msse4.2`. */
const needed = ["avx", "sse4_2"] as const;

const run =
  "docker run -p 8501:8501 tensorflow/serving:2.17.1 --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/cpu-runs-image",
  summary: "the CPU here can run the image",
  severity: "error",
  effect: "fatal",
  why: "The official images are for amd64 and built for AVX and SSE 4.2. On a CPU (or a virtual one) without them the server dies at once of `Illegal instruction` (132); on arm64 it runs under emulation, which has no AVX either and aborts.",
  mend: "Take another machine or another CPU type of the virtual machine, an image for arm64 from the community, or build your own.",
  evidence: [
    "tensorflow/serving .bazelrc (--config=release)",
    "tensorflow/serving#1342, #1471, #1816, #1948",
  ],
  logTexts: [
    "Illegal instruction (core dumped)",
    "The TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine.",
    "qemu: uncaught target signal 6 (Aborted) - core dumped",
  ],
  symptoms: [76, 77],
  examples: {
    bad: [
      {
        title: "a virtual machine whose CPU has no AVX",
        files: { "run.sh": run },
        machine: { architecture: "x64", cpuFeatures: ["fpu", "sse", "sse2", "sse4_2"] },
      },
      { title: "an Apple Silicon machine", files: { "run.sh": run }, machine: { architecture: "arm64" } },
    ],
    good: [
      {
        files: { "run.sh": run },
        machine: { architecture: "x64", cpuFeatures: ["fpu", "sse", "sse2", "sse4_2", "avx"] },
      },
    ],
  },
  *check(context) {
    const { server, image, host } = context;
    // A manifest is for other machines than this one.
    if (server.origin !== "docker-run" || image?.official !== true) return;
    const place = spot(context, server.image?.span);
    if (host.architecture !== undefined && host.architecture !== "x64") {
      yield {
        ...place,
        severity: "warning",
        message: `${image.reference} is for amd64, and this machine is ${host.architecture}`,
      };
      return;
    }
    const missing = host.cpuFeatures && needed.filter((feature) => host.cpuFeatures?.has(feature) === false);
    if (missing === undefined || missing.length === 0) return;
    yield { ...place, message: `the CPU here lacks ${missing.join(" and ")}, for which the image is built` };
  },
});
