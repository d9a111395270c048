/** A further thread of findCleanVersions. */
import { workerData } from "node:worker_threads";
import { type CleanWork, SharedVersions } from "./shared-versions.ts";

const { paths, shared } = workerData as CleanWork;
const versions = new SharedVersions(paths.split("\0"), shared);
while (versions.takeSome()) {
  // until none is left
}
