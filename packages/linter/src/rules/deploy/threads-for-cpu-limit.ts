import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/threads-for-cpu-limit",
  summary: "thread counts are given where CPUs are limited",
  severity: "info",
  effect: "degrades",
  why: "The server counts the CPUs that it may be scheduled on, not the quota: with a limit of 2 on a node of 64 cores it makes 256 gRPC threads and TensorFlow pools of 64, which are then throttled.",
  mend: "Give `--tensorflow_session_parallelism` (or the intra-op and inter-op flags) and `--grpc_max_threads`.",
  evidence: ["tensorflow/serving model_servers/server.h"],
  symptoms: [65],
  examples: {
    bad: [
      {
        files: {
          "compose.yaml":
            'services:\n  tfs:\n    image: tensorflow/serving:2.17.1\n    ports: ["8501:8501"]\n    cpus: 2\n    command: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60]\n',
        },
      },
    ],
    good: [
      {
        files: {
          "compose.yaml":
            'services:\n  tfs:\n    image: tensorflow/serving:2.17.1\n    ports: ["8501:8501"]\n    cpus: 2\n    command: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60, --tensorflow_session_parallelism=2]\n',
        },
      },
    ],
  },
  *check(context) {
    const limit = context.server.cpuLimit;
    if (limit === undefined) return;
    const { flags } = context;
    const given = (["tensorflow_session_parallelism", "tensorflow_intra_op_parallelism"] as const).some(
      (name) => flags.int64(name) > 0n,
    );
    if (
      given ||
      flags.string("platform_config_file") !== "" ||
      flags.string("tensorflow_session_config_file") !== ""
    )
      return;
    yield {
      ...spot(context, limit.span),
      message: `the CPU limit of ${limit.cores} is not seen by the server, whose threads follow the node's cores`,
    };
  },
});
