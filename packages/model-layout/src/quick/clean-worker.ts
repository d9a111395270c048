/** A further thread of findCleanFolders. */
import { parentPort, workerData } from "node:worker_threads";
import { type CleanWork, SharedFolders } from "./shared-folders.ts";

function work({ kind, paths, shared }: CleanWork): void {
  const folders = new SharedFolders(kind, paths.split("\0"), shared);
  while (folders.takeSome()) {
    // until none is left
  }
}

// Started with its work, or ahead of it.
if (workerData !== null) work(workerData as CleanWork);
else parentPort?.once("message", work);
