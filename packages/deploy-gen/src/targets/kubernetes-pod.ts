import type { ResolvedKubernetes, ResolvedSpec } from "@servable/config-schema";
import { PATHS } from "../artifact.ts";
import { fingerprint } from "../fingerprint.ts";
import { CONFIG_FOLDER, SESSION_CONFIG, serverArgv } from "../server-argv.ts";
import type { YamlNote } from "../yaml-text.ts";
import { environmentOf } from "./container.ts";

/** The text protos that the pods need, by file name. */
export interface KubernetesFiles {
  readonly config: Readonly<Record<string, string>>;
  /** ssl.config, which holds a private key. */
  readonly secret: Readonly<Record<string, string>>;
  readonly sessionConfig?: string;
}

/** Names of the objects that belong together. */
export interface KubernetesNames {
  readonly app: string;
  readonly config: string;
  readonly secret: string;
}

/** Key of the session config in its ConfigMap. */
export const SESSION_KEY = "session.config";
const PROBE_SECONDS = 10;

/** Kubernetes replaces `$(NAME)` in args and values; a doubled dollar sign stands for one. */
const literal = (text: string): string => text.replaceAll("$", "$$$$");

function volumesAndMounts(
  resolved: ResolvedSpec,
  kubernetes: ResolvedKubernetes,
  files: KubernetesFiles,
  names: KubernetesNames,
): { readonly volumes: object[]; readonly mounts: object[] } {
  const volumes: object[] = [];
  const mounts: object[] = [];
  const sources: object[] = [];
  // One folder, never a subPath: a file mounted alone would keep its first contents for ever.
  if (Object.keys(files.config).length > 0) sources.push({ configMap: { name: names.config } });
  if (Object.keys(files.secret).length > 0) sources.push({ secret: { name: names.secret } });
  if (sources.length > 0) {
    volumes.push({ name: "config", projected: { sources } });
    mounts.push({ name: "config", mountPath: CONFIG_FOLDER, readOnly: true });
  }
  if (files.sessionConfig !== undefined) {
    volumes.push({
      name: "session-config",
      configMap: { name: `${names.config}-session`, items: [{ key: SESSION_KEY, path: SESSION_KEY }] },
    });
    mounts.push({ name: "session-config", mountPath: SESSION_CONFIG, subPath: SESSION_KEY, readOnly: true });
  }
  const local = resolved.models.filter((model) => model.path !== undefined);
  const { modelVolume } = kubernetes;
  if (local.length === 0 || modelVolume.kind === "image") return { volumes, mounts };
  volumes.push(
    modelVolume.kind === "claim"
      ? { name: "models", persistentVolumeClaim: { claimName: modelVolume.claim, readOnly: true } }
      : { name: "models", hostPath: { path: modelVolume.hostPath, type: "Directory" } },
  );
  const together = local.every((model) => /^\/models\/[^/]+$/.test(model.basePath));
  if (together) mounts.push({ name: "models", mountPath: "/models", readOnly: true });
  else {
    for (const model of local) {
      const folder =
        model.basePath
          .split("/")
          .filter((part) => part !== "")
          .at(-1) ?? model.name;
      mounts.push({ name: "models", mountPath: model.basePath, subPath: folder, readOnly: true });
    }
  }
  return { volumes, mounts };
}

function containerResources(resolved: ResolvedSpec): object | undefined {
  const { cores, memoryMiB, gpus } = resolved.resources;
  const gpu =
    resolved.image.variant !== "gpu" || gpus === undefined
      ? undefined
      : gpus === "all"
        ? 1
        : typeof gpus === "number"
          ? gpus
          : gpus.length;
  const amounts = {
    cpu: cores === undefined ? undefined : String(cores),
    memory: memoryMiB === undefined ? undefined : `${memoryMiB}Mi`,
  };
  if (cores === undefined && memoryMiB === undefined && gpu === undefined) return undefined;
  return {
    requests: cores === undefined && memoryMiB === undefined ? undefined : amounts,
    limits: { ...amounts, "nvidia.com/gpu": gpu },
  };
}

function container(
  resolved: ResolvedSpec,
  kubernetes: ResolvedKubernetes,
  mounts: readonly object[],
): object {
  const { ports } = resolved;
  const environment = environmentOf(resolved).map(([name, value]) => ({
    name,
    value: literal(value),
  }));
  // `args`, not `command`: the image's entrypoint stays.
  const args = serverArgv(resolved, { hostPaths: false }).map(literal);
  const open = { tcpSocket: { port: "grpc" } };
  const healthy = resolved.grpc.healthService === true ? { grpc: { port: ports.grpc.container } } : open;
  return {
    name: "model-server",
    image: resolved.image.reference,
    args: args.length === 0 ? undefined : args,
    env: environment.length === 0 ? undefined : environment,
    ports: [
      { name: "grpc", containerPort: ports.grpc.container },
      ...(ports.rest === undefined ? [] : [{ name: "rest", containerPort: ports.rest.container }]),
    ],
    startupProbe: {
      ...open,
      periodSeconds: PROBE_SECONDS,
      failureThreshold: Math.ceil(kubernetes.startupSeconds / PROBE_SECONDS),
    },
    readinessProbe: { ...healthy, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
    livenessProbe: { ...open, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 },
    lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } },
    resources: containerResources(resolved),
    securityContext: { allowPrivilegeEscalation: false },
    volumeMounts: mounts.length === 0 ? undefined : mounts,
  };
}

/** What Prometheus and the deployment itself read of a pod. */
function annotationsOf(
  { loading, monitoring, ports }: ResolvedSpec,
  kubernetes: ResolvedKubernetes,
  files: KubernetesFiles,
): object | undefined {
  // A polled models.config is applied by the running pods; everything else needs new ones.
  const polled = (loading.modelConfigPollSeconds ?? 0) > 0;
  const restartOn = [
    ...Object.entries(files.config).filter(([name]) => !(polled && name === PATHS.models)),
    ...Object.entries(files.secret),
    ...(files.sessionConfig === undefined ? [] : [[SESSION_KEY, files.sessionConfig]]),
  ];
  const scraped =
    monitoring === undefined || ports.rest === undefined
      ? {}
      : {
          "prometheus.io/scrape": "true",
          "prometheus.io/port": String(ports.rest.container),
          "prometheus.io/path": monitoring.path,
        };
  const annotations = {
    ...(restartOn.length === 0 ? {} : { "servable/config": fingerprint(JSON.stringify(restartOn)) }),
    ...scraped,
    ...Object.fromEntries(kubernetes.annotations),
  };
  return Object.keys(annotations).length === 0 ? undefined : annotations;
}

/** The template of the deployment's pods. */
export function podTemplate(
  resolved: ResolvedSpec,
  kubernetes: ResolvedKubernetes,
  files: KubernetesFiles,
  names: KubernetesNames,
  labels: Readonly<Record<string, string>>,
): object {
  const { volumes, mounts } = volumesAndMounts(resolved, kubernetes, files, names);
  const { serviceAccount, imagePullSecrets } = kubernetes;
  return {
    metadata: { labels, annotations: annotationsOf(resolved, kubernetes, files) },
    spec: {
      serviceAccountName: serviceAccount,
      automountServiceAccountToken: serviceAccount === undefined ? false : undefined,
      imagePullSecrets:
        imagePullSecrets.length === 0 ? undefined : imagePullSecrets.map((name) => ({ name })),
      terminationGracePeriodSeconds: 15,
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [container(resolved, kubernetes, mounts)],
      volumes: volumes.length === 0 ? undefined : volumes,
    },
  };
}

/** Why the deployment is as it is, for those who read it without the spec. */
export function deploymentNotes(resolved: ResolvedSpec, { modelVolume }: ResolvedKubernetes): YamlNote[] {
  const pod = ["spec", "template", "spec"];
  const server = [...pod, "containers", 0];
  const folders = resolved.models
    .filter((model) => model.path !== undefined)
    .map((model) => model.basePath.split("/").at(-1));
  const gpu = resolved.image.variant === "gpu" && resolved.resources.gpus !== undefined;
  return [
    ...(gpu
      ? [
          {
            path: ["spec", "strategy"],
            text: "A rollout needs a spare GPU for the new pod; without one, set maxSurge 0 and maxUnavailable 1.",
          },
        ]
      : []),
    {
      path: [...pod, "terminationGracePeriodSeconds"],
      text: "The image's entrypoint script passes no SIGTERM on: after preStop nothing is left to wait for.",
    },
    {
      path: [...server, "startupProbe"],
      text: "The ports open once every model is loaded; until then no other probe may count.",
    },
    {
      path: [...server, "lifecycle"],
      text: "The server does not drain: let the endpoints forget the pod before it is killed.",
    },
    ...(folders.length > 0 && modelVolume.kind !== "image"
      ? [
          {
            path: [...pod, "volumes"],
            text: `The volume "models" holds these folders, with the version directories in each: ${folders.join(", ")}`,
          },
        ]
      : []),
  ];
}
