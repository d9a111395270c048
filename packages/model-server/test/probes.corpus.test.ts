import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { OfficialMessages } from "./harness/official-messages.ts";
import { type Profile, readLines } from "./harness/profile-server.ts";
import { type Probe, type ProbeResult, replayProfile } from "./harness/replay.ts";

const BASELINE = join(import.meta.dirname, "probes.baseline.json");

interface Baseline {
  /** Least number of answers equal to the real server's, by profile. May only grow. */
  readonly equal: Readonly<Record<string, number>>;
  /** Successful Predict, metadata and status answers of profile main whose code or shape differs. May only shrink. */
  readonly mainDiffers: readonly string[];
}

/** What issue the main job is about: Predict, metadata and status. */
function isMainRoute(probe: Probe): boolean {
  if (probe.transport === "grpc") {
    return ["Predict", "GetModelMetadata", "GetModelStatus"].includes(probe.request.method);
  }
  return probe.request.method === "GET" || probe.request.path.includes(":predict");
}

function isSuccess(probe: Probe): boolean {
  return probe.transport === "grpc" ? probe.response.code === "OK" : probe.response.status === 200;
}

function table(results: readonly ProbeResult[]): string {
  const rows = new Map<string, { equal: number; shape: number; different: number }>();
  for (const { probe, verdict } of results) {
    for (const key of [`${probe.profile}\t${probe.area}`, `${probe.profile}\t(all)`, "all\t(all)"]) {
      const row = rows.get(key) ?? { equal: 0, shape: 0, different: 0 };
      row[verdict]++;
      rows.set(key, row);
    }
  }
  const lines = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { equal, shape, different }]) => {
      const [profile = "", area = ""] = key.split("\t");
      return `${profile.padEnd(14)}${area.padEnd(20)}${String(equal).padStart(7)}${String(shape).padStart(8)}${String(different).padStart(8)}`;
    });
  const head = `${"profile".padEnd(14)}${"area".padEnd(20)}${"equal".padStart(7)}${"code+".padStart(8)}${"differ".padStart(8)}`;
  return [head, ...lines].join("\n");
}

describe.skipIf(!hasShared)("recorded probes of a real model server", () => {
  const all: ProbeResult[] = [];
  const baseline = JSON.parse(readFileSync(BASELINE, "utf8")) as Baseline;
  const { profiles } = hasShared
    ? (JSON.parse(readFileSync(sharedFixture("server", "profiles.json"), "utf8")) as {
        profiles: Record<string, Profile>;
      })
    : { profiles: {} };
  const probes = hasShared ? readLines<Probe>(sharedFixture("server", "probes.jsonl")) : [];
  const messages = hasShared ? new OfficialMessages() : undefined;

  afterAll(() => {
    console.log(table(all));
    const differences = all
      .filter(({ verdict }) => verdict !== "equal")
      .map(({ probe, verdict, got }) => `${verdict} ${probe.id}: ${got.slice(0, 160).replaceAll("\n", " ")}`);
    console.log(differences.join("\n"));
    if (process.env["SERVABLE_UPDATE_BASELINE"] !== "1") return;
    const equal: Record<string, number> = {};
    for (const { probe, verdict } of all) {
      equal[probe.profile] = (equal[probe.profile] ?? 0) + (verdict === "equal" ? 1 : 0);
    }
    const mainDiffers = all
      .filter(
        ({ probe, verdict }) =>
          probe.profile === "main" && isSuccess(probe) && isMainRoute(probe) && verdict === "different",
      )
      .map(({ probe }) => probe.id)
      .sort();
    writeFileSync(BASELINE, `${JSON.stringify({ equal, mainDiffers }, undefined, 2)}\n`);
  });

  for (const [name, profile] of Object.entries(profiles)) {
    it(`profile ${name}`, { timeout: 180_000 }, async () => {
      if (messages === undefined) return;
      const mine = probes.filter((probe) => probe.profile === name);
      const { results } = await replayProfile(profile, mine, messages, 60_000);
      all.push(...results);
      expect(results).toHaveLength(mine.length);
      const equal = results.filter(({ verdict }) => verdict === "equal").length;
      expect(equal, "answers equal to the real server's").toBeGreaterThanOrEqual(baseline.equal[name] ?? 0);
      if (name !== "main") return;
      const differs = results
        .filter(({ probe, verdict }) => isSuccess(probe) && isMainRoute(probe) && verdict === "different")
        .map(({ probe }) => probe.id)
        .filter((id) => !baseline.mainDiffers.includes(id));
      expect(differs, "successful answers with another code or shape").toEqual([]);
    });
  }
});
