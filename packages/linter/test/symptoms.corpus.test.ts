import { readFileSync } from "node:fs";
import { sharedFixture } from "@servable/test-fixtures";
import { expect, it } from "vitest";
import { explain } from "../src/registry.ts";

// The reference lists symptoms in tables; what a user sees stands in backquotes in the second column.
const rows = readFileSync(sharedFixture("..", "reference", "pain.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const cells = line.split(" | ");
    const row = /^\| (\d+)$/.exec(cells[0] ?? "")?.[1];
    return row === undefined ? [] : [{ row: Number(row), symptom: cells[1] ?? "" }];
  });

it("explains every message that the table of symptoms quotes", () => {
  expect(rows).toHaveLength(79);
  const unknown: string[] = [];
  for (const { row, symptom } of rows) {
    for (const [, quoted = ""] of symptom.matchAll(/``?([^`]+)``?/g)) {
      // Paths, names and numbers are no messages.
      if (quoted.replace(/[^a-z]/gi, "").length < 16 || !quoted.includes(" ")) continue;
      const { candidates, symptoms } = explain(quoted);
      if (candidates.length === 0 && symptoms.length === 0) unknown.push(`${row}: ${quoted}`);
    }
  }
  expect(unknown).toEqual([]);
});

it("explains a paste that is only part of a message", () => {
  const found = explain("No versions of servable half found under base path /models/half");
  expect(found.symptoms.map(({ symptom }) => symptom.row)).toContain(1);
  expect(found.candidates.map(({ rule }) => rule.id)).toContain("start/base-path-has-versions");
});

/** Quoted texts of the references that are no messages of a mistake. */
const noMistakes = [
  "Failed to start server. Error:",
  "Running gRPC ModelServer at",
  "Changing file_system_poll_wait_seconds",
  "BatchingSession does not support target nodes",
];

it.each(["server-flags", "model-config-and-lifecycle", "batching"])(
  "explains every message that the reference %s quotes",
  (name) => {
    const text = readFileSync(sharedFixture("..", "reference", `${name}.md`), "utf8");
    const unknown: string[] = [];
    let known = 0;
    for (const [, quoted = ""] of text.matchAll(/`([A-Z][^`\n]+)`/g)) {
      // Sentences only: no code, no path, no field.
      if (quoted.split(/\s+/).length < 5 || /::|\(\)|\.cc:|\.proto/.test(quoted)) continue;
      if (noMistakes.some((start) => quoted.startsWith(start))) continue;
      const { candidates, symptoms } = explain(quoted.replace(/<[a-z_]+>/g, "something"));
      if (candidates.length === 0 && symptoms.length === 0) unknown.push(quoted);
      else known++;
    }
    expect(unknown).toEqual([]);
    expect(known).toBeGreaterThan(10);
  },
);
