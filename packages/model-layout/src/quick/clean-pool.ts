import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Worker as WorkerThread } from "node:worker_threads";
import { isPlainVersionName } from "../discovery/version-name.ts";
import { type CleanKind, type CleanWork, SharedFolders } from "./shared-folders.ts";

/** Versions worth a thread, which takes some 30 ms to start: for fewer the others have done the work by then. */
const WORTH_A_THREAD = 2000;
/** Threads beside this one: as many as there are processors for, and these where they only wait for a slow disk. */
const MOST_WAITING = 6;
/** A version for which the disk was read: 4 KiB of it, in the blocks of getrusage. */
const BLOCKS_OF_A_PAGE = 8;
/** Less than this is left: more threads would not be in time. */
const WORTH_WAITING_MS = 300;
/** How many versions tell whether the disk is read, and how many there may be in all. */
const SAMPLE = 320;
/** For fewer folders the thread that was started ahead is kept for later, unless their versions turn out to be many. */
const FEW_FOLDERS = 64;

export interface CleanFolders {
  /** Clean versions by folder. */
  readonly clean: ReadonlyMap<string, number>;
  /** Base paths with so many versions that these are better judged one by one. */
  readonly large: readonly string[];
}

/**
 * Which of the folders (version directories, or base paths with all their versions) are of the plain kind in which no
 * rule of level `quick` finds anything, with the number of their versions. For many folders further threads help;
 * nothing depends on whether they start, how fast they are, or whether they end.
 *
 * @param onClean called once for each clean folder, in order
 */
export function findCleanFolders(
  kind: CleanKind,
  paths: readonly string[],
  onClean: (path: string, versions: number) => void = () => {},
): CleanFolders {
  const clean = new Map<string, number>();
  const large: string[] = [];
  if (paths.length === 0) return { clean, large };
  const shared = SharedFolders.memoryFor(paths);
  const folders = new SharedFolders(kind, paths, shared);
  const workers = new Workers({ kind, paths: paths.join("\0"), shared });
  const worth = (versions: number): number =>
    Math.min(availableParallelism(), Math.floor(versions / WORTH_A_THREAD)) - 1;
  const atOnce = worth(paths.length);
  workers.start(ahead === undefined || paths.length < FEW_FOLDERS ? atOnce : Math.max(1, atOnce));
  const started = performance.now();
  const readBefore = process.resourceUsage().fsRead;
  let told = 0;
  let versionsTold = 0;
  let sampled = false;
  const tell = (): void => {
    const versions = folders.cleanVersions(told);
    const path = paths[told++]!;
    versionsTold += Math.max(1, versions ?? 0);
    if (versions === undefined) large.push(path);
    else if (versions > 0) {
      clean.set(path, versions);
      onClean(path, versions);
    }
  };
  while (folders.takeSome()) {
    while (told < paths.length && folders.isJudged(told)) tell();
    if (!sampled && versionsTold >= SAMPLE) {
      sampled = true;
      const left = (paths.length - told) / told;
      const isSlow = process.resourceUsage().fsRead - readBefore > versionsTold * BLOCKS_OF_A_PAGE;
      if (isSlow && (performance.now() - started) * left > WORTH_WAITING_MS) workers.start(MOST_WAITING);
      else workers.start(worth(versionsTold * left));
    }
  }
  while (told < paths.length) tell();
  workers.end();
  return { clean, large };
}

class Workers {
  readonly #work: CleanWork;
  readonly #running: WorkerThread[] = [];

  constructor(work: CleanWork) {
    this.#work = work;
  }

  /** Makes them as many. */
  start(count: number): void {
    if (count <= this.#running.length) return;
    if (ahead !== undefined) {
      ahead.postMessage(this.#work);
      this.#running.push(ahead);
      ahead = undefined;
    }
    while (this.#running.length < count) {
      const worker = startWorker(this.#work);
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

/** So many entries of a folder tell what the others may be like. */
const FIRST = 3;

/**
 * Starts a thread ahead of {@link findCleanFolders}, while the folders are still being looked for, if a folder with these
 * entries seems to hold many versions.
 */
export function expectManyVersions(folder: string, entries: readonly string[]): void {
  if (availableParallelism() < 2 || entries.length === 0) return;
  const plain = (names: readonly string[]): number => names.filter(isPlainVersionName).length;
  let versions = plain(entries);
  if (versions === 0) {
    const first = entries.filter((name) => !name.startsWith(".")).slice(0, FIRST);
    for (const name of first) {
      try {
        versions += plain(readdirSync(`${folder}/${name}`));
      } catch {
        // no folder
      }
    }
    versions *= entries.length / Math.max(1, first.length);
  }
  if (versions >= WORTH_A_THREAD) ahead ??= startWorker(null);
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
