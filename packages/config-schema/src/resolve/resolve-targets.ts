import { versionWithin } from "@servable/server-flags";
import type {
  ResolvedBuild,
  ResolvedCompose,
  ResolvedDocker,
  ResolvedImage,
  ResolvedKubernetes,
  ResolvedLoading,
  ResolvedSmoke,
} from "../resolved-spec.ts";
import type { BaseSpec } from "../schema/spec.ts";
import type { SpecPath } from "../spec-path.ts";
import { compact, type Recorder } from "./recorder.ts";

export function resolveDocker(spec: BaseSpec, recorder: Recorder): ResolvedDocker | undefined {
  if (spec.docker === false) {
    recorder.wrote(["docker"], false);
    return undefined;
  }
  const written = typeof spec.docker === "object" ? spec.docker : {};
  const at = (key: string): SpecPath => ["docker", key];
  const restarts = written.restart !== undefined && written.restart !== "no";
  return compact({
    name: recorder.optional(at("name"), written.name),
    detach: recorder.choose(at("detach"), written.detach, false, "the server's log stays in sight"),
    remove: recorder.choose(
      at("remove"),
      written.remove,
      !restarts,
      restarts
        ? "docker refuses --rm together with a restart policy"
        : "a stopped server leaves nothing behind",
    ),
    init: recorder.choose(
      at("init"),
      written.init,
      true,
      "the image's entrypoint script does not pass signals on, so that docker stop would wait for its grace period and kill",
    ),
    restart: recorder.optional(at("restart"), written.restart),
    user: recorder.optional(at("user"), written.user),
    network: recorder.optional(at("network"), written.network),
    labels: Object.entries(written.labels ?? {}),
    extraArgs: written.extraArgs ?? [],
  });
}

export function resolveCompose(spec: BaseSpec, recorder: Recorder): ResolvedCompose | undefined {
  if (spec.compose === undefined || spec.compose === false) return undefined;
  const written = typeof spec.compose === "object" ? spec.compose : {};
  const at = (key: string): SpecPath => ["compose", key];
  return compact({
    project: recorder.optional(at("project"), written.project),
    service: recorder.choose(at("service"), written.service, "model-server", "says what it is"),
    restart: recorder.choose(at("restart"), written.restart, "unless-stopped", "a crashed server comes back"),
    healthcheck: recorder.choose(
      at("healthcheck"),
      written.healthcheck,
      true,
      "ports open only after every model is loaded, and a missing model never ends the process",
    ),
  });
}

/** What a start may take: every retry of a broken model, and five minutes for loading itself. */
function startupSeconds(loading: ResolvedLoading): { readonly seconds: number; readonly reason: string } {
  const retries = loading.maxLoadRetries ?? 5;
  const interval = Math.ceil((loading.loadRetryIntervalMicros ?? 60_000_000) / 1e6);
  return {
    seconds: Math.min(retries * interval, 86_400) + 300,
    reason: `ports open only after every model is loaded; ${retries} retries ${interval} s apart, and 300 s to load`,
  };
}

export function resolveKubernetes(
  spec: BaseSpec,
  loading: ResolvedLoading,
  recorder: Recorder,
): ResolvedKubernetes | undefined {
  if (spec.kubernetes === undefined || spec.kubernetes === false) return undefined;
  const written = typeof spec.kubernetes === "object" ? spec.kubernetes : {};
  const at = (key: string): SpecPath => ["kubernetes", key];
  const startup = startupSeconds(loading);
  const volume = written.modelVolume;
  const modelVolume: ResolvedKubernetes["modelVolume"] =
    volume === undefined || volume === "image"
      ? { kind: "image" }
      : "claim" in volume
        ? { kind: "claim", claim: volume.claim }
        : { kind: "hostPath", hostPath: volume.hostPath };
  const scale = written.autoscale;
  return compact({
    name: recorder.choose(at("name"), written.name, "model-server", "says what it is"),
    namespace: recorder.optional(at("namespace"), written.namespace),
    replicas: recorder.choose(
      at("replicas"),
      written.replicas,
      scale?.minReplicas ?? 1,
      scale === undefined
        ? "fewer, larger servers batch better than many small ones"
        : "autoscale.minReplicas",
    ),
    modelVolume:
      volume === undefined
        ? recorder.choose<ResolvedKubernetes["modelVolume"]>(
            at("modelVolume"),
            undefined,
            modelVolume,
            "no model has a local path",
          )
        : recorder.wrote(at("modelVolume"), modelVolume),
    service: recorder.choose(
      at("service"),
      written.service,
      "ClusterIP",
      "reachable inside the cluster only",
    ),
    startupSeconds: recorder.choose(
      at("startupSeconds"),
      written.startupSeconds,
      startup.seconds,
      startup.reason,
    ),
    labels: Object.entries(written.labels ?? {}),
    annotations: Object.entries(written.annotations ?? {}),
    serviceAccount: recorder.optional(at("serviceAccount"), written.serviceAccount),
    imagePullSecrets: written.imagePullSecrets ?? [],
    autoscale:
      scale === undefined
        ? undefined
        : {
            minReplicas: scale.minReplicas,
            maxReplicas: scale.maxReplicas,
            cpuPercent: recorder.choose(
              [...at("autoscale"), "cpuPercent"],
              scale.cpuPercent,
              70,
              "leaves room while a new pod loads its models",
            ),
          },
  });
}

/** Instruction sets of the x86-64 levels: the build images' compilers are older than the level names. */
const levels: Readonly<Record<string, readonly string[]>> = {
  "x86-64-v2": ["-mcx16", "-msahf", "-mpopcnt", "-msse3", "-msse4.1", "-msse4.2", "-mssse3"],
  "x86-64-v3": ["-mavx", "-mavx2", "-mbmi", "-mbmi2", "-mf16c", "-mfma", "-mlzcnt", "-mmovbe"],
  "x86-64-v4": ["-mavx512f", "-mavx512bw", "-mavx512cd", "-mavx512dq", "-mavx512vl"],
};

/** Compiler flags of a `march` value; `native` is a bazel config instead. */
export function marchFlags(march: string): readonly string[] {
  if (march === "native") return [];
  const names = Object.keys(levels);
  const upTo = names.indexOf(march);
  return upTo === -1 ? [`-march=${march}`] : names.slice(0, upTo + 1).flatMap((name) => levels[name] ?? []);
}

export function resolveBuild(
  spec: BaseSpec,
  image: ResolvedImage,
  tfsVersion: string,
  recorder: Recorder,
): ResolvedBuild | undefined {
  const written = spec.build;
  if (written === undefined) return undefined;
  const at = (key: string): SpecPath => ["build", key];
  const march = recorder.optional(at("march"), written.march);
  const copts = [...new Set([...(march === undefined ? [] : marchFlags(march)), ...(written.copts ?? [])])];
  // `release` came with 2.3; before, the Dockerfile's own default was nativeopt.
  const release = versionWithin(tfsVersion, "2.3.0");
  const configs =
    march === "native" ? ["nativeopt"] : release ? ["release"] : copts.length === 0 ? ["nativeopt"] : [];
  return compact({
    image: recorder.wrote(at("image"), written.image),
    develImage: recorder.choose(
      at("develImage"),
      written.develImage,
      /:[^/]*$/.test(written.image) ? `${written.image}-devel` : `${written.image}:devel`,
      "the build stage beside the image",
    ),
    copts: recorder.choose(
      at("copts"),
      written.copts === undefined ? undefined : copts,
      copts,
      march === undefined ? "no CPU is named" : `instruction sets of ${march}`,
    ),
    configs: recorder.choose(
      at("configs"),
      undefined,
      configs,
      "giving build options replaces the Dockerfile's own, so its configuration is named again",
    ),
    bazelOptions: written.bazelOptions ?? [],
    memoryMiB: recorder.optional(at("memoryMiB"), written.memoryMiB),
    cores: recorder.optional(at("cores"), written.cores),
    gitRef: recorder.choose(at("gitRef"), written.gitRef, tfsVersion, "the tag of server.version"),
    repository: recorder.choose(
      at("repository"),
      written.repository,
      "https://github.com/tensorflow/serving.git",
      "TensorFlow Serving's own Dockerfiles",
    ),
    gpu: image.variant === "gpu",
  });
}

export function resolveSmoke(spec: BaseSpec, recorder: Recorder): ResolvedSmoke {
  const written = spec.smoke ?? {};
  const at = (key: string): SpecPath => ["smoke", key];
  return {
    startupWaitSeconds: recorder.choose(
      at("startupWaitSeconds"),
      written.startupWaitSeconds,
      120,
      "a missing model never ends the server, it waits for ever with closed ports",
    ),
    deadlineMillis: recorder.choose(
      at("deadlineMillis"),
      written.deadlineMillis,
      10_000,
      "the first request may be slow",
    ),
    relativeTolerance: recorder.choose(
      at("relativeTolerance"),
      written.relativeTolerance,
      1e-4,
      "float32 sums in another order differ by about that much",
    ),
    absoluteTolerance: recorder.choose(
      at("absoluteTolerance"),
      written.absoluteTolerance,
      1e-5,
      "values near zero",
    ),
    goldens: (written.goldens ?? []).map((golden) => ({
      model: golden.model,
      signature: golden.signature ?? "serving_default",
      file: golden.file,
    })),
  };
}
