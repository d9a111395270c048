import { availableParallelism } from "node:os";
import type { Worker as WorkerThread } from "node:worker_threads";
import { type CleanWork, SharedVersions } from "./shared-versions.ts";

/** A thread takes some 30 ms to start: for fewer versions the others have done the work by then. */
const WORTH_A_THREAD = 2000;
/** Threads beside this one: as many as there are processors for, and these where they only wait for a slow disk. */
const MOST_WAITING = 6;
/** A version for which the disk was read: 4 KiB of it, in the blocks of getrusage. */
const BLOCKS_OF_A_PAGE = 8;
/** Less than this is left: more threads would not be in time. */
const WORTH_WAITING_MS = 300;
/** How many versions tell whether the disk is read. */
const SAMPLE = 320;

/**
 * Which of the version directories are of the plain kind in which no rule of level `quick` finds anything. For a large
 * repository further threads help; nothing depends on whether they start, how fast they are, or whether they end.
 *
 * @param onClean called once for each clean version, in order
 */
export function findCleanVersions(
  paths: readonly string[],
  onClean: (path: string) => void = () => {},
): ReadonlySet<string> {
  const shared = SharedVersions.memoryFor(paths);
  const versions = new SharedVersions(paths, shared);
  const workers = new Workers(paths, shared);
  const wanted = Math.min(availableParallelism(), Math.floor(paths.length / WORTH_A_THREAD)) - 1;
  workers.start(ahead === undefined ? wanted : Math.max(1, wanted));
  const started = performance.now();
  const readBefore = process.resourceUsage().fsRead;
  const clean = new Set<string>();
  let told = 0;
  let slow: boolean | undefined;
  const tell = (): void => {
    const path = paths[told]!;
    if (versions.isClean(told)) {
      clean.add(path);
      onClean(path);
    }
    told++;
  };
  while (versions.takeSome()) {
    while (told < paths.length && versions.isJudged(told)) tell();
    if (slow === undefined && told >= SAMPLE) {
      slow = process.resourceUsage().fsRead - readBefore > told * BLOCKS_OF_A_PAGE;
      const left = ((performance.now() - started) / told) * (paths.length - told);
      if (slow && left > WORTH_WAITING_MS) workers.start(MOST_WAITING);
    }
  }
  while (told < paths.length) tell();
  workers.end();
  return clean;
}

class Workers {
  readonly #work: () => CleanWork;
  readonly #running: WorkerThread[] = [];

  constructor(paths: readonly string[], shared: SharedArrayBuffer) {
    this.#work = () => ({ paths: paths.join("\0"), shared });
  }

  /** Makes them as many. */
  start(count: number): void {
    if (count <= this.#running.length) return;
    const work = this.#work();
    if (ahead !== undefined) {
      ahead.postMessage(work);
      this.#running.push(ahead);
      ahead = undefined;
    }
    while (this.#running.length < count) {
      const worker = startWorker(work);
      if (worker === undefined) return;
      this.#running.push(worker);
    }
  }

  end(): void {
    for (const worker of this.#running) void worker.terminate();
  }
}

/** A worker that waits for its work. */
let ahead: WorkerThread | undefined;

/** Starts a thread ahead of {@link findCleanVersions}, while the versions are still being looked for. */
export function expectManyVersions(): void {
  if (availableParallelism() > 1) ahead ??= startWorker(null);
}

function startWorker(workerData: CleanWork | null): WorkerThread | undefined {
  // A worker needs a file of its own, which there is only when the package was built.
  if (import.meta.url.endsWith(".ts")) return undefined;
  try {
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const worker = new Worker(new URL("./clean-worker.js", import.meta.url), {
      workerData,
      trackUnmanagedFds: false,
    });
    worker.on("error", () => {}); // this thread does it all, then
    worker.unref();
    return worker;
  } catch {
    return undefined; // threads are not allowed here
  }
}
