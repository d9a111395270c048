import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

const run = (options: string): string =>
  `docker run ${options}-p 8501:8501 registry.example/tensorflow/serving:2.17.1-mkl --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n`;

export const rule = defineLintRule<DeployContext>({
  id: "deploy/mkl-threads",
  summary: "an MKL image is told how many threads to use",
  severity: "warning",
  effect: "degrades",
  why: "The entrypoint of the MKL image passes TENSORFLOW_INTRA_OP_PARALLELISM and TENSORFLOW_INTER_OP_PARALLELISM on as flags, and sets them and OMP_NUM_THREADS to 2: a larger machine is mostly idle.",
  mend: "Set TENSORFLOW_INTRA_OP_PARALLELISM and OMP_NUM_THREADS to the number of physical cores, and TENSORFLOW_INTER_OP_PARALLELISM to the number of sockets.",
  evidence: ["tensorflow/serving tools/docker/Dockerfile.mkl"],
  examples: {
    bad: [{ files: { "run.sh": run("") } }],
    good: [
      {
        files: {
          "run.sh": run(
            "-e TENSORFLOW_INTRA_OP_PARALLELISM=16 -e TENSORFLOW_INTER_OP_PARALLELISM=1 -e OMP_NUM_THREADS=16 ",
          ),
        },
      },
    ],
  },
  *check(context) {
    const { server, image } = context;
    if (image?.mkl !== true || image.devel || server.entrypoint !== "image") return;
    const flag = context.flags.given("tensorflow_intra_op_parallelism");
    const own = flag !== undefined && flag.index >= context.firstUserArgument;
    if (own || server.environment.has("TENSORFLOW_INTRA_OP_PARALLELISM")) return;
    yield {
      ...spot(context, server.image?.span),
      message: "the MKL image uses two threads unless TENSORFLOW_INTRA_OP_PARALLELISM says otherwise",
    };
  },
});
