import { loadGraphModel, type UnsupportedOp } from "@servable/graph-runtime";
import { concreteShape, DTYPE_NUMBERS, synthesise, type Tensor } from "@servable/tensors";
import { type BatchingMetrics, BatchingSession, type SessionRun } from "../batching/batching-session.ts";
import type { SharedBatchScheduler } from "../batching/shared-batch-scheduler.ts";
import type { Loaded } from "../lifecycle/aspired-versions-manager.ts";
import type { BatchingParameters } from "../lifecycle/bundle-settings.ts";
import { StatusError, statusOf, unsupportedOps } from "../status.ts";
import type { SignatureDef } from "../wire/signatures.ts";
import { valueDType } from "./dtypes.ts";
import { readSignatureDefs } from "./signature-file.ts";

/** How long a run may take: a time of `performance.now()`, or undefined for no limit. */
export type Deadline = number | undefined;

const TIMED_OUT = "Timed out waiting for notification";

/** Outputs by tensor name, and whether they were made up from the signature. */
export interface RunResult {
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly synthetic: boolean;
}

/** A version whose loading itself needs ops that the graph runtime lacks. */
class RefusingGraph implements Runnable {
  private readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }

  async runTensors(): Promise<Map<string, Tensor>> {
    throw this.reason;
  }

  get missingOps(): readonly string[] {
    return unsupportedOps(this.reason);
  }

  unsupported(): UnsupportedOp[] {
    return unsupportedOps(this.reason).map((op) => ({ op, node: "", reason: "its loading needs it" }));
  }

  close(): void {}
}

/** What is used of a graph; runs may end at a deadline. */
interface Runnable {
  runTensors(
    feeds: ReadonlyMap<string, Tensor>,
    fetches: readonly string[],
    options?: { readonly deadline?: number },
  ): Promise<Map<string, Tensor>>;
  readonly missingOps: readonly string[];
  unsupported(signature: string): UnsupportedOp[];
  close(): void;
}

/** A loaded version: its signatures and its graph. */
export class ServableModel implements Loaded {
  readonly signatures: ReadonlyMap<string, SignatureDef>;
  private readonly graph: Runnable;
  private readonly syntheticAnswers: boolean;
  private batching: BatchingSession | undefined;
  private readonly session: { run: SessionRun };

  constructor(signatures: ReadonlyMap<string, SignatureDef>, graph: Runnable, syntheticAnswers: boolean) {
    this.signatures = signatures;
    this.graph = graph;
    this.syntheticAnswers = syntheticAnswers;
    this.session = {
      run: (feeds, fetches, deadline) => {
        const running = graph.runTensors(feeds, fetches, deadline === undefined ? {} : { deadline });
        return withinDeadline(running, deadline);
      },
    };
  }

  /**
   * Loads a version directory. Signatures that the graph runtime can't run do not fail the load.
   * @throws StatusError with the loader's code and text
   */
  static async load(
    path: string,
    tags: readonly string[],
    options: { readonly syntheticAnswers: boolean; readonly xla: boolean; readonly signal?: AbortSignal },
  ): Promise<ServableModel> {
    try {
      const graph = await loadGraphModel(path, {
        tags,
        xla: options.xla,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      return new ServableModel(readSignatureDefs(path, tags), graph, options.syntheticAnswers);
    } catch (error) {
      // TensorFlow would load it: what is missing is ours. The version is there, and each run names the ops.
      if (unsupportedOps(error).length > 0) {
        const refusing = new RefusingGraph(error);
        return new ServableModel(readSignatureDefs(path, tags), refusing, options.syntheticAnswers);
      }
      throw statusOf(error);
    }
  }

  /**
   * One session run: feeds and fetches by tensor name.
   * @throws StatusError; DEADLINE_EXCEEDED at the deadline
   */
  async run(
    feeds: ReadonlyMap<string, Tensor>,
    fetches: readonly string[],
    deadline: Deadline,
    signature: SignatureDef,
  ): Promise<RunResult> {
    try {
      const outputs = await (this.batching ?? this.session).run(feeds, fetches, deadline);
      return { outputs, synthetic: false };
    } catch (error) {
      if (this.syntheticAnswers && unsupportedOps(error).length > 0) {
        return { outputs: syntheticOutputs(signature, feeds, fetches), synthetic: true };
      }
      const status = statusOf(error);
      // A session names no node here.
      if (status.code === "DEADLINE_EXCEEDED" && status.message.startsWith(TIMED_OUT)) {
        throw new StatusError("DEADLINE_EXCEEDED", TIMED_OUT);
      }
      throw status;
    }
  }

  /** What of this version can't be run here, a line for each signature: said when it is loaded, not only when it is called. */
  refusals(): string[] {
    if (this.graph.missingOps.length === 0) return [];
    const lines: string[] = [];
    for (const name of this.signatures.keys()) {
      if (name.startsWith("__saved_model_")) continue;
      let ops: UnsupportedOp[];
      try {
        ops = this.graph.unsupported(name);
      } catch {
        continue; // a signature that names what is not in the graph fails when it is called, as the server's does
      }
      if (ops.length === 0) continue;
      const list = ops.map(({ op, node }) => (node === "" ? op : `${op} (node '${node}')`)).join(", ");
      const answer = this.syntheticAnswers
        ? "requests to it get answers made from its shapes, marked as such"
        : "requests to it are refused with UNIMPLEMENTED; a real server runs them";
      lines.push(`Signature ${name} needs ops that the embedded runtime does not run: ${list}; ${answer}`);
    }
    return lines;
  }

  /** From now on runs are gathered into batches. */
  batchWith(scheduler: SharedBatchScheduler, parameters: BatchingParameters, metrics: BatchingMetrics): void {
    this.batching = new BatchingSession(scheduler, parameters, (...run) => this.session.run(...run), metrics);
  }

  close(): void {
    this.batching?.close();
    this.graph.close();
  }
}

async function withinDeadline<T>(running: Promise<T>, deadline: Deadline): Promise<T> {
  if (deadline === undefined) return running;
  const expired = (): StatusError => new StatusError("DEADLINE_EXCEEDED", TIMED_OUT);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const left = Math.min(Math.max(0, deadline - performance.now()), 2 ** 31 - 1);
    timer = setTimeout(() => reject(expired()), left);
  });
  running.catch(() => {});
  try {
    const result = await Promise.race([running, timeout]);
    if (performance.now() > deadline) throw expired();
    return result;
  } finally {
    clearTimeout(timer);
  }
}

/** Values made from dtypes and shapes alone; the batch is that of the first input that has one. */
function syntheticOutputs(
  signature: SignatureDef,
  feeds: ReadonlyMap<string, Tensor>,
  fetches: readonly string[],
): Map<string, Tensor> {
  let batch = 1;
  for (const tensor of feeds.values()) {
    const [size] = tensor.shape;
    if (size !== undefined) {
      batch = size;
      break;
    }
  }
  const infos = new Map([...signature.outputs.values()].map((info) => [info.name, info]));
  return new Map(
    fetches.map((name) => {
      const info = infos.get(name);
      const dtype = valueDType(info?.dtype ?? DTYPE_NUMBERS.DT_FLOAT) ?? "DT_FLOAT";
      const shape = concreteShape(info?.shape ?? null, { batch, unknown: 1 });
      return [name, synthesise(dtype, shape)];
    }),
  );
}
