import { availableParallelism } from "node:os";
import type { Worker as WorkerThread } from "node:worker_threads";
import { type CleanWork, SharedVersions } from "./shared-versions.ts";

/** A thread takes some 30 ms to start: for fewer versions the others have done the work by then. */
const WORTH_A_THREAD = 2000;
/** Threads beside this one: as many as there are processors for, and these where they only wait for a slow disk. */
const MOST_WAITING = 6;
/** Slower than this per version, in milliseconds, is a disk. From the cache it is a fifth of it. */
const SLOW = 0.2;
/** How many versions tell how fast it goes. */
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
  workers.start(Math.min(availableParallelism(), Math.floor(paths.length / WORTH_A_THREAD)) - 1);
  const started = performance.now();
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
      const each = (performance.now() - started) / told;
      slow = each > SLOW;
      if (slow && (paths.length - told) * each > 200) workers.start(MOST_WAITING);
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
    // A worker needs a file of its own, which there is only when the package was built.
    if (count <= this.#running.length || import.meta.url.endsWith(".ts")) return;
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const workerData = this.#work();
    try {
      while (this.#running.length < count) {
        const worker = new Worker(new URL("./clean-worker.js", import.meta.url), {
          workerData,
          trackUnmanagedFds: false,
        });
        worker.on("error", () => {}); // this thread does it all, then
        worker.unref();
        this.#running.push(worker);
      }
    } catch {
      // threads are not allowed here
    }
  }

  end(): void {
    for (const worker of this.#running) void worker.terminate();
  }
}
