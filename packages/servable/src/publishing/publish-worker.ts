/** The thread of `servable publish`. */
import { parentPort, workerData } from "node:worker_threads";
import { type PublishWork, publishTelling } from "./publish-work.ts";

const outcome = publishTelling(workerData as PublishWork, (news) => parentPort?.postMessage(news));
parentPort?.postMessage(outcome);
