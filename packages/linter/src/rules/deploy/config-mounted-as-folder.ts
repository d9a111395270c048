import { type DeployContext, spot } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/config-mounted-as-folder",
  summary: "a config file that is polled is mounted with its folder",
  severity: "error",
  effect: "silent",
  why: "A single file that is mounted (or a ConfigMap with subPath) stays the file of the start: editors and rollouts replace it by a new one, which the container never sees, so polling finds no change.",
  mend: "Mount the folder that holds the file.",
  evidence: ["Linux bind mounts follow the inode", "Kubernetes: subPath mounts are not updated"],
  examples: {
    bad: [
      {
        files: {
          "deployment.yaml":
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: tfs }\nspec:\n  template:\n    spec:\n      containers:\n        - name: tfs\n          image: tensorflow/serving:2.17.1\n          args:\n            - --model_config_file=/etc/tfs/models.config\n            - --model_config_file_poll_wait_seconds=60\n            - --enable_profiler=false\n          volumeMounts:\n            - { name: config, mountPath: /etc/tfs/models.config, subPath: models.config }\n      volumes:\n        - { name: config, configMap: { name: tfs } }\n",
        },
      },
    ],
    good: [
      {
        files: {
          "deployment.yaml":
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: tfs }\nspec:\n  template:\n    spec:\n      containers:\n        - name: tfs\n          image: tensorflow/serving:2.17.1\n          args:\n            - --model_config_file=/etc/tfs/models.config\n            - --model_config_file_poll_wait_seconds=60\n            - --enable_profiler=false\n          volumeMounts:\n            - { name: config, mountPath: /etc/tfs }\n      volumes:\n        - { name: config, configMap: { name: tfs } }\n",
        },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    const file = flags.string("model_config_file");
    if (file === "" || flags.int("model_config_file_poll_wait_seconds") <= 0) return;
    const mount = context.server.mounts?.find((candidate) => candidate.target === file);
    if (mount === undefined) return;
    const path =
      mount.source === undefined
        ? undefined
        : mount.source.startsWith("/")
          ? mount.source
          : `${context.folder}/${mount.source}`;
    const single = mount.singleFile || (path !== undefined && context.start.files.kind(path) === "file");
    if (!single) return;
    yield {
      ...spot(context, mount.span),
      message: `${file} is mounted as a single file: polling never sees a new one`,
    };
  },
});
