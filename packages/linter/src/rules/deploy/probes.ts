import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";
import { restRequested } from "../../flags-context.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/probes",
  summary: "probes allow for the load and ask for something that is there",
  severity: "error",
  effect: "hangs",
  why: 'Ports open only after all models are loaded, so a liveness probe without a startup probe restarts a slow pod for ever; gRPC probes need `--enable_grpc_healthcheck_service` and know the services "", ModelService and PredictionService only.',
  mend: "Add a startupProbe with a long budget; probe /v1/models/NAME, a TCP port, or gRPC with the flag.",
  evidence: ["tensorflow/serving model_servers/server.cc", "tensorflow/serving#671, #1754"],
  symptoms: [72],
  examples: {
    bad: [
      {
        files: {
          "pod.yaml":
            "apiVersion: v1\nkind: Pod\nmetadata: { name: tfs }\nspec:\n  containers:\n    - name: tfs\n      image: tensorflow/serving:2.17.1\n      args: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60]\n      livenessProbe: { tcpSocket: { port: 8501 }, periodSeconds: 5 }\n",
        },
      },
    ],
    good: [
      {
        files: {
          "pod.yaml":
            "apiVersion: v1\nkind: Pod\nmetadata: { name: tfs }\nspec:\n  containers:\n    - name: tfs\n      image: tensorflow/serving:2.17.1\n      args: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60]\n      startupProbe: { tcpSocket: { port: 8501 }, failureThreshold: 60 }\n      livenessProbe: { tcpSocket: { port: 8501 } }\n",
        },
      },
    ],
  },
  *check(context) {
    const { flags, server } = context;
    const grpc = flags.int("port") & 0xffff;
    const rest = restRequested(flags) ? flags.int("rest_api_port") & 0xffff : undefined;
    const hasStartup = server.probes.some((probe) => probe.kind === "startup");
    for (const probe of server.probes) {
      const place = spot(context, probe.span);
      if (probe.kind === "liveness" && !hasStartup && probe.budgetSeconds < 300) {
        yield {
          ...place,
          severity: "warning",
          message: `the liveness probe restarts the pod after ${probe.budgetSeconds} s if the models are not loaded by then; there is no startup probe`,
        };
      }
      if (probe.handler === "grpc") {
        if (!flags.bool("enable_grpc_healthcheck_service")) {
          yield {
            ...place,
            message: `the gRPC ${probe.kind} probe fails always: --enable_grpc_healthcheck_service is off`,
          };
        } else if (
          probe.service !== undefined &&
          !["", "ModelService", "PredictionService"].includes(probe.service)
        ) {
          yield {
            ...place,
            message: `the gRPC health service does not know "${probe.service}"; it knows "", ModelService and PredictionService`,
          };
        }
        if (probe.port !== undefined && probe.port !== grpc) {
          yield {
            ...place,
            message: `the gRPC ${probe.kind} probe asks port ${probe.port}, but gRPC is on ${grpc}`,
          };
        }
      } else if (probe.handler === "httpGet") {
        if (rest === undefined || (probe.port !== undefined && probe.port !== rest)) {
          yield {
            ...place,
            message:
              rest === undefined
                ? `the HTTP ${probe.kind} probe fails always: REST is off`
                : `the HTTP ${probe.kind} probe asks port ${probe.port}, but REST is on ${rest}`,
          };
        }
      } else if (
        probe.handler === "tcpSocket" &&
        probe.port !== undefined &&
        probe.port !== grpc &&
        probe.port !== rest
      ) {
        yield {
          ...place,
          message: `the ${probe.kind} probe asks port ${probe.port}, which the server does not open`,
        };
      }
    }
  },
});
