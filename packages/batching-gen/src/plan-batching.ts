import type {
  ResolvedBatching,
  ResolvedModel,
  ResolvedModelBatching,
  ResolvedSpec,
} from "@servable/config-schema";
import { schemas } from "@servable/protos/text-schema";
import { type PlainMessage, type PlainValue, printMessage } from "@servable/text-proto";

/** Full name of the message in `batching_parameters.txt` and `batching_params.pbtxt`. */
export const BATCHING_PARAMETERS = "tensorflow.serving.BatchingParameters";

/** The BatchingParameters that a spec asks for. */
export interface BatchingPlan {
  /** Server-wide; undefined: batching is off. With per-model parameters only its thread pool counts. */
  readonly server: PlainMessage | undefined;
  /** Of models with their own parameters. */
  readonly models: readonly { readonly model: ResolvedModel; readonly message: PlainMessage }[];
}

/** Most fields are wrapper messages (`max_batch_size { value: 8 }`), which tell "unset" from zero. */
const wrapped = (value: number | boolean | string | undefined): PlainMessage | undefined =>
  value === undefined ? undefined : { value: typeof value === "number" ? BigInt(value) : value };

/** A BatchingParameters message of resolved values; what is left to the server is left out. */
export function batchingMessage(batching: ResolvedModelBatching | ResolvedBatching): PlainMessage {
  const { numBatchThreads, threadPoolName }: Partial<ResolvedBatching> = batching;
  const fields: Record<string, PlainValue | undefined> = {
    max_batch_size: wrapped(batching.maxBatchSize),
    batch_timeout_micros: wrapped(batching.batchTimeoutMicros),
    max_enqueued_batches: wrapped(batching.maxEnqueuedBatches),
    num_batch_threads: wrapped(numBatchThreads),
    thread_pool_name: wrapped(threadPoolName),
    allowed_batch_sizes: batching.allowedBatchSizes?.map((size) => BigInt(size)),
    pad_variable_length_inputs: batching.padVariableLengthInputs,
    enable_large_batch_splitting: wrapped(batching.enableLargeBatchSplitting),
    max_execution_batch_size: wrapped(batching.maxExecutionBatchSize),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Which BatchingParameters files a spec needs, as messages. */
export function planBatching(resolved: ResolvedSpec): BatchingPlan {
  const { batching } = resolved;
  if (batching === undefined) return { server: undefined, models: [] };
  return {
    server: batchingMessage(batching),
    models: resolved.models.flatMap((model) =>
      model.batching === undefined ? [] : [{ model, message: batchingMessage(model.batching) }],
    ),
  };
}

/**
 * Contents of `batching_parameters.txt`, or undefined where batching is off or every value is left to the server: then
 * `--enable_batching` alone says the same.
 */
export function batchingParametersText(
  resolved: ResolvedSpec,
  header: readonly string[],
): string | undefined {
  const { server } = planBatching(resolved);
  if (server === undefined || Object.keys(server).length === 0) return undefined;
  return printMessage(server, BATCHING_PARAMETERS, schemas, { header });
}

/** Contents of one model's `batching_params.pbtxt`, or undefined where it has no own parameters. */
export function modelBatchingText(model: ResolvedModel, header: readonly string[]): string | undefined {
  return model.batching === undefined
    ? undefined
    : printMessage(batchingMessage(model.batching), BATCHING_PARAMETERS, schemas, { header });
}
