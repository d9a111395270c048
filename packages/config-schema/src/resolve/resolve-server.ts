import { defaultVersion, versionWithin } from "@servable/server-flags";
import type {
  ResolvedBatching,
  ResolvedGrpc,
  ResolvedImage,
  ResolvedPort,
  ResolvedResources,
  ResolvedRest,
  ResolvedSpec,
} from "../resolved-spec.ts";
import type { BaseSpec } from "../schema/spec.ts";
import type { SpecPath } from "../spec-path.ts";
import { compact, type Recorder } from "./recorder.ts";
import { wholeCores } from "./resolve-batching.ts";

const STOCK = "tensorflow/serving";

/** Version and variant that a reference to the stock image names. */
export function stockTag(reference: string): { version?: string; variant: "cpu" | "gpu" } | undefined {
  const match = /^(?:docker\.io\/|index\.docker\.io\/)?tensorflow\/serving(?::([^@]+))?(?:@.*)?$/.exec(
    reference,
  );
  if (match === null) return undefined;
  const tag = match[1] ?? "latest";
  const version = /^(\d+\.\d+\.\d+)(?:-gpu)?$/.exec(tag)?.[1];
  const variant = /(^|-)gpu$/.test(tag) ? "gpu" : "cpu";
  return version === undefined ? { variant } : { version, variant };
}

/** The image reference as written, if it is one. */
export function writtenReference(spec: BaseSpec): string | undefined {
  const image = spec.server?.image;
  if (image === undefined || image === "cpu" || image === "gpu") return undefined;
  return typeof image === "string" ? image : image.reference;
}

export function resolveVersion(spec: BaseSpec, recorder: Recorder): string {
  const path: SpecPath = ["server", "version"];
  const written = spec.server?.version;
  const tagged = stockTag(writtenReference(spec) ?? "")?.version;
  return tagged !== undefined
    ? recorder.choose(path, written, tagged, "the tag of server.image")
    : recorder.choose(
        path,
        written,
        defaultVersion,
        "the version whose behaviour servable's rules were recorded from",
      );
}

export function resolveImage(spec: BaseSpec, tfsVersion: string, recorder: Recorder): ResolvedImage {
  const path: SpecPath = ["server", "image"];
  const image = spec.server?.image;
  const stock = (variant: "cpu" | "gpu"): ResolvedImage => ({
    reference: `${STOCK}:${tfsVersion}${variant === "gpu" ? "-gpu" : ""}`,
    variant,
    stock: true,
  });
  const own = (reference: string, variant?: "cpu" | "gpu"): ResolvedImage => {
    const tag = stockTag(reference);
    const guess = tag?.variant ?? (/[:-]gpu\b|gpu$/.test(reference) ? "gpu" : "cpu");
    return { reference, variant: variant ?? guess, stock: tag !== undefined };
  };
  if (image === "cpu" || image === "gpu") return recorder.wrote(path, stock(image));
  if (typeof image === "string") return recorder.wrote(path, own(image));
  if (image !== undefined) return recorder.wrote(path, own(image.reference, image.variant));
  if (spec.build !== undefined) {
    const variant = spec.resources?.gpus === undefined ? "cpu" : "gpu";
    const built = { reference: spec.build.image, variant, stock: false } as const;
    return recorder.choose<ResolvedImage>(path, undefined, built, "the image that docker-build.sh builds");
  }
  return spec.resources?.gpus === undefined
    ? recorder.choose(path, undefined, stock("cpu"), "no GPU is asked for")
    : recorder.choose(
        path,
        undefined,
        stock("gpu"),
        "resources.gpus asks for GPUs, which the CPU image never uses",
      );
}

type WrittenPort = NonNullable<BaseSpec["ports"]>["rest"];

function resolvePort(
  written: WrittenPort,
  path: SpecPath,
  containerDefault: number,
  recorder: Recorder,
): ResolvedPort {
  const details =
    typeof written === "object" ? written : typeof written === "number" ? { published: written } : {};
  const from = (key: string): SpecPath => (typeof written === "object" ? [...path, key] : path);
  const container = recorder.choose(
    [...path, "container"],
    details.container,
    containerDefault,
    "the port that the image's entrypoint opens",
    from("container"),
  );
  const published = recorder.choose<number | false>(
    [...path, "published"],
    details.published,
    container,
    "the same as in the container",
    from("published"),
  );
  const address = recorder.leave(
    [...path, "address"],
    details.address,
    "all host addresses",
    from("address"),
  );
  return compact({ container, published: published === false ? undefined : published, address });
}

export function resolvePorts(spec: BaseSpec, recorder: Recorder): ResolvedSpec["ports"] {
  const grpc = resolvePort(spec.ports?.grpc, ["ports", "grpc"], 8500, recorder);
  if (spec.ports?.rest === false) {
    recorder.wrote(["ports", "rest"], false);
    return { grpc };
  }
  return { grpc, rest: resolvePort(spec.ports?.rest, ["ports", "rest"], 8501, recorder) };
}

/** Handler threads: the server sizes them by the CPUs that it sees, which a CPU limit does not change. */
export function resolveEndpoints(
  spec: BaseSpec,
  batching: ResolvedBatching | undefined,
  tfsVersion: string,
  recorder: Recorder,
): { readonly grpc: ResolvedGrpc; readonly rest: ResolvedRest } {
  const { grpc = {}, rest = {} } = spec;
  const cores = spec.resources?.cores;
  const perCpu = "4 per CPU that the server sees";
  const batch = batching?.maxBatchSize;
  const forCores = cores === undefined ? 0 : 4 * wholeCores(cores);
  // One handler thread per waiting request and one that polls; the guide wants callers for two full batches.
  const forBatches = batch === undefined ? 0 : Math.min(2 * batch + 1, 1025);
  const maxThreads =
    cores !== undefined && versionWithin(tfsVersion, "2.5.0")
      ? recorder.choose(
          ["grpc", "maxThreads"],
          grpc.maxThreads,
          Math.max(forCores, forBatches),
          forBatches > forCores
            ? `a waiting request holds a thread, so two batches of ${batch} need ${2 * (batch ?? 0)} and one more to poll`
            : `4 for each of resources.cores (${cores}); the server would count the host's CPUs`,
        )
      : recorder.leave(["grpc", "maxThreads"], grpc.maxThreads, perCpu);
  const numThreads =
    cores !== undefined
      ? recorder.choose(
          ["rest", "numThreads"],
          rest.numThreads,
          forCores,
          `4 for each of resources.cores (${cores}); the server would count the host's CPUs`,
        )
      : recorder.leave(["rest", "numThreads"], rest.numThreads, perCpu);
  return {
    grpc: compact({
      maxThreads,
      channelArguments: Object.entries(
        recorder.leave(["grpc", "channelArguments"], grpc.channelArguments, "none") ?? {},
      ).map(([name, value]) => [name, String(value)] as const),
      healthService: recorder.leave(["grpc", "healthService"], grpc.healthService, false),
      profiler: recorder.leave(["grpc", "profiler"], grpc.profiler, true),
      socketPath: recorder.leave(["grpc", "socketPath"], grpc.socketPath, "none"),
      useAlts: recorder.leave(["grpc", "useAlts"], grpc.useAlts, false),
    }),
    rest: compact({
      numThreads,
      timeoutMillis: recorder.leave(["rest", "timeoutMillis"], rest.timeoutMillis, 30_000),
      cors: recorder.leave(["rest", "cors"], rest.cors, false),
    }),
  };
}

export function resolveResources(
  spec: BaseSpec,
  image: ResolvedImage,
  recorder: Recorder,
): ResolvedResources {
  const written = spec.resources ?? {};
  const at = (key: string): SpecPath => ["resources", key];
  return compact({
    cores: recorder.leave(at("cores"), written.cores, "no limit"),
    cpuSet: recorder.leave(at("cpuSet"), written.cpuSet, "all CPUs"),
    memoryMiB: recorder.leave(at("memoryMiB"), written.memoryMiB, "no limit"),
    gpus:
      image.variant === "gpu"
        ? recorder.choose(
            at("gpus"),
            written.gpus,
            "all",
            "without GPUs the GPU image runs on the CPU, or fails where a model is pinned to a GPU",
          )
        : recorder.leave(at("gpus"), written.gpus, "none"),
    gpuMemoryFraction: recorder.leave(
      at("gpuMemoryFraction"),
      written.gpuMemoryFraction,
      "nearly all of each GPU",
    ),
    gpuAllowGrowth: recorder.leave(at("gpuAllowGrowth"), written.gpuAllowGrowth, false),
  });
}

export function resolveParallelism(spec: BaseSpec, recorder: Recorder): ResolvedSpec["parallelism"] {
  const written = spec.parallelism ?? {};
  const cores = spec.resources?.cores;
  const none =
    written.session === undefined && written.intraOp === undefined && written.interOp === undefined;
  const session =
    cores !== undefined && none
      ? recorder.choose(
          ["parallelism", "session"],
          undefined,
          wholeCores(cores),
          `resources.cores is ${cores}: TensorFlow sizes its pools by the CPUs that it sees, and it does not see a container's CPU limit`,
        )
      : recorder.leave(
          ["parallelism", "session"],
          written.session,
          "as many threads as CPUs that the server sees",
        );
  const auto = session === undefined ? "as many threads as CPUs that the server sees" : "parallelism.session";
  return compact({
    session,
    intraOp: recorder.leave(["parallelism", "intraOp"], written.intraOp, auto),
    interOp: recorder.leave(["parallelism", "interOp"], written.interOp, auto),
  });
}
