import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { OfficialMessages } from "./harness/official-messages.ts";
import { readLines } from "./harness/profile-server.ts";
import { type ReloadScenario, replayReload } from "./harness/reload.ts";
import { replaySequence, type Sequence } from "./harness/sequence.ts";

/** Scenarios that can't come out the same here, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "r-deadline": "this client gives up before it sends anything",
  "r-remove": "recorded in the moment before the version is unloaded",
  "p-and-rpc": "recorded in the moment before the version is unloaded",
  "p-label-drop-static": "recorded between two polls",
  "r-label-drop-version": "recorded in the moment before the version is unloaded",
};

async function inParallel<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/**
 * Replays scenarios side by side. Much of this is about time: what came out differently on a busy machine is tried once
 * more alone.
 */
async function replayAll<T extends { readonly id: string }>(
  scenarios: readonly T[],
  lanes: number,
  replay: (scenario: T) => Promise<string[]>,
): Promise<string[]> {
  const again: T[] = [];
  await inParallel(scenarios, lanes, async (scenario) => {
    if ((await replay(scenario)).length > 0) again.push(scenario);
  });
  const different: string[] = [];
  for (const scenario of again) {
    const differences = await replay(scenario);
    if (differences.length > 0) different.push(`${scenario.id}: ${differences.join("; ").slice(0, 500)}`);
  }
  return different;
}

describe.skipIf(!hasShared)("recorded changes under a running model server", () => {
  it("reloads, polled files and versions that come and go", { timeout: 300_000 }, async () => {
    const messages = new OfficialMessages();
    const scenarios = readLines<ReloadScenario>(sharedFixture("server", "reload.jsonl")).filter(
      ({ id }) => !Object.hasOwn(LEFT_OUT, id),
    );
    const different = await replayAll(scenarios, 12, (scenario) => replayReload(scenario, messages));
    console.log(
      `${scenarios.length - different.length} of ${scenarios.length} reload scenarios come out the same`,
    );
    expect(different).toEqual([]);
  });

  it("sequences of requests, reloads and changes on disk", { timeout: 300_000 }, async () => {
    const messages = new OfficialMessages();
    const sequences = readLines<Sequence>(sharedFixture("server", "sequences.jsonl"));
    const different = await replayAll(sequences, 6, (sequence) => replaySequence(sequence, messages));
    console.log(`${sequences.length - different.length} of ${sequences.length} sequences come out the same`);
    expect(different).toEqual([]);
  });
});
