import { describe, expect, it } from "vitest";
import { cost, extremes } from "./extremes.ts";
import { runFuzz } from "./run-fuzz.ts";

describe("the linter as a whole", () => {
  it("throws at none of 2,500 mutated inputs: text protos, specs, scripts, manifests, flags, logs, editors", {
    timeout: 300_000,
  }, () => {
    const { counts, slowest } = runFuzz(20_261_122, 2_500);
    expect(Object.keys(counts).sort()).toEqual([
      "explain",
      "lsp",
      "manifest",
      "spec",
      "start",
      "start with file",
      "text",
    ]);
    expect(slowest).toBeLessThan(3_000);
  });

  it("reads long and deep inputs in a time that their length explains", { timeout: 600_000 }, () => {
    const slow = extremes.flatMap((one) => {
      const milliseconds = cost(one, 20_000);
      return milliseconds < 2_000 ? [] : [`${one.target} ${one.file} ${one.name}: ${milliseconds} ms`];
    });
    expect(slow).toEqual([]);
  });
});
