import * as z from "zod";
import {
  environmentName,
  imageReference,
  kubernetesName,
  nonEmptyText,
  positiveInt32,
  text,
} from "./values.ts";

const restart = z
  .string()
  .regex(
    /^(no|always|unless-stopped|on-failure(:\d+)?)$/,
    "must be no, always, unless-stopped or on-failure[:N]",
  );

/** A docker container name. */
export const containerName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/, "must be letters, digits, '_', '.', '-', at least two");

/** `docker-run.sh`. */
export const dockerSection = z
  .union([
    z.boolean(),
    z.strictObject({
      name: containerName.optional().describe("container name"),
      detach: z.boolean().optional().describe("run in the background"),
      remove: z
        .boolean()
        .optional()
        .describe("remove the container when it stops; default true unless restart is given"),
      init: z
        .boolean()
        .optional()
        .describe("run an init as process 1, so that docker stop takes effect at once; default true"),
      restart: restart.optional().describe("restart policy"),
      user: nonEmptyText.optional().describe("user[:group] inside the container"),
      network: nonEmptyText.optional().describe("docker network to join"),
      labels: z
        .record(
          z.string().regex(/^[^\s=\u0000\ud800-\udfff]+$/u, "must not be empty, or hold blanks or '='"),
          text,
        )
        .optional()
        .describe("container labels"),
      extraArgs: z
        .array(nonEmptyText)
        .optional()
        .describe("further arguments of docker run, before the image"),
    }),
  ])
  .describe("docker-run.sh; on by default, false leaves it out");

/** `compose.yaml`. */
export const composeSection = z
  .union([
    z.boolean(),
    z.strictObject({
      project: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]*$/, "must be lower-case letters, digits, '-' and '_'")
        .optional()
        .describe("compose project name"),
      service: z
        .string()
        .regex(/^[a-zA-Z0-9._-]+$/, "must be letters, digits, '.', '_' and '-'")
        .optional()
        .describe("service name; default model-server"),
      restart: restart.optional().describe("restart policy; default unless-stopped"),
      healthcheck: z
        .boolean()
        .optional()
        .describe("probe the gRPC port from inside the container; default true"),
    }),
  ])
  .describe("compose.yaml");

/** `docker-build.sh`: an image compiled for given CPUs, in two steps from TensorFlow Serving's own Dockerfiles. */
export const buildSection = z
  .strictObject({
    image: imageReference.describe(
      "name:tag of the image to build; also the image that is run, unless server.image says otherwise",
    ),
    develImage: imageReference
      .optional()
      .describe("name:tag of the build stage; default: image with -devel appended"),
    march: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_.-]*$/, "must be native, a level such as x86-64-v3, or a -march name")
      .optional()
      .describe("CPU to compile for: native, x86-64-v2, x86-64-v3, x86-64-v4, or a name such as haswell"),
    copts: z
      .array(z.string().regex(/^-[^\s\u0000\ud800-\udfff]+$/u, "must be a compiler flag without blanks"))
      .min(1)
      .optional()
      .describe("compiler flags, such as [-mavx2, -mfma]; each becomes --copt"),
    bazelOptions: z
      .array(
        z
          .string()
          .regex(/^--[^\s\u0000\ud800-\udfff]+$/u, "must be a bazel option without blanks, --name=value"),
      )
      .optional()
      .describe("further options of bazel build"),
    memoryMiB: positiveInt32.optional().describe("memory that bazel may use, in MiB"),
    cores: positiveInt32.optional().describe("CPU cores that bazel may use"),
    gitRef: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, "must be a tag, branch or commit")
      .optional()
      .describe("tag, branch or commit of tensorflow/serving; default: the tag of server.version"),
    repository: z
      .string()
      .regex(/^[^\s\u0000\ud800-\udfff#]+$/u, "must be a git URL without blanks")
      .optional()
      .describe("git repository with the Dockerfiles; default https://github.com/tensorflow/serving.git"),
  })
  .describe("docker-build.sh: an image compiled for given CPUs");

const quantityMap = z.record(nonEmptyText, text);

/** `k8s/*.yaml`. */
export const kubernetesSection = z
  .union([
    z.boolean(),
    z.strictObject({
      name: kubernetesName.optional().describe("name of the objects; default model-server"),
      namespace: kubernetesName.optional().describe("namespace of the objects"),
      replicas: z.int().min(0).max(10_000).optional().describe("pods; default 1"),
      modelVolume: z
        .union([
          z.literal("image"),
          z.strictObject({
            claim: kubernetesName.describe("persistent volume claim with one folder per model"),
          }),
          z.strictObject({
            hostPath: z
              .string()
              .regex(/^\/[^\u0000\ud800-\udfff]*$/u, "must be an absolute path")
              .describe("folder on every node with one folder per model"),
          }),
        ])
        .optional()
        .describe("where models with a path come from: a claim, a folder of the node, or image (baked in)"),
      service: z
        .enum(["ClusterIP", "Headless", "LoadBalancer", "NodePort"])
        .optional()
        .describe("service type; default ClusterIP"),
      startupSeconds: positiveInt32
        .optional()
        .describe("how long the start may take before the pod is restarted; default from the load retries"),
      labels: quantityMap.optional().describe("further labels of the pods"),
      annotations: quantityMap.optional().describe("annotations of the pods"),
      serviceAccount: kubernetesName.optional().describe("service account of the pods"),
      imagePullSecrets: z.array(kubernetesName).optional().describe("secrets to pull the image with"),
      autoscale: z
        .strictObject({
          minReplicas: z.int().min(1).max(10_000),
          maxReplicas: z.int().min(1).max(10_000),
          cpuPercent: z.int().min(1).max(100).optional().describe("target CPU use; default 70"),
        })
        .optional()
        .describe("HorizontalPodAutoscaler"),
    }),
  ])
  .describe("Kubernetes manifests");

/** Environment variables of the container. */
export const environmentSection = z
  .record(environmentName, text)
  .describe("environment variables of the server, such as TF_CPP_MAX_VLOG_LEVEL");

/** Flags that the spec has no key for. */
export const extraFlagsSection = z
  .array(z.string().regex(/^--[^\u0000\ud800-\udfff]+$/u, "must be --name=value"))
  .describe("further flags of tensorflow_model_server, as --name=value");

/** What `smoke` and `verify` send and wait for. */
export const smokeSection = z
  .strictObject({
    startupWaitSeconds: positiveInt32
      .optional()
      .describe("how long to wait until every model is AVAILABLE; default 120"),
    deadlineMillis: positiveInt32.optional().describe("deadline of each request; default 10000"),
    relativeTolerance: z.number().min(0).optional().describe("allowed relative difference of float outputs"),
    absoluteTolerance: z.number().min(0).optional().describe("allowed absolute difference of float outputs"),
    goldens: z
      .array(
        z.strictObject({
          model: nonEmptyText.describe("model name"),
          signature: nonEmptyText.optional().describe("signature name; default serving_default"),
          file: nonEmptyText.describe("JSON file with inputs and expected outputs; relative to the spec"),
        }),
      )
      .optional()
      .describe("recorded requests with their expected answers"),
  })
  .describe("smoke test");
