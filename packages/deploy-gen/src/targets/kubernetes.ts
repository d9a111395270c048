import type { ResolvedKubernetes, ResolvedSpec } from "@servable/config-schema";
import { type Artifact, PATHS } from "../artifact.ts";
import { type YamlNote, yamlText } from "../yaml-text.ts";
import {
  deploymentNotes,
  type KubernetesFiles,
  type KubernetesNames,
  podTemplate,
  SESSION_KEY,
} from "./kubernetes-pod.ts";

type Autoscale = NonNullable<ResolvedKubernetes["autoscale"]>;

function service({ ports }: ResolvedSpec, kind: ResolvedKubernetes["service"], selector: object): object {
  return {
    type: kind === "Headless" ? "ClusterIP" : kind,
    // gRPC keeps one connection: with a headless service clients balance over the pods themselves.
    clusterIP: kind === "Headless" ? "None" : undefined,
    selector,
    ports: [
      { name: "grpc", port: ports.grpc.container, targetPort: "grpc", appProtocol: "grpc" },
      ...(ports.rest === undefined
        ? []
        : [{ name: "rest", port: ports.rest.container, targetPort: "rest", appProtocol: "http" }]),
    ],
  };
}

function autoscaler(name: string, { minReplicas, maxReplicas, cpuPercent }: Autoscale): object {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    minReplicas,
    maxReplicas,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuPercent } },
      },
    ],
  };
}

/** `k8s/*.yaml`: deployment and service, and as needed configmap, secret and autoscaler. */
export function kubernetesArtifacts(
  resolved: ResolvedSpec,
  kubernetes: ResolvedKubernetes,
  files: KubernetesFiles,
  { header }: { readonly header: readonly string[] },
): Artifact[] {
  const { autoscale, namespace } = kubernetes;
  const names: KubernetesNames = {
    app: kubernetes.name,
    config: `${kubernetes.name}-config`,
    secret: `${kubernetes.name}-tls`,
  };
  const selector = { "app.kubernetes.io/name": names.app };
  const labels = { ...Object.fromEntries(kubernetes.labels), ...selector };
  const artifacts: Artifact[] = [];
  const add = (
    path: string,
    [apiVersion, kind, name]: readonly [apiVersion: string, kind: string, name: string],
    content: object,
    { mode, notes = [] }: { readonly mode?: number; readonly notes?: readonly YamlNote[] } = {},
  ): void => {
    const object = { apiVersion, kind, metadata: { name, namespace, labels }, ...content };
    artifacts.push({
      path,
      kind: "kubernetes",
      contents: yamlText(object, header, notes),
      ...(mode === undefined ? {} : { mode }),
    });
  };

  if (Object.keys(files.config).length > 0)
    add(PATHS.kubernetesConfig, ["v1", "ConfigMap", names.config], { data: files.config });
  if (files.sessionConfig !== undefined) {
    const data = { [SESSION_KEY]: files.sessionConfig };
    add(PATHS.kubernetesSession, ["v1", "ConfigMap", `${names.config}-session`], { data });
  }
  if (Object.keys(files.secret).length > 0) {
    const content = { type: "Opaque", stringData: files.secret };
    add(PATHS.kubernetesSecret, ["v1", "Secret", names.secret], content, { mode: 0o600 });
  }
  const spec = {
    // An autoscaler owns the number.
    replicas: autoscale === undefined ? kubernetes.replicas : undefined,
    selector: { matchLabels: selector },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: podTemplate(resolved, kubernetes, files, names, labels),
  };
  const notes = deploymentNotes(resolved, kubernetes);
  add(PATHS.kubernetesDeployment, ["apps/v1", "Deployment", names.app], { spec }, { notes });
  add(PATHS.kubernetesService, ["v1", "Service", names.app], {
    spec: service(resolved, kubernetes.service, selector),
  });
  if (autoscale !== undefined) {
    add(PATHS.kubernetesAutoscaler, ["autoscaling/v2", "HorizontalPodAutoscaler", names.app], {
      spec: autoscaler(names.app, autoscale),
    });
  }
  return artifacts;
}
