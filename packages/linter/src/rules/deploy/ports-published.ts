import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";
import { restRequested } from "../../flags-context.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/ports-published",
  summary: "published ports are those that the server opens",
  severity: "error",
  effect: "silent",
  why: "EXPOSE publishes nothing, and changing `--port` or `--rest_api_port` does not change what `-p` points at: the published port then leads nowhere.",
  mend: "Publish the server's own ports: `-p 8500:8500 -p 8501:8501` by default.",
  evidence: ["tensorflow/serving tools/docker/Dockerfile"],
  logTexts: ["failed to connect to all addresses"],
  symptoms: [40],
  examples: {
    bad: [
      {
        files: {
          "run.sh":
            "docker run -p 8501:8501 tensorflow/serving:2.17.1 --rest_api_port=9001 --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n",
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
    const { published } = context.server;
    if (published === undefined) return;
    const { flags } = context;
    const grpc = flags.int("port") & 0xffff;
    const rest = restRequested(flags) ? flags.int("rest_api_port") & 0xffff : undefined;
    for (const port of published) {
      if (port.container === grpc || port.container === rest) continue;
      yield {
        ...spot(context, port.span),
        message: `the server opens ${grpc} for gRPC${rest === undefined ? "" : ` and ${rest} for REST`}, but container port ${port.container} is published`,
      };
    }
    if (published.length === 0 && context.server.origin === "docker-run") {
      yield {
        ...spot(context, context.server.image?.span),
        severity: "warning",
        message: "no port is published: the server cannot be reached from outside the container",
      };
    }
  },
});
