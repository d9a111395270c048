import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Diagnostic } from "@servable/diagnostics";
import { afterAll, describe, expect, it } from "vitest";
import { explain } from "../src/registry.ts";
import {
  causesWithoutMessage,
  checkRecorded,
  type RecordedStart,
  recordedMessages,
  recordedStarts,
} from "./recorded-starts.ts";

/** Scenarios whose recorded outcome or cause cannot be told from flags and files, with the reason. Wanted empty. */
const exceptions: Readonly<Record<string, string>> = {};

const scenarios = recordedStarts();
const root = mkdtempSync(join(tmpdir(), "start-"));
afterAll(() => rmSync(root, { recursive: true, force: true }), 120_000);

const checks = new Map(scenarios.map((scenario) => [scenario.id, checkRecorded(scenario, root)]));

const count = (table: Record<string, Record<string, number>>, row: string, column: string): void => {
  table[row] ??= {};
  table[row][column] = (table[row][column] ?? 0) + 1;
};

const cases = scenarios.map((scenario) => [scenario.id, scenario] as const);
const toldOf = (id: string): string =>
  checks
    .get(id)!
    .diagnostics.map((d) => `${d.severity} ${d.rule} ${d.file}: ${d.message}`)
    .join("\n");

describe("outcomes of recorded starts of 2.17.1", () => {
  const table: Record<string, Record<string, number>> = {};
  for (const { id, outcome } of scenarios) count(table, outcome, checks.get(id)!.outcome.prediction);
  afterAll(() => {
    console.log("recorded outcome (rows) and predicted one (columns)");
    console.table(table);
  });
  it.each(cases)("%s", (id, scenario) => {
    if (exceptions[id] !== undefined) return;
    const { outcome, diagnostics } = checks.get(id)!;
    expect(outcome.prediction, toldOf(id)).toBe(scenario.outcome);
    const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
    if (scenario.effect === "ok") expect(errors, toldOf(id)).toEqual([]);
    if (outcome.prediction !== "serves") expect(outcome.because.length, toldOf(id)).toBeGreaterThan(0);
    const reported = new Set(diagnostics.map(({ rule }) => rule));
    for (const rule of outcome.because) expect(reported).toContain(rule);
  });
});

describe("causes of recorded starts of 2.17.1", () => {
  const table: Record<string, Record<string, number>> = {};
  afterAll(() => {
    console.log("effect (rows), and how the cause was recorded: each has its diagnostic");
    console.table(table);
  });
  it("are looked up by hand only where the record holds no message", () => {
    const mute = scenarios
      .filter((scenario) => scenario.effect !== "ok" && recordedMessages(scenario).length === 0)
      .map(({ id }) => id);
    // A fatal start that says nothing, and one whose only answer is a page of the server's own.
    expect(Object.keys(causesWithoutMessage).sort()).toEqual(mute.sort());
  });
  it.each(cases.filter(([, { effect }]) => effect !== "ok"))("%s", (id, scenario) => {
    if (exceptions[id] !== undefined) return;
    const { diagnostics } = checks.get(id)!;
    const byHand = causesWithoutMessage[id];
    if (byHand !== undefined) {
      expect(
        diagnostics.map(({ rule }) => rule),
        scenario.description,
      ).toContain(byHand);
      count(table, scenario.effect, "by description");
      return;
    }
    const reported = new Set(diagnostics.map(({ rule }) => rule));
    const messages = recordedMessages(scenario);
    // The server stops at the first mistake in a text; what it says after that follows from it.
    const first = messages.find((message) => parseError.test(message));
    for (const message of messages) {
      const candidates = explain(message).candidates.map(({ rule }) => rule.id);
      const found = candidates.filter((rule) => reported.has(rule));
      expect(found, `${message}\ncandidates: ${candidates.join(", ")}\n${toldOf(id)}`).not.toEqual([]);
      if (parseError.test(message) && message !== first) continue;
      const here = diagnostics.filter(({ rule }) => found.includes(rule));
      expect(placed(message, here, scenario), `${message}\n${toldOf(id)}`).toBe(true);
    }
    count(table, scenario.effect, "by its messages");
  });
});

const parseError = /Error parsing text-format [\w.]+: (\d+):\d+:/;

/** What users do to a message before they paste it: other paths, numbers and names, and what log drivers add. */
const disguises: readonly (readonly [string, (message: string) => string])[] = [
  ["as it is", (message) => message],
  ["a time stamp", (message) => `2026-03-01 07:08:09.123456: ${message}`],
  ["compose", (message) => `tfs-1  | 2026-03-01 07:08:09.123456: ${message}`],
  ["kubernetes", (message) => `2026-03-01T07:08:09.123456789Z stderr F ${message}`],
  ["quoted", (message) => `'${message}'`],
  ["indented in a log", (message) => `some line before\n    ${message}\nsome line after`],
  [
    "other paths and numbers",
    (message) =>
      message
        .replaceAll("${DIR}", "/srv/my models/prod-3")
        .replaceAll("${PORT}", "9000")
        .replaceAll("${REST}", "9001")
        .replace(/(version:? )\d+/g, "$11700000000")
        .replace(/(?<![\w.])\d{2,}(?![\w.])/g, "4242")
        .replace(/\bname: \w+/g, "name: resnet_v2-large")
        .replace(/\b(model|servable) [a-z]\b/g, "$1 resnet_v2-large"),
  ],
  ["without its source file", (message) => message.replace(/^(?:[EWF] |\[libprotobuf \w+ )\S+:\d+\] /, "")],
  ["in small letters", (message) => message.toLowerCase()],
  [
    "an older server's status",
    (message) =>
      message.replace(
        /\b(INVALID_ARGUMENT|NOT_FOUND): /,
        (code) => `${code[0]}${code.slice(1, -2).toLowerCase().replace("_", " ")}: `,
      ),
  ],
];

describe("explain", () => {
  const pasted = scenarios.flatMap((scenario) =>
    scenario.effect === "ok"
      ? []
      : recordedMessages(scenario).map((message) => ({ id: scenario.id, message })),
  );
  it.each(disguises)("puts the right rule first: %s", (_, disguise) => {
    const wrong: string[] = [];
    for (const { id, message } of pasted) {
      const reported = new Set(checks.get(id)!.diagnostics.map(({ rule }) => rule));
      const { candidates } = explain(disguise(message));
      const likely = candidates.filter(({ asLikely }) => asLikely).map(({ rule }) => rule.id);
      if (!likely.some((rule) => reported.has(rule)))
        wrong.push(`${id}: ${disguise(message)} -> ${candidates.map(({ rule }) => rule.id).join(", ")}`);
    }
    expect(pasted.length).toBeGreaterThan(400);
    expect(wrong).toEqual([]);
  });
  it("keeps apart what the message tells apart", () => {
    const likely = pasted.map(
      ({ message }) => explain(message).candidates.filter(({ asLikely }) => asLikely).length,
    );
    const average = likely.reduce((sum, size) => sum + size, 0) / likely.length;
    console.log(`${pasted.length} messages, ${average.toFixed(2)} equally likely rules each`);
    expect(average).toBeLessThan(4);
  });
});

/** Whether one of the diagnostics stands where the server's message points. */
function placed(message: string, here: readonly Diagnostic[], scenario: RecordedStart): boolean {
  const { texts } = checks.get(scenario.id)!;
  const parse = parseError.exec(message);
  if (parse !== null) {
    return here.some(({ file, span, message: told }) => {
      const text = texts.get(file);
      if (text === undefined || span === undefined) return told.includes(`line ${parse[1]}`);
      return text.slice(0, span.start).split("\n").length === Number(parse[1]);
    });
  }
  const flag = /Couldn't interpret value .* for flag (\w+)\./.exec(message)?.[1];
  if (flag !== undefined) return here.some((d) => d.message.includes(`--${flag}`));
  const argument = /^unknown argument: (.+)/.exec(message)?.[1];
  if (argument !== undefined) {
    const name = argument.split("=")[0]?.trimEnd() ?? "";
    return here.some((d) => d.message.includes(name));
  }
  const file = /(?:Invalid protobuf file: '|NOT_FOUND: |INVALID_ARGUMENT: )\$\{DIR\}\/([\w./]+)/.exec(
    message,
  )?.[1];
  if (file !== undefined && /\.(config|pbtxt)$/.test(file)) {
    return here.some((d) => d.file === file || d.message.includes(file));
  }
  const version = /\{name: \w+ version: (-?\d+)\}/.exec(message)?.[1];
  if (version !== undefined) {
    return here.some(
      (d) =>
        new RegExp(`(^|/)0*${version}(/|$)`).test(d.file) ||
        // What a setting does to a version stands at the setting.
        texts.has(d.file) ||
        d.file === "<flags>",
    );
  }
  return true;
}
