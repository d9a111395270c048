import type { ResolvedBatching, ResolvedModelBatching } from "../resolved-spec.ts";
import type { BaseSpec, ModelEntry } from "../schema/spec.ts";
import type { SpecPath } from "../spec-path.ts";
import { compact, type Recorder } from "./recorder.ts";

type WrittenQueue = NonNullable<ModelEntry["batching"]>;

/** Queue settings of the server or of one model. Defaults: shared_batch_scheduler.h of TensorFlow. */
function resolveQueue(written: WrittenQueue, path: SpecPath, recorder: Recorder): ResolvedModelBatching {
  const lastAllowed = written.allowedBatchSizes?.[written.allowedBatchSizes.length - 1];
  const at = (key: string): SpecPath => [...path, key];
  return compact({
    maxBatchSize:
      lastAllowed === undefined
        ? recorder.leave(at("maxBatchSize"), written.maxBatchSize, 1000)
        : recorder.choose(
            at("maxBatchSize"),
            written.maxBatchSize,
            lastAllowed,
            "the last allowed batch size: the server refuses to load a model where the two differ, and would take 1000",
          ),
    batchTimeoutMicros: recorder.leave(at("batchTimeoutMicros"), written.batchTimeoutMicros, 0),
    maxEnqueuedBatches: recorder.leave(at("maxEnqueuedBatches"), written.maxEnqueuedBatches, 10),
    allowedBatchSizes: recorder.leave(
      at("allowedBatchSizes"),
      written.allowedBatchSizes,
      "any size, no padding",
    ),
    padVariableLengthInputs: recorder.leave(
      at("padVariableLengthInputs"),
      written.padVariableLengthInputs,
      false,
    ),
    enableLargeBatchSplitting: recorder.leave(
      at("enableLargeBatchSplitting"),
      written.enableLargeBatchSplitting,
      false,
    ),
    maxExecutionBatchSize: recorder.leave(
      at("maxExecutionBatchSize"),
      written.maxExecutionBatchSize,
      "maxBatchSize",
    ),
  });
}

/** Whole cores of a CPU limit that may be a fraction: at least one. */
export function wholeCores(cores: number): number {
  return Math.max(1, Math.floor(cores));
}

/** Server-wide batching, or undefined where it is off. */
export function resolveBatching(spec: BaseSpec, recorder: Recorder): ResolvedBatching | undefined {
  const { batching } = spec;
  const perModel = spec.models.some((model) => model.batching !== undefined);
  const off = batching === false || (typeof batching === "object" && batching.enabled === false);
  const written = batching !== undefined && !off;
  if (batching === undefined && perModel) {
    recorder.choose(
      ["batching", "enabled"],
      undefined,
      true,
      "a model has its own batching parameters, which only take effect with --enable_batching",
    );
  } else {
    recorder.leave(
      ["batching", "enabled"],
      batching === undefined ? undefined : written,
      false,
      typeof batching === "object" && batching.enabled !== undefined ? ["batching", "enabled"] : ["batching"],
    );
  }
  if (off || (batching === undefined && !perModel)) return undefined;
  const fields = typeof batching === "object" ? batching : {};
  const path: SpecPath = ["batching"];
  const cores = spec.resources?.cores;
  return compact({
    ...resolveQueue(fields, path, recorder),
    numBatchThreads:
      cores === undefined
        ? recorder.leave(
            [...path, "numBatchThreads"],
            fields.numBatchThreads,
            "number of CPUs that the server sees",
          )
        : recorder.choose(
            [...path, "numBatchThreads"],
            fields.numBatchThreads,
            wholeCores(cores),
            `resources.cores is ${cores}: TensorFlow Serving's guide starts with one batch thread per core, and the server does not see a container's CPU limit`,
          ),
    threadPoolName: recorder.leave([...path, "threadPoolName"], fields.threadPoolName, "batch_threads"),
  });
}

/** One model's own parameters. */
export function resolveModelBatching(
  written: ModelEntry["batching"],
  path: SpecPath,
  recorder: Recorder,
): ResolvedModelBatching | undefined {
  return written === undefined ? undefined : resolveQueue(written, path, recorder);
}
