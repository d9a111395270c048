import type { Span } from "@servable/diagnostics";
import { MessageNode } from "@servable/text-proto";
import { bool, type Written, wideList, wrappedBool, wrappedText, wrappedWide } from "./entries.ts";

/** A tensorflow.serving.BatchingParameters as it is written. */
export interface BatchingView {
  readonly span: Span;
  readonly maxBatchSize: Written<bigint> | undefined;
  readonly batchTimeoutMicros: Written<bigint> | undefined;
  readonly maxEnqueuedBatches: Written<bigint> | undefined;
  readonly numBatchThreads: Written<bigint> | undefined;
  readonly threadPoolName: Written<string> | undefined;
  readonly allowedBatchSizes: readonly Written<bigint>[];
  readonly padVariableLengthInputs: Written<boolean> | undefined;
  readonly enableLargeBatchSplitting: Written<boolean> | undefined;
  readonly maxExecutionBatchSize: Written<bigint> | undefined;
  /** Nothing is written at all. */
  readonly empty: boolean;
  /** Fields that are meant but could not be read: nothing is said about their absence. */
  readonly misread: ReadonlySet<string>;
}

/** Fields that could not be read, and wrappers whose value could not. */
function misreadFields(node: MessageNode): ReadonlySet<string> {
  const inner = node.entries.filter(
    (entry) => entry.value instanceof MessageNode && entry.value.misread.size > 0,
  );
  return inner.length === 0
    ? node.misread
    : new Set([...node.misread, ...inner.map((entry) => entry.field.name)]);
}

export function batchingView(node: MessageNode): BatchingView {
  return {
    span: node.span,
    maxBatchSize: wrappedWide(node, "max_batch_size"),
    batchTimeoutMicros: wrappedWide(node, "batch_timeout_micros"),
    maxEnqueuedBatches: wrappedWide(node, "max_enqueued_batches"),
    numBatchThreads: wrappedWide(node, "num_batch_threads"),
    threadPoolName: wrappedText(node, "thread_pool_name"),
    allowedBatchSizes: wideList(node, "allowed_batch_sizes"),
    padVariableLengthInputs: bool(node, "pad_variable_length_inputs"),
    enableLargeBatchSplitting: wrappedBool(node, "enable_large_batch_splitting"),
    maxExecutionBatchSize: wrappedWide(node, "max_execution_batch_size"),
    empty: node.entries.length === 0 && node.misread.size === 0,
    misread: misreadFields(node),
  };
}

/** TensorFlow's QueueOptions::input_batch_size_limit, used where max_batch_size is left out. */
export const defaultMaxBatchSize = 1000n;

/** Largest request in rows, as the scheduler reads the number: unsigned, so a negative one is enormous. */
export function effectiveMaxBatchSize(view: BatchingView): bigint {
  return BigInt.asUintN(64, view.maxBatchSize?.value ?? defaultMaxBatchSize);
}

/** Whether large batches are split. */
export function splits(view: BatchingView): boolean {
  return view.enableLargeBatchSplitting?.value === true;
}

/** Largest batch that is run: with splitting max_execution_batch_size, else (also when 0) max_batch_size as written. */
export function effectiveExecutionSize(view: BatchingView): bigint {
  if (!splits(view)) return effectiveMaxBatchSize(view);
  const size = view.maxExecutionBatchSize?.value ?? view.maxBatchSize?.value ?? 0n;
  return BigInt.asUintN(64, size);
}
