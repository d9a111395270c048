import { describe, expect, it } from "vitest";
import { explain, rules, rulesOfSymptom, symptoms } from "../src/registry.ts";

describe("explain", () => {
  it("knows every rule by its id", () => {
    for (const rule of rules) expect(explain(rule.id).exact?.id).toBe(rule.id);
  });
  it("has nothing to say of a short word that no rule knows", () => {
    for (const word of ["nope", "zzz", "xyzzy"]) {
      expect(explain(word), word).toEqual({ candidates: [], symptoms: [] });
    }
  });

  it("suggests for a misspelt id", () => {
    expect(explain("flags/known-nam").candidates[0]?.rule.id).toBe("flags/known-name");
    expect(explain("allowed-sizes-end-at-mx").candidates.map(({ rule }) => rule.id)).toContain(
      "batching/allowed-sizes-end-at-max",
    );
  });
  it.each([
    ["unknown argument: --ssl-config-file=/x", "flags/underscores"],
    [
      "E tensorflow_serving/util/retrier.cc:39] Loading servable: {name: m version: 123} failed: INVALID_ARGUMENT: Last entry in allowed_batch_sizes must match max_batch_size; last entry was 4; expected 8",
      "batching/allowed-sizes-end-at-max",
    ],
    [
      "2026-01-01 10:00:00.000000: E external/local_xla/xla/tsl/util/command_line_flags.cc:55] Couldn't interpret value abc for flag port.",
      "flags/value-readable",
    ],
    [
      "Failed to start server. Error: FAILED_PRECONDITION: Request to assign label to version 130 of model a, which is not currently available for inference",
      "model-config/labels-need-flag",
    ],
    ["Task size 9 is larger than maximum input batch size 8", "start/warmup-fits-batch"],
    [
      "no-such-thing: Could not find base path /models/x for servable y with error NOT_FOUND",
      "start/base-path-exists",
    ],
    [
      "Failed to start server. Error: INVALID_ARGUMENT: num_batch_threads must be positive; was 0",
      "batching/threads-positive",
    ],
  ])("finds the rule of %s", (text, id) => {
    expect(explain(text).candidates.map(({ rule }) => rule.id)).toContain(id);
  });
  it("finds each rule by its own log texts", () => {
    for (const rule of rules) {
      for (const text of rule.logTexts ?? []) {
        if (text.replace(/[^a-z]/gi, "").length < 8) continue;
        const found = explain(text.replaceAll("…", "something")).candidates.map(
          (candidate) => candidate.rule.id,
        );
        expect(found, `${rule.id}: ${text}`).toContain(rule.id);
      }
    }
  });
  it("finds the line that matters in a long log, soon", () => {
    const routine = Array.from(
      { length: 30_000 },
      (_, index) =>
        `2026-01-01 00:00:${index}.1: I tensorflow_serving/core/loader_harness.cc:76] Loading servable version {name: m version: ${index}}`,
    );
    const cause =
      "E tensorflow_serving/util/retrier.cc:39] Loading servable: {name: m version: 123} failed: INVALID_ARGUMENT: Last entry in allowed_batch_sizes must match max_batch_size; last entry was 4; expected 8";
    const started = performance.now();
    expect(explain([...routine, cause, ...routine].join("\n")).candidates[0]?.rule.id).toBe(
      "batching/allowed-sizes-end-at-max",
    );
    for (const text of ["x ".repeat(1_000_000), "a".repeat(2_000_000), 'details="'.repeat(100_000)])
      explain(text);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
  it("says nothing about what it does not know", () => {
    for (const text of ["", "hello world", "x", "…", "(", "\u0000".repeat(100)]) {
      const { exact, candidates, symptoms: known } = explain(text);
      expect([exact, candidates, known]).toEqual([undefined, [], []]);
    }
  });
});

describe("symptoms", () => {
  it("are the 79 rows, in order", () => {
    expect(symptoms.map(({ row }) => row)).toEqual(Array.from({ length: 79 }, (_, index) => index + 1));
  });
  it("marked S are caught by a rule each", () => {
    const open = symptoms.filter(
      ({ row, catch: by }) => by.includes("S") && rulesOfSymptom(row).length === 0,
    );
    expect(open.map(({ row, title }) => `${row} ${title}`)).toEqual([]);
  });
  it("are named by rules only if they exist", () => {
    for (const rule of rules)
      for (const row of rule.symptoms ?? []) expect(row, rule.id).toBeLessThanOrEqual(79);
  });
});
