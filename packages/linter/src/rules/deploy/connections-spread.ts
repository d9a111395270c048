import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/connections-spread",
  summary: "gRPC connections are spread over the replicas",
  severity: "info",
  effect: "degrades",
  why: "A gRPC client keeps one connection, which a ClusterIP service pins to one pod: more replicas do nothing for it.",
  mend: "Use a headless service with round_robin, a mesh, or `--grpc_channel_arguments=grpc.max_connection_age_ms=…`.",
  evidence: [
    "tensorflow/serving model_servers/main.cc (help of grpc_channel_arguments)",
    "tensorflow/serving#662",
  ],
  symptoms: [74],
  examples: {
    bad: [
      {
        files: {
          "deployment.yaml":
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: tfs }\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n        - name: tfs\n          image: tensorflow/serving:2.17.1\n          args: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60]\n",
        },
      },
    ],
    good: [
      {
        files: {
          "deployment.yaml":
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: tfs }\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n        - name: tfs\n          image: tensorflow/serving:2.17.1\n          args: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60, --grpc_channel_arguments=grpc.max_connection_age_ms=300000]\n",
        },
      },
    ],
  },
  *check(context) {
    const { replicas, image } = context.server;
    if (replicas === undefined || replicas < 2) return;
    if (context.flags.string("grpc_channel_arguments").includes("grpc.max_connection_age_ms")) return;
    yield {
      ...spot(context, image?.span),
      message: `each gRPC connection stays with one of the ${replicas} pods: grpc.max_connection_age_ms is not set`,
    };
  },
});
