/** A further thread of findCleanVersions. */
import { parentPort, workerData } from "node:worker_threads";
import { type CleanWork, SharedVersions } from "./shared-versions.ts";

function work({ paths, shared }: CleanWork): void {
  const versions = new SharedVersions(paths.split("\0"), shared);
  while (versions.takeSome()) {
    // until none is left
  }
}

// Started with its work, or ahead of it.
if (workerData !== null) work(workerData as CleanWork);
else parentPort?.once("message", work);
