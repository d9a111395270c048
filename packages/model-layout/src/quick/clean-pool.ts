import { availableParallelism } from "node:os";
import type { Worker as WorkerThread } from "node:worker_threads";
import { type CleanWork, SharedVersions } from "./shared-versions.ts";

/** Fewer versions than this for each further thread are done before it has started. */
const VERSIONS_PER_THREAD = 2000;
const MAX_THREADS = 4;
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
  const workers = startWorkers(paths, shared);
  const clean = new Set<string>();
  let told = 0;
  const tell = (): void => {
    const path = paths[told]!;
    if (versions.isClean(told)) {
      clean.add(path);
      onClean(path);
    }
    told++;
  };
  while (versions.takeSome()) while (told < paths.length && versions.isJudged(told)) tell();
  while (told < paths.length) tell();
  for (const worker of workers) void worker.terminate();
  return clean;
}

function startWorkers(paths: readonly string[], shared: SharedArrayBuffer): WorkerThread[] {
  const wanted = Math.min(
    MAX_THREADS,
    availableParallelism(),
    Math.floor(paths.length / VERSIONS_PER_THREAD),
  );
  // A worker needs a file of its own, which there is only when the package was built.
  if (wanted < 2 || import.meta.url.endsWith(".ts")) return [];
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const work: CleanWork = { paths: paths.join("\0"), shared };
  const workers: WorkerThread[] = [];
  for (let count = 1; count < wanted; count++) {
    const worker = new Worker(new URL("./clean-worker.js", import.meta.url), {
      workerData: work,
      trackUnmanagedFds: false,
    });
    worker.on("error", () => {}); // this thread does it all, then
    worker.unref();
    workers.push(worker);
  }
  return workers;
}
