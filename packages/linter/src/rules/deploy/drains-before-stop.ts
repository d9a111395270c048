import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

const manifest = (lifecycle: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: tfs }\nspec:\n  template:\n    spec:\n      containers:\n        - name: tfs\n          image: tensorflow/serving:2.17.1\n          args: [--enable_profiler=false, --model_base_path=gs://b/m, --file_system_poll_wait_seconds=60]\n${lifecycle}`;

export const rule = defineLintRule<DeployContext>({
  id: "deploy/drains-before-stop",
  summary: "a pod goes on serving until no more requests are sent to it",
  severity: "info",
  effect: "request-fails",
  why: "The server has no handler for SIGTERM and drains nothing: run directly it ends at once, with requests in flight failing UNAVAILABLE; under the image's entrypoint bash keeps the signal to itself, and the pod is killed when its grace period is over. In both cases clients are still being sent to it for a few seconds.",
  mend: 'Add `lifecycle: { preStop: { exec: { command: [sleep, "5"] } } }` and a short terminationGracePeriodSeconds.',
  evidence: ["tensorflow/serving model_servers/main.cc", "tensorflow/serving#1853", "recorded start sigterm"],
  logTexts: ["Stream removed (Socket closed)"],
  examples: {
    bad: [{ files: { "deployment.yaml": manifest("") } }],
    good: [
      {
        files: {
          "deployment.yaml": manifest(
            '          lifecycle: { preStop: { exec: { command: [sleep, "5"] } } }\n',
          ),
        },
      },
    ],
  },
  *check(context) {
    const { server } = context;
    if (server.origin !== "kubernetes" || server.hasPreStop !== false) return;
    yield {
      ...spot(context, server.span),
      message:
        "requests in flight fail when the pod stops: the server does not drain, and no preStop gives it time",
    };
  },
});
