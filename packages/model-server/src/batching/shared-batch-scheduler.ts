import { invalidArgument, StatusError } from "../status.ts";

/** A piece of work with a size in rows. */
export interface BatchTask {
  readonly size: number;
}

export interface QueueOptions {
  /** Most rows of one task. */
  readonly inputBatchSizeLimit: number;
  /** Most rows of one batch. */
  readonly maxExecutionBatchSize: number;
  readonly maxEnqueuedBatches: number;
  readonly batchTimeoutMicros: number;
  /** Cuts tasks into batches; without it a task goes into one batch whole. */
  readonly splitting: boolean;
}

interface Batch<T> {
  readonly tasks: T[];
  size: number;
  /** When its first task came, in ms of `performance.now()`. */
  openedAt: number;
}

const emptyBatch = <T>(): Batch<T> => ({ tasks: [], size: 0, openedAt: 0 });

const FULL = "The batch scheduling queue to which this task was submitted is full;";

/** Tasks of one kind, gathered into batches in the order in which they come. */
export class BatchQueue<T extends BatchTask> {
  private readonly scheduler: SharedBatchScheduler;
  private readonly options: QueueOptions;
  private readonly process: (tasks: readonly T[]) => Promise<void>;
  private readonly split: (task: T, sizes: readonly number[]) => T[];
  /** The last one is open; the others are closed and wait. */
  private readonly batches: Batch<T>[] = [emptyBatch()];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    scheduler: SharedBatchScheduler,
    options: QueueOptions,
    process: (tasks: readonly T[]) => Promise<void>,
    split: (task: T, sizes: readonly number[]) => T[],
  ) {
    this.scheduler = scheduler;
    this.options = options;
    this.process = process;
    this.split = split;
  }

  private get open(): Batch<T> {
    const last = this.batches[this.batches.length - 1];
    if (last === undefined) throw new Error("a queue without an open batch");
    return last;
  }

  /** @throws StatusError if the task is too large or the queue is full, in the scheduler's words */
  schedule(task: T): void {
    const { inputBatchSizeLimit, maxExecutionBatchSize, maxEnqueuedBatches, splitting } = this.options;
    const { size } = task;
    if (size > inputBatchSizeLimit) {
      throw invalidArgument(
        `Task size ${size} is larger than maximum input batch size ${inputBatchSizeLimit}`,
      );
    }
    const enqueued = this.batches.length;
    const open = this.open.size;
    if (splitting) {
      const capacity =
        (maxEnqueuedBatches - enqueued) * maxExecutionBatchSize + (maxExecutionBatchSize - open);
      if (size > capacity) {
        throw new StatusError(
          "UNAVAILABLE",
          `${FULL} task size is ${size} but scheduling capacity is only ${capacity} (num_enqueued_batches=${enqueued}, max_enqueued_batches=${maxEnqueuedBatches}, open_batch_size=${open}, max_execution_batch_size=${maxExecutionBatchSize})`,
        );
      }
    } else if (open + size > inputBatchSizeLimit && enqueued >= maxEnqueuedBatches) {
      throw new StatusError(
        "UNAVAILABLE",
        `${FULL} currently ${enqueued} batches enqueued and max_enqueued_batches is ${maxEnqueuedBatches}`,
      );
    }
    for (const part of this.parts(task)) this.append(part);
    this.awaitTimeout();
    this.scheduler.wake();
  }

  private parts(task: T): readonly T[] {
    const { maxExecutionBatchSize, splitting } = this.options;
    const free = maxExecutionBatchSize - this.open.size;
    if (!splitting || task.size <= free) return [task];
    const sizes: number[] = [];
    let left = task.size;
    if (free > 0) {
      sizes.push(free);
      left -= free;
    }
    for (; left > 0; left -= maxExecutionBatchSize) sizes.push(Math.min(left, maxExecutionBatchSize));
    return this.split(task, sizes);
  }

  private append(part: T): void {
    if (this.open.tasks.length > 0 && this.open.size + part.size > this.options.maxExecutionBatchSize) {
      this.batches.push(emptyBatch());
    }
    const { open } = this;
    if (open.tasks.length === 0) open.openedAt = performance.now();
    open.tasks.push(part);
    open.size += part.size;
  }

  private isReady(batch: Batch<T>): boolean {
    if (batch.tasks.length === 0) return false;
    if (batch.size >= this.options.maxExecutionBatchSize) return true;
    return performance.now() >= batch.openedAt + this.options.batchTimeoutMicros / 1000;
  }

  private awaitTimeout(): void {
    clearTimeout(this.timer);
    const { open } = this;
    if (open.tasks.length === 0) return;
    const left = open.openedAt + this.options.batchTimeoutMicros / 1000 - performance.now();
    if (left <= 0) return;
    // A timer may be early by part of a millisecond.
    this.timer = setTimeout(() => this.scheduler.wake(), Math.min(Math.ceil(left), 2 ** 31 - 1));
  }

  /** A batch to run now, if there is one. */
  take(): (() => Promise<void>) | undefined {
    if (this.batches.length === 1 && this.isReady(this.open)) this.batches.push(emptyBatch());
    if (this.batches.length < 2) {
      this.awaitTimeout();
      return undefined;
    }
    const batch = this.batches.shift();
    if (batch === undefined) return undefined;
    this.awaitTimeout();
    return () => this.process(batch.tasks);
  }

  /** No more tasks come; what waits is forgotten. */
  close(): void {
    clearTimeout(this.timer);
    this.scheduler.remove(this);
  }
}

/**
 * Runs the batches of all queues of a server on a number of threads, the queues in turn
 * (`core/kernels/batching_util/shared_batch_scheduler.h`). A thread here is a run under way.
 */
export class SharedBatchScheduler {
  private readonly threads: number;
  private readonly queues: { take(): (() => Promise<void>) | undefined }[] = [];
  private next = 0;
  private running = 0;
  private woken = false;

  constructor(threads: number) {
    this.threads = threads;
  }

  addQueue<T extends BatchTask>(
    options: QueueOptions,
    process: (tasks: readonly T[]) => Promise<void>,
    split: (task: T, sizes: readonly number[]) => T[],
  ): BatchQueue<T> {
    const queue = new BatchQueue<T>(this, options, process, split);
    this.queues.push(queue);
    return queue;
  }

  remove(queue: object): void {
    const index = this.queues.indexOf(queue as (typeof this.queues)[number]);
    if (index !== -1) this.queues.splice(index, 1);
  }

  /** Looks for work soon: requests that came together are enqueued first. */
  wake(): void {
    if (this.woken) return;
    this.woken = true;
    setImmediate(() => {
      this.woken = false;
      this.work();
    });
  }

  private work(): void {
    while (this.running < this.threads) {
      const run = this.nextBatch();
      if (run === undefined) return;
      this.running++;
      void run().finally(() => {
        this.running--;
        this.wake();
      });
    }
  }

  private nextBatch(): (() => Promise<void>) | undefined {
    for (let tries = 0; tries < this.queues.length; tries++) {
      this.next %= this.queues.length;
      const queue = this.queues[this.next++];
      const run = queue?.take();
      if (run !== undefined) return run;
    }
    return undefined;
  }
}
