import { WireReader } from "@servable/tensors";
import { invalidArgument, StatusError } from "../status.ts";
import { int64Value } from "../wire/int64-value.ts";

/** `tensorflow.serving.BatchingParameters`; undefined where the file leaves a field out. */
export interface BatchingParameters {
  readonly maxBatchSize?: bigint;
  readonly batchTimeoutMicros?: bigint;
  readonly maxEnqueuedBatches?: bigint;
  readonly numBatchThreads?: bigint;
  readonly threadPoolName?: string;
  readonly allowedBatchSizes: readonly bigint[];
  readonly padVariableLengthInputs: boolean;
  readonly enableLargeBatchSplitting?: boolean;
  readonly maxExecutionBatchSize?: bigint;
}

/** How the versions of one platform are loaded (SessionBundleConfig). */
export interface BundleSettings {
  readonly tags: readonly string[];
  readonly batching: BatchingParameters | undefined;
  /** Sizes come from `batching_params.pbtxt` in the version directory; without that file no batching. */
  readonly perModelBatching: boolean;
  readonly warmup: boolean;
  readonly warmupIterations: number;
  /** Threads with which a pool of the session cannot be made, as they are negative: the first session aborts the process. */
  readonly negativeThreads: number | undefined;
  /** Asked for by a platform file only; the open-source server then fails every load. */
  readonly savedModelConfig: boolean;
}

/** @throws WireError */
export function decodeBatchingParameters(bytes: Uint8Array): BatchingParameters {
  const reader = new WireReader(bytes);
  const allowed: bigint[] = [];
  const found: {
    -readonly [K in keyof BatchingParameters]?: BatchingParameters[K];
  } = {};
  while (reader.next()) {
    const { field, wire } = reader;
    if (wire === 2 && field === 1) found.maxBatchSize = int64Value(reader.view());
    else if (wire === 2 && field === 2) found.batchTimeoutMicros = int64Value(reader.view());
    else if (wire === 2 && field === 3) found.maxEnqueuedBatches = int64Value(reader.view());
    else if (wire === 2 && field === 4) found.numBatchThreads = int64Value(reader.view());
    else if (wire === 2 && field === 5) {
      const name = new WireReader(reader.view());
      found.threadPoolName = "";
      while (name.next()) {
        if (name.field === 1 && name.wire === 2) found.threadPoolName = name.string();
        else name.skip();
      }
    } else if (field === 6 && wire === 0) allowed.push(reader.int64());
    else if (field === 6 && wire === 2) {
      const packed = new WireReader(reader.view());
      while (packed.position < packed.end) allowed.push(packed.int64());
    } else if (field === 7 && wire === 0) found.padVariableLengthInputs = reader.uint64() !== 0n;
    else if (field === 8 && wire === 2) found.enableLargeBatchSplitting = int64Value(reader.view()) !== 0n;
    else if (field === 9 && wire === 2) found.maxExecutionBatchSize = int64Value(reader.view());
    else reader.skip();
  }
  return { padVariableLengthInputs: false, ...found, allowedBatchSizes: allowed };
}

/** The one check that is made when the platform's adapter is made. @throws StatusError */
export function checkBatchThreads(batching: BatchingParameters | undefined): void {
  const threads = batching?.numBatchThreads;
  if (threads !== undefined && threads < 1n)
    throw invalidArgument(`num_batch_threads must be positive; was ${threads}`);
}

/** A version that the server's process would die of: by a failed check (SIGABRT), or without a message (SIGSEGV). */
export class ProcessDeath extends StatusError {
  readonly signal: "SIGABRT" | "SIGSEGV";

  constructor(signal: "SIGABRT" | "SIGSEGV", why: string) {
    super("INTERNAL", `the model server would die here by ${signal}: ${why}`);
    this.name = "ProcessDeath";
    this.signal = signal;
  }
}

/** QueueOptions.input_batch_size_limit of TensorFlow's shared batch scheduler. */
export const DEFAULT_MAX_BATCH_SIZE = 1000n;

/**
 * What the server checks when it wraps a version's session for batching. A version without signatures has no queue.
 * @throws StatusError, or ProcessDeath for parameters whose queue can't be made
 */
export function checkBatchingQueue(batching: BatchingParameters, hasSignatures: boolean): void {
  const maxBatchSize = batching.maxBatchSize ?? DEFAULT_MAX_BATCH_SIZE;
  const last = batching.allowedBatchSizes.at(-1);
  if (last !== undefined && last !== maxBatchSize) {
    throw invalidArgument(
      `Last entry in allowed_batch_sizes must match max_batch_size; last entry was ${last}; expected ${maxBatchSize}`,
    );
  }
  if (!hasSignatures) return;
  const splitting = batching.enableLargeBatchSplitting === true;
  const execution = batching.maxExecutionBatchSize ?? (splitting ? (batching.maxBatchSize ?? 0n) : undefined);
  if (maxBatchSize === 0n) throw new ProcessDeath("SIGSEGV", "max_batch_size is 0");
  if ((batching.batchTimeoutMicros ?? 0n) < 0n)
    throw new ProcessDeath("SIGSEGV", "batch_timeout_micros is negative");
  if (splitting && batching.maxEnqueuedBatches === 0n) {
    throw new ProcessDeath("SIGSEGV", "max_enqueued_batches is 0 with large batch splitting");
  }
  if (splitting && execution !== undefined && execution > maxBatchSize) {
    throw new ProcessDeath("SIGSEGV", "max_execution_batch_size is larger than max_batch_size");
  }
}

/** Sizes of thread pools in a serialized `tensorflow.ConfigProto`. @throws WireError */
export function decodeSessionThreads(bytes: Uint8Array): {
  readonly intraOp: number;
  /** Of `session_inter_op_thread_pool`. */
  readonly pools: readonly number[];
} {
  const reader = new WireReader(bytes);
  let intraOp = 0;
  const pools: number[] = [];
  while (reader.next()) {
    if (reader.field === 2 && reader.wire === 0) intraOp = reader.int32();
    // An int32 is written as an int64 is.
    else if (reader.field === 12 && reader.wire === 2) pools.push(Number(int64Value(reader.view())));
    else reader.skip();
  }
  return { intraOp, pools };
}
