import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Diagnostic } from "@servable/diagnostics";
import { parseServerFlags } from "@servable/server-flags";
import { sharedFixture } from "@servable/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { explain } from "../src/registry.ts";
import { checkReload, type ReloadRequest } from "../src/reload.ts";
import { checkStart } from "../src/start.ts";
import { materialise, put, type ScenarioFile, substitute } from "./materialise.ts";

interface State {
  name: string;
  version?: number;
  state?: string;
}

interface Step {
  reload?: string;
  timeout?: number;
  background?: number;
  write?: [string, string];
  put?: [string, ScenarioFile];
  remove?: string;
  move?: [string, string];
  state?: string[];
  log?: string;
  sleep?: number;
  result?: unknown;
}

interface Scenario {
  id: string;
  flags: string[];
  files: Record<string, ScenarioFile>;
  initial: { status: State[] };
  steps: Step[];
}

const scenarios: Scenario[] = readFileSync(sharedFixture("server", "reload.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Scenario);

/** Steps whose recorded result cannot be told from the configs and the disk, with the reason. Wanted empty. */
const exceptions: Readonly<Record<string, string>> = {};

/** A client that gives up after this long (in seconds) has no answer to any reload; the server goes on with it. */
const impatient = 0.01;

/**
 * Reloads that return OK, or are never answered, and do not do what the file says: the rule for what their description
 * and numbered fact tell. Refused ones are held to the status that they got.
 */
const causesWithoutMessage: Readonly<Record<string, string>> = {
  "r-remove-all": "reload/serves-something",
  "p-empty-list": "reload/serves-something",
  "r-empty-name": "model-config/name-usable",
  "r-no-platform-new": "reload/refused-list-kept",
  "r-base-same-version": "reload/base-path-new-versions",
  "r-base-swap": "reload/base-path-new-versions",
  "r-base-missing": "reload/base-path-readable",
  "r-base-empty": "reload/versions-stay",
  "r-policy-specific-empty": "reload/versions-stay",
  "r-policy-partly-missing": "reload/specific-versions-found",
  "r-label-drop-version": "reload/label-survives",
  "p-label-drop-static": "reload/label-survives",
  "r-label-removed": "reload/labels-kept",
  "r-label-latest-dangles": "model-config/label-stays",
  "r-add-empty": "reload/new-model-appears",
  "p-wedge-missing": "reload/new-model-appears",
  "r-timed-out-applied-later": "reload/new-model-appears",
  "r-wedge-fixed-by-path-only": "reload/new-model-appears",
  "r-wedge-broken-version": "reload/new-model-appears",
  "r-fspoll0-add": "reload/new-model-appears",
  "r-fspoll0-policy": "reload/polling-acts",
};

const root = mkdtempSync(join(tmpdir(), "reload-"));
afterAll(() => rmSync(root, { recursive: true, force: true }), 120_000);

/** Model → versions AVAILABLE. */
type Served = Map<string, Set<string>>;

const served = (states: readonly State[], into: Served = new Map()): Served => {
  for (const { name } of states) into.set(name, new Set());
  for (const { name, version, state } of states)
    if (state === "AVAILABLE") into.get(name)?.add(String(version));
  return into;
};

const totals = { accepted: 0, refused: 0, wedges: 0, states: 0 };
const causes = { "by its status": 0, "by the log": 0, "by description": 0 };

function replay(scenario: Scenario): void {
  const at = { dir: join(root, scenario.id), port: 18500, rest: 18501 };
  materialise(scenario.files, at);
  const flags = parseServerFlags(
    scenario.flags.map((flag) => substitute(flag, at)),
    "2.17.1",
  );
  const polls =
    flags.int("model_config_file_poll_wait_seconds") > 0 && flags.string("monitoring_config_file") === "";
  const config = scenario.files["models.config"];
  const single = `model_config_list { config { name: "${flags.string("model_name")}" base_path: "${flags.string("model_base_path")}" model_platform: "tensorflow" } }`;
  // What the server applied last, and what it refused after taking it for the current config.
  let applied = flags.string("model_config_file") === "" ? single : substitute(String(config), at);
  let refused: string | undefined;
  let now = served(scenario.initial.status);
  let known = true;
  let wedged = false;
  let last: ReloadRequest | undefined;
  const reported = new Set<string>();
  for (const [index, step] of scenario.steps.entries()) {
    const where = `${scenario.id} step ${index}`;
    if (step.put !== undefined) put(step.put[0], step.put[1], at);
    if (step.remove !== undefined) rmSync(join(at.dir, step.remove), { recursive: true, force: true });
    if (step.move !== undefined) renameSync(join(at.dir, step.move[0]), join(at.dir, step.move[1]));
    if (step.put ?? step.remove ?? step.move) {
      // From here on the disk changes what is served without a reload; it may also end a wait.
      known = false;
      if (wedged && last !== undefined) wedged = checkReload(last).reload.wedges;
    }
    const written = step.write?.[0] === "models.config" && polls ? step.write[1] : undefined;
    const text = step.reload ?? written;
    if (text !== undefined) {
      const newText = substitute(text, at);
      const request: ReloadRequest = {
        newText,
        newFile: "new.config",
        oldText: applied,
        oldFile: "old.config",
        flags,
        cwd: at.dir,
        ...(refused === undefined ? {} : { refusedText: refused }),
      };
      const { reload, diagnostics } = checkReload(request);
      const told = `${where}\n${diagnostics.map((d) => `${d.severity} ${d.rule}: ${d.message}`).join("\n")}`;
      const result = step.result as { code?: string } | undefined;
      if (wedged) {
        // Behind a reload that waits nothing is answered.
        expect(result?.code ?? "DEADLINE_EXCEEDED", told).toBe("DEADLINE_EXCEEDED");
        continue;
      }
      const waits = step.background !== undefined || result?.code === "DEADLINE_EXCEEDED";
      for (const { rule } of diagnostics) reported.add(rule);
      if (step.reload !== undefined && exceptions[scenario.id] === undefined) {
        const gaveUp = step.timeout !== undefined && step.timeout < impatient;
        expect(reload.wedges, told).toBe(waits && !gaveUp);
        if (gaveUp) expect(result?.code, told).toBe("DEADLINE_EXCEEDED");
        // Whether the server did it all the same is seen in the states that follow.
        else expect(reload.accepted, told).toBe(result?.code === "OK");
        if (!reload.accepted && !reload.wedges) {
          explained(String((result as { message?: string }).message), diagnostics, told);
          causes["by its status"]++;
        }
      }
      if (written !== undefined) {
        const log = scenario.steps
          .slice(index)
          .find((later) => Array.isArray(later.result) && "log" in later);
        const logged = ((log?.result ?? []) as string[]).some((line) =>
          /failed to ReloadConfig|Failed to read/.test(line),
        );
        const until = scenario.steps.slice(index + 1).findIndex((later) => later.write !== undefined);
        const beforeNext =
          log !== undefined && (until < 0 || scenario.steps.indexOf(log) <= index + 1 + until);
        if (beforeNext && logged && !reload.because.includes("reload/label-survives")) {
          const later = diagnostics.some((d) => d.rule === "reload/label-survives");
          expect(reload.accepted && !later, told).toBe(false);
        }
      }
      totals[reload.wedges ? "wedges" : reload.accepted ? "accepted" : "refused"]++;
      if (!reload.accepted)
        expect(
          diagnostics.some((d) => d.severity === "error"),
          told,
        ).toBe(true);
      wedged = reload.wedges;
      last = request;
      // The next poll puts the file's content back.
      if (polls && step.reload !== undefined) known = false;
      const next: Served = new Map([...now].map(([name, versions]) => [name, new Set(versions)]));
      for (const { model, version } of reload.loads) {
        if (!next.has(model)) next.set(model, new Set());
        next.get(model)?.add(String(version));
      }
      for (const { model, version } of reload.unloads) next.get(model)?.delete(String(version));
      now = next;
      const done =
        reload.accepted ||
        reload.wedges ||
        reload.loads.length > 0 ||
        reload.unloads.length > 0 ||
        reload.because.includes("reload/new-model-loads");
      if (done) {
        applied = newText;
        refused = undefined;
      } else if (reload.because.includes("reload/label-available")) refused = newText;
    }
    if (step.log !== undefined) {
      // What happened on disk is seen by a check of the folders as they are now.
      for (const { rule } of checkStart({ flags, cwd: at.dir }).diagnostics) reported.add(rule);
      for (const line of (step.result ?? []) as string[]) {
        if (!/^[EWF] .*(?:ReloadConfig|Failed to read|storage_path_source)/.test(line)) continue;
        // A file that is gone is no config that could be checked.
        if (/No such file or directory$/.test(line)) continue;
        const candidates = explain(line).candidates.map(({ rule }) => rule.id);
        expect(
          candidates.some((rule) => reported.has(rule)),
          `${where}\n${line}\ncandidates: ${candidates.join(", ")}\nreported: ${[...reported].join(", ")}`,
        ).toBe(true);
        causes["by the log"]++;
      }
    }
    if (step.state !== undefined) {
      const seen = served(step.result as State[]);
      const slept = scenario.steps[index - 1]?.sleep !== undefined;
      if (known && slept) {
        for (const name of step.state) {
          totals.states++;
          expect([...(now.get(name) ?? [])].sort(), `${where} versions of ${name}`).toEqual(
            [...(seen.get(name) ?? [])].sort(),
          );
        }
      } else if (slept) {
        for (const [name, versions] of seen) now.set(name, versions);
        known = now.size === seen.size;
      }
    }
  }
  const byHand = causesWithoutMessage[scenario.id];
  if (byHand !== undefined) {
    expect([...reported], scenario.id).toContain(byHand);
    causes["by description"]++;
  }
}

/** The status of a refused reload speaks of a rule that was reported for it. */
function explained(message: string, diagnostics: readonly Diagnostic[], told: string): void {
  const candidates = explain(message).candidates.map(({ rule }) => rule.id);
  const found = diagnostics.filter(({ rule }) => candidates.includes(rule));
  expect(
    found.map(({ rule }) => rule),
    `${told}\n${message}\ncandidates: ${candidates.join(", ")}`,
  ).not.toEqual([]);
}

describe("recorded reloads of 2.17.1", () => {
  it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s", (_, scenario) =>
    replay(scenario),
  );
  afterAll(() => {
    console.log("predicted reloads, and states of models compared");
    console.table(totals);
    console.log("how the causes were recorded: each has its diagnostic");
    console.table(causes);
  });
});
