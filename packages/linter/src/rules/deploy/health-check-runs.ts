import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

const compose = (test: string): string =>
  `services:\n  tfs:\n    image: tensorflow/serving:2.17.1\n    ports: ["8501:8501"]\n    command: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60]\n    healthcheck:\n      test: ${test}\n`;

export const rule = defineLintRule<DeployContext>({
  id: "deploy/health-check-runs",
  summary: "the container's health check uses a program that is in the image",
  severity: "error",
  effect: "degrades",
  why: "The CPU image holds the server, a shell and little else: no curl, wget, nc, python or grpc_health_probe. A check that calls one fails always, so the container counts as unhealthy however well it serves, and is restarted or left out.",
  mend: "Check from outside (a TCP or HTTP probe), or in the container by bash alone: `bash -c '</dev/tcp/127.0.0.1/8501'`.",
  evidence: ["tensorflow/serving tools/docker/Dockerfile"],
  symptoms: [72],
  logTexts: [
    'OCI runtime exec failed: exec failed: … exec: "curl": executable file not found in $PATH',
    "curl: not found",
  ],
  examples: {
    bad: [
      { files: { "compose.yaml": compose('["CMD", "curl", "-f", "http://localhost:8501/v1/models/m"]') } },
    ],
    good: [{ files: { "compose.yaml": compose(`["CMD", "bash", "-c", "</dev/tcp/127.0.0.1/8501"]`) } }],
  },
  *check(context) {
    const { image, server } = context;
    if (image?.official !== true || image.devel) return;
    for (const { command, span } of server.healthChecks ?? []) {
      // The GPU image is built on CUDA's, which brings no more.
      const tool = /(?:^|[\s;&|("'/])(curl|wget|nc|netcat|python3?|grpc_health_probe)(?=$|[\s;&|)"'])/.exec(
        command,
      )?.[1];
      if (tool === undefined) continue;
      yield {
        ...spot(context, span),
        message: `${image.reference} has no ${tool}: the health check fails always`,
      };
    }
  },
});
