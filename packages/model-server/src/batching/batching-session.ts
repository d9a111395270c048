import type { Tensor } from "@servable/tensors";
import {
  type BatchingParameters,
  DEFAULT_MAX_BATCH_SIZE,
  ProcessDeath,
} from "../lifecycle/bundle-settings.ts";
import { invalidArgument, StatusError } from "../status.ts";
import type { BatchQueue, BatchTask, QueueOptions, SharedBatchScheduler } from "./shared-batch-scheduler.ts";
import { concatRows, padRows, repeatFirstRow, sliceRows } from "./tensor-rows.ts";

/** One session run: feeds and fetches by tensor name, and until when. */
export type SessionRun = (
  feeds: ReadonlyMap<string, Tensor>,
  fetches: readonly string[],
  deadline: number | undefined,
) => Promise<ReadonlyMap<string, Tensor>>;

/** What batching counts. */
export interface BatchingMetrics {
  readonly inputBatchSize: { add(labels: readonly string[], sample: number): void };
  readonly processedBatchSize: { add(labels: readonly string[], sample: number): void };
  readonly paddingSize: { add(labels: readonly string[], sample: number): void };
  readonly queuingLatency: { add(labels: readonly string[], sample: number): void };
  readonly wrappedRunCount: { add(labels: readonly string[]): void };
}

interface Task extends BatchTask {
  /** When it came, in ms of `performance.now()`. */
  readonly enqueuedAt: number;
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly deadline: number | undefined;
  readonly resolve: (outputs: ReadonlyMap<string, Tensor>) => void;
  readonly reject: (error: unknown) => void;
}

/** A size that the server holds unsigned: a negative one comes out enormous. */
function unsigned(value: bigint): number {
  return value < 0n ? Number.MAX_SAFE_INTEGER : Number(value);
}

export function queueOptions(parameters: BatchingParameters): QueueOptions {
  const limit = unsigned(parameters.maxBatchSize ?? DEFAULT_MAX_BATCH_SIZE);
  const splitting = parameters.enableLargeBatchSplitting === true;
  const execution = parameters.maxExecutionBatchSize ?? parameters.maxBatchSize ?? 0n;
  const enqueued = unsigned(parameters.maxEnqueuedBatches ?? 10n);
  return {
    inputBatchSizeLimit: limit,
    maxExecutionBatchSize: splitting ? unsigned(execution) : limit,
    maxEnqueuedBatches: splitting ? enqueued : Math.max(1, enqueued),
    batchTimeoutMicros: Number(parameters.batchTimeoutMicros ?? 0n),
    splitting,
  };
}

/**
 * Gathers the runs of one version into batches (`batching/batching_session.cc`): a queue for each set of inputs and
 * outputs, rows padded up to an allowed size, answers cut apart again.
 */
export class BatchingSession {
  private readonly scheduler: SharedBatchScheduler;
  private readonly options: QueueOptions;
  private readonly allowed: readonly number[];
  private readonly padInputs: boolean;
  private readonly session: SessionRun;
  private readonly metrics: BatchingMetrics | undefined;
  private readonly queues = new Map<string, BatchQueue<Task>>();

  constructor(
    scheduler: SharedBatchScheduler,
    parameters: BatchingParameters,
    session: SessionRun,
    metrics?: BatchingMetrics,
  ) {
    this.metrics = metrics;
    this.scheduler = scheduler;
    this.options = queueOptions(parameters);
    this.allowed = parameters.allowedBatchSizes.map((size) => Number(BigInt.asIntN(32, size)));
    this.padInputs = parameters.padVariableLengthInputs;
    this.session = session;
  }

  /** @throws StatusError in the server's words */
  run(
    feeds: ReadonlyMap<string, Tensor>,
    fetches: readonly string[],
    deadline: number | undefined,
  ): Promise<ReadonlyMap<string, Tensor>> {
    this.metrics?.wrappedRunCount.add([]);
    const size = taskSize(feeds);
    this.metrics?.inputBatchSize.add([], size);
    const enqueuedAt = performance.now();
    return new Promise((resolve, reject) => {
      this.queue(feeds, fetches).schedule({ size, feeds, deadline, enqueuedAt, resolve, reject });
    });
  }

  close(): void {
    for (const queue of this.queues.values()) queue.close();
    this.queues.clear();
  }

  private queue(feeds: ReadonlyMap<string, Tensor>, fetches: readonly string[]): BatchQueue<Task> {
    const outputs = [...new Set(fetches)].sort();
    const key = JSON.stringify([[...feeds.keys()].sort(), outputs]);
    const known = this.queues.get(key);
    if (known !== undefined) return known;
    const queue = this.scheduler.addQueue<Task>(
      this.options,
      (tasks) => this.process(tasks, outputs),
      splitTask,
    );
    this.queues.set(key, queue);
    return queue;
  }

  private async process(tasks: readonly Task[], fetches: readonly string[]): Promise<void> {
    try {
      const now = performance.now();
      const live = tasks.filter(({ deadline }) => deadline === undefined || deadline > now);
      if (live.length === 0) {
        throw new StatusError("RESOURCE_EXHAUSTED", "Run() timeout exceeded while waiting in batching queue");
      }
      // The latest of the live deadlines is that of the whole batch.
      const unlimited = live.some(({ deadline }) => deadline === undefined);
      const deadline = unlimited ? undefined : Math.max(...live.map((task) => task.deadline ?? 0));
      const rows = tasks.reduce((sum, { size }) => sum + size, 0);
      const padded = this.paddedSize(rows);
      for (const { enqueuedAt } of tasks) this.metrics?.queuingLatency.add([""], (now - enqueuedAt) * 1000);
      this.metrics?.processedBatchSize.add([], rows);
      this.metrics?.paddingSize.add([String(padded)], padded - rows);
      const outputs = await this.session(this.merged(tasks, padded - rows), fetches, deadline);
      const split = splitOutputs(outputs, fetches, tasks, padded);
      tasks.forEach((task, index) => {
        task.resolve(split[index] ?? new Map());
      });
    } catch (error) {
      // One bad task fails its whole batch.
      for (const task of tasks) task.reject(error);
    }
  }

  /** The first allowed size that holds the rows; without one they stay as they are. */
  private paddedSize(rows: number): number {
    return this.allowed.find((size) => size >= rows) ?? rows;
  }

  private merged(tasks: readonly Task[], padding: number): Map<string, Tensor> {
    const merged = new Map<string, Tensor>();
    for (const name of tasks[0]?.feeds.keys() ?? []) {
      const parts = tasks.flatMap(({ feeds }) => feeds.get(name) ?? []);
      const rows = this.sameRowShape(name, parts);
      const last = rows[rows.length - 1];
      if (padding > 0 && last !== undefined) {
        if (last.shape[0] === 0)
          throw new ProcessDeath("SIGABRT", "Check failed: limit <= dim0_size (1 vs. 0)");
        rows.push(repeatFirstRow(last, padding));
      }
      merged.set(name, concatRows(rows));
    }
    return merged;
  }

  private sameRowShape(name: string, parts: readonly Tensor[]): Tensor[] {
    const [first] = parts;
    const dims = first?.shape.slice(1) ?? [];
    const differ = parts.some(
      ({ shape }) =>
        shape.length !== dims.length + 1 || dims.some((size, index) => size !== shape[index + 1]),
    );
    if (!differ) return [...parts];
    if (!this.padInputs) {
      throw new StatusError(
        "FAILED_PRECONDITION",
        `Tensors with name '${name}' from different tasks have different shapes and padding is turned off. Set pad_variable_length_inputs to true, or ensure that all tensors with the same name have equal dimensions starting with the first dim.`,
      );
    }
    const ranks = new Set(parts.map(({ shape }) => shape.length));
    if (ranks.size > 1) {
      throw new StatusError(
        "INTERNAL",
        `tensors with name '${name}' from different tasks have different ranks`,
      );
    }
    const widest = dims.map((_, index) => Math.max(...parts.map(({ shape }) => shape[index + 1] ?? 0)));
    return parts.map((part) => padRows(part, widest));
  }
}

function taskSize(feeds: ReadonlyMap<string, Tensor>): number {
  if (feeds.size === 0) throw invalidArgument("Batching Run() must have at least one input tensor");
  let size: number | undefined;
  for (const { shape } of feeds.values()) {
    const [rows] = shape;
    if (rows === undefined)
      throw invalidArgument("Batching Run() input tensors must have at least one dimension");
    if (size !== undefined && size !== rows) {
      throw invalidArgument("Batching Run() input tensors must have equal 0th-dimension size");
    }
    size = rows;
  }
  return size ?? 0;
}

/** Parts of a task whose answers are put together again; if one fails, all of it does. */
function splitTask(task: Task, sizes: readonly number[]): Task[] {
  const answers = new Array<ReadonlyMap<string, Tensor> | undefined>(sizes.length);
  let missing = sizes.length;
  let at = 0;
  return sizes.map((size, index) => {
    const from = at;
    at += size;
    const feeds = new Map(
      [...task.feeds].map(([name, tensor]) => [name, sliceRows(tensor, from, from + size)]),
    );
    return {
      size,
      feeds,
      deadline: task.deadline,
      enqueuedAt: task.enqueuedAt,
      reject: task.reject,
      resolve: (outputs) => {
        answers[index] = outputs;
        if (--missing > 0) return;
        const names = [...outputs.keys()];
        task.resolve(
          new Map(
            names.map((name) => [name, concatRows(answers.flatMap((answer) => answer?.get(name) ?? []))]),
          ),
        );
      },
    };
  });
}

function splitOutputs(
  outputs: ReadonlyMap<string, Tensor>,
  fetches: readonly string[],
  tasks: readonly Task[],
  padded: number,
): Map<string, Tensor>[] {
  const split = tasks.map(() => new Map<string, Tensor>());
  for (const name of fetches) {
    const tensor = outputs.get(name);
    if (tensor === undefined) continue;
    if (tensor.shape.length === 0) {
      throw new StatusError("FAILED_PRECONDITION", "Batched output tensor has 0 dimensions");
    }
    if (tensor.shape[0] !== padded) {
      throw new StatusError(
        "FAILED_PRECONDITION",
        "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors",
      );
    }
    let at = 0;
    tasks.forEach(({ size }, index) => {
      split[index]?.set(name, sliceRows(tensor, at, at + size));
      at += size;
    });
  }
  return split;
}
