import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedFixture } from "@servable/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { checkStart, type StartCheck } from "../src/index.ts";
import { inMemory, materialise, type ScenarioFile, substitute } from "./materialise.ts";

interface Scenario {
  id: string;
  flags: string[];
  files: Record<string, ScenarioFile>;
  occupied_ports?: string[];
  outcome: string;
  effect: string;
  fact?: string;
}

const scenarios: Scenario[] = readFileSync(sharedFixture("server", "startup.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Scenario);

/** Scenarios whose recorded outcome cannot be told from flags and files, with the reason. Wanted empty. */
const exceptions: Readonly<Record<string, string>> = {};

const root = mkdtempSync(join(tmpdir(), "start-"));
afterAll(() => rmSync(root, { recursive: true, force: true }), 120_000);

function check(scenario: Scenario): StartCheck {
  const at = { dir: join(root, scenario.id), port: 18500, rest: 18501 };
  const fs = inMemory(scenario.files, at);
  if (fs === undefined) materialise(scenario.files, at);
  const argv = scenario.flags.map((flag) => substitute(flag, at));
  const takenPorts = new Set(
    (scenario.occupied_ports ?? []).map((port) => (port === "PORT" ? at.port : at.rest)),
  );
  return checkStart({
    argv,
    tfsVersion: "2.17.1",
    cwd: at.dir,
    takenPorts,
    cpus: 2,
    ...(fs === undefined ? {} : { fs }),
  });
}

const checks = new Map(scenarios.map((scenario) => [scenario.id, check(scenario)]));
const table: Record<string, Record<string, number>> = {};
for (const scenario of scenarios) {
  const row = table[scenario.outcome] ?? {};
  table[scenario.outcome] = row;
  const predicted = checks.get(scenario.id)!.outcome.prediction;
  row[predicted] = (row[predicted] ?? 0) + 1;
}
console.table(table);

describe("recorded starts of 2.17.1", () => {
  it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s", (id, scenario) => {
    const { outcome, diagnostics } = checks.get(id)!;
    const told = diagnostics.map((d) => `${d.severity} ${d.rule} ${d.file}: ${d.message}`).join("\n");
    const reason = exceptions[id];
    if (reason !== undefined) return;
    expect(outcome.prediction, told).toBe(scenario.outcome);
    const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
    if (scenario.effect === "ok") expect(errors, told).toEqual([]);
    else {
      expect(diagnostics.filter((d) => d.rule !== "flags/profiler-off").length, told).toBeGreaterThan(0);
    }
    if (outcome.prediction !== "serves") expect(outcome.because.length, told).toBeGreaterThan(0);
    for (const rule of outcome.because) {
      expect(
        diagnostics.some((diagnostic) => diagnostic.rule === rule),
        rule,
      ).toBe(true);
    }
  });
});
