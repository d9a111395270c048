import { type Diagnostic, LineIndex } from "@servable/diagnostics";
import { renderPretty } from "@servable/diagnostics/render";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** As the contract says it: line by LF, column in code points. */
function plainly(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, Math.max(0, Math.min(offset, text.length)));
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: [...before.slice(start)].length + 1 };
}

const units = fc
  .array(fc.constantFrom("a", "é", "\n", "\t", "😀", "\ud83d", "\ude00", "\r\n"), { maxLength: 40 })
  .map((parts) => parts.join(""));

describe("positions", () => {
  it("are the same in whatever order they are asked for", () => {
    fc.assert(
      fc.property(units, fc.array(fc.integer({ min: -2, max: 90 }), { maxLength: 30 }), (text, offsets) => {
        const index = new LineIndex(text);
        for (const offset of offsets) expect(index.position(offset)).toEqual(plainly(text, offset));
      }),
    );
  });
});

describe("very long lines", () => {
  const many = 20_000;
  const line = "wrong: 1 ".repeat(many);
  const diagnostics = Array.from(
    { length: many },
    (_, index): Diagnostic => ({
      rule: "text-proto/unknown-field",
      severity: "error",
      message: "wrong",
      file: "f",
      span: { start: index * 9, end: index * 9 + 5 },
    }),
  );
  it("with a finding at every word are printed in linear time", { timeout: 20_000 }, () => {
    const before = process.cpuUsage().user;
    const text = renderPretty({
      diagnostics,
      sources: new Map([["f", line]]),
      summary: { files: 1, models: 0, versions: 0, errors: many, warnings: 0, durationMs: 1 },
    });
    expect(text).toContain(`f:1:${(many - 1) * 9 + 1}: error`);
    // 0.3 s; a scan of the line for each finding takes minutes.
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(8);
  });
  it("are cut around the place, whole characters only", () => {
    const text = `${"😀".repeat(1000)}wrong${"é".repeat(1000)}`;
    const shown = renderPretty({
      diagnostics: [
        {
          rule: "a/b",
          severity: "error",
          message: "m",
          file: "f",
          span: { start: 2000, end: 2005 },
        },
      ],
      sources: new Map([["f", text]]),
      summary: { files: 1, models: 0, versions: 0, errors: 1, warnings: 0, durationMs: 1 },
    }).split("\n");
    expect(shown[0]).toContain("f:1:1001: ");
    expect(shown[1]).toBe(`  1 | …${"😀".repeat(40)}wrong${"é".repeat(115)}`);
    expect(shown[2]).toBe(`    | ${" ".repeat(41)}^^^^^`);
  });
});
