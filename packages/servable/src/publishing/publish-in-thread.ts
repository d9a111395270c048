import type { Context } from "../cli/context.ts";
import { type PublishNews, type PublishOutcome, type PublishWork, publishTelling } from "./publish-work.ts";

/**
 * Publishes in a thread of its own: copying and checking never pause, and a signal is only heard by a thread that does.
 * @returns how it ended; undefined where the signal ended it where it was, with the folder that it filled still there
 */
export async function publishInThread(
  work: PublishWork,
  tell: (news: PublishNews) => void,
  context: Pick<Context, "signal">,
): Promise<PublishOutcome | undefined> {
  // A thread needs a file of its own, which there is only when the package was built.
  if (import.meta.url.endsWith(".ts")) return publishTelling(work, tell);
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const worker = new Worker(new URL("./publish-worker.js", import.meta.url), { workerData: work });
  return new Promise((resolve, reject) => {
    let outcome: PublishOutcome | undefined;
    worker.on("message", (said: PublishNews | PublishOutcome) => {
      if (said.kind === "done" || said.kind === "refused" || said.kind === "failed") outcome = said;
      else tell(said);
    });
    worker.once("error", reject);
    // All that it said before is heard before this.
    worker.once("exit", () => resolve(outcome));
    const end = (): void => void worker.terminate();
    if (context.signal.aborted) end();
    else context.signal.addEventListener("abort", end, { once: true });
  });
}
