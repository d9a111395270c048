/** What an artifact is (the table of the CLI contract, and the per-model batching files). */
export type ArtifactKind =
  | "batching-parameters"
  | "per-model-batching"
  | "model-server-config"
  | "monitoring-config"
  | "ssl-config"
  | "docker-run"
  | "compose"
  | "docker-build"
  | "kubernetes";

/** One generated file. */
export interface Artifact {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly kind: ArtifactKind;
  readonly contents: string;
  /** File mode; 0644 if absent. */
  readonly mode?: number;
}

/** Fixed names below the output folder. */
export const PATHS = {
  batching: "batching_parameters.txt",
  models: "models.config",
  monitoring: "monitoring.config",
  ssl: "ssl.config",
  dockerRun: "docker-run.sh",
  compose: "compose.yaml",
  dockerBuild: "docker-build.sh",
  kubernetesConfig: "k8s/configmap.yaml",
  kubernetesSession: "k8s/session-configmap.yaml",
  kubernetesSecret: "k8s/secret.yaml",
  kubernetesDeployment: "k8s/deployment.yaml",
  kubernetesService: "k8s/service.yaml",
  kubernetesAutoscaler: "k8s/autoscaler.yaml",
  hostModels: "host/models.config",
} as const;

/**
 * Every path of fixed name that `generateArtifacts` may ever write. Per-model batching files have the model's name in
 * theirs: {@link isArtifactPath} knows them too.
 */
export const ARTIFACT_PATHS: readonly string[] = Object.values(PATHS).filter(
  (path) => path !== PATHS.hostModels,
);

/** Whether generate may have written that path (relative to the output folder, with `/`). */
export function isArtifactPath(path: string): boolean {
  return ARTIFACT_PATHS.includes(path) || /^batching\/[^/]+\/batching_params\.pbtxt$/.test(path);
}
