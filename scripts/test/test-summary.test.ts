import { describe, expect, it } from "vitest";
import { countingSkips, describeSkips, summaryLine, totals } from "../test-summary.mjs";

const part = {
  projects: { a: { passed: 3, failed: 1, skipped: 3 }, b: { passed: 2, failed: 0, skipped: 0 } },
  skips: [
    { project: "a", file: "a.test.ts", name: "x", reason: "protoc is not installed" },
    { project: "a", file: "a.test.ts", name: "y", reason: null },
    { project: "a", file: "a.test.ts", name: "z", reason: "root may read everything" },
  ],
  failures: [{ project: "a", file: "a.test.ts", name: "w" }],
  files: [],
  extraFailed: 0,
};

describe("test summary", () => {
  it("keeps skips as skips on a developer's machine", () => {
    expect(summaryLine(totals(countingSkips(part, { ci: false })))).toBe("5 passed, 1 failed, 3 skipped");
  });

  it("counts missing tools and unexplained skips as failures in CI, and only these", () => {
    const counted = countingSkips(part, { ci: true });
    expect(summaryLine(totals(counted))).toBe("5 passed, 3 failed, 1 skipped");
    expect(counted.failures.map((failure: { name: string }) => failure.name)).toEqual([
      "w",
      "x (skipped in CI: protoc is not installed)",
      "y (skipped in CI: no reason given)",
    ]);
  });

  it("counts a run that broke outside any test", () => {
    expect(totals({ ...part, extraFailed: 1 }).failed).toBe(2);
  });

  it("groups skips by reason and file", () => {
    expect(describeSkips([part.skips[0], part.skips[0], part.skips[1]])).toEqual([
      "skipped 1: no reason given (a.test.ts)",
      "skipped 2: protoc is not installed (a.test.ts)",
    ]);
  });
});
