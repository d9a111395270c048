import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { readLines } from "./harness/profile-server.ts";
import { replayStart, type Start, type StartResult } from "./harness/startup.ts";

const BASELINE = join(import.meta.dirname, "startup.baseline.json");

/** Starts that come out differently on purpose, and why. */
const ON_PURPOSE: Readonly<Record<string, string>> = {
  "x1-port0": "port 0 picks a free port here",
  "ord-x1-x3": "port 0 picks a free port here, so the next check speaks",
  "ord-x1-x2": "port 0 picks a free port here, so the next check speaks",
  "ord-empty-files": "no request was recorded, and so no model; it serves",
  "fv-rest-timeout-0-slow": "takes longer than this test waits",
  "fv-rest-timeout-neg-slow": "takes longer than this test waits",
  "pol-all-slow": "takes longer than this test waits",
  "pol-all-slow-norest": "takes longer than this test waits",
};

describe.skipIf(!hasShared)("recorded starts of a real model server", () => {
  it("come out the same", { timeout: 400_000 }, async () => {
    const starts = readLines<Start>(sharedFixture("server", "startup.jsonl")).filter(
      ({ id }) => !Object.hasOwn(ON_PURPOSE, id),
    );
    const queue = [...starts];
    const again: Start[] = [];
    const replay = (start: Start): Promise<StartResult> =>
      replayStart(start, start.outcome === "hangs" ? 2500 : 20_000);
    const work = async (): Promise<void> => {
      for (let start = queue.shift(); start !== undefined; start = queue.shift()) {
        if ((await replay(start)).differences.length > 0) again.push(start);
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    // Eight at a time is a load that some recorded timings do not bear: once more, each alone.
    const different: StartResult[] = [];
    for (const start of again) {
      const result = await replay(start);
      if (result.differences.length > 0) different.push(result);
    }
    if (again.length > 0) console.log(`replayed alone: ${again.map(({ id }) => id).join(", ")}`);
    const ids = different.map(({ start }) => start.id).sort();
    console.log(`${starts.length - different.length} of ${starts.length} starts come out the same`);
    for (const { start, differences } of different)
      console.log(`${start.id}: ${differences.join("; ").slice(0, 300)}`);
    if (process.env["SERVABLE_UPDATE_BASELINE"] === "1") {
      writeFileSync(BASELINE, `${JSON.stringify({ different: ids }, undefined, 2)}\n`);
    }
    const baseline = JSON.parse(readFileSync(BASELINE, "utf8")) as { different: readonly string[] };
    expect(ids.filter((id) => !baseline.different.includes(id))).toEqual([]);
  });
});
