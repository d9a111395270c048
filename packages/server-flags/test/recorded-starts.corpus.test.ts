import { readFileSync } from "node:fs";
import { sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { parseServerFlags } from "../src/index.ts";

interface Scenario {
  id: string;
  flags: string[];
  exit_code: number | null;
  stdout_key_lines: string[];
  stderr_key_lines: string[];
}

const scenarios: Scenario[] = readFileSync(sharedFixture("server", "startup.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Scenario);

const numbers: Record<string, string> = { PORT: "8500", REST: "8501", REST65536: "74037" };

describe("recorded starts of 2.17.1", () => {
  it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s", (_, scenario) => {
    const argv = scenario.flags.map((flag) =>
      flag.replace(/\$\{(\w+)\}/g, (whole, name: string) => numbers[name] ?? whole),
    );
    const parsed = parseServerFlags(argv, "2.17.1", { cpus: 2 });
    const interpreted = scenario.stderr_key_lines.flatMap(
      (line) => /Couldn't interpret value .*/.exec(line) ?? [],
    );
    expect(parsed.bad.map(({ log }) => log)).toEqual(interpreted);
    const named = scenario.stdout_key_lines.flatMap(
      (line) => /^unknown argument: (.*)/.exec(line)?.slice(1) ?? [],
    );
    if (parsed.action === "start") expect(parsed.unknown.slice(0, 1).map(({ text }) => text)).toEqual(named);
    else expect(named).toEqual([]);
    const usage =
      scenario.stdout_key_lines[0] === "usage: tensorflow_model_server" && scenario.exit_code === 255;
    expect(parsed.action === "usage").toBe(usage);
    expect(parsed.action === "version").toBe(scenario.exit_code === 0);
  });
});
