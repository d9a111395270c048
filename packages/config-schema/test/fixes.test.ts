import { checkSpecText, specRules } from "@servable/config-schema";
import type { Diagnostic } from "@servable/diagnostics";
import { describe, expect, it } from "vitest";

function apply(text: string, diagnostic: Diagnostic): string {
  const edits = [...(diagnostic.fix?.edits ?? [])].sort((a, b) => b.start - a.start);
  return edits.reduce((all, { start, end, newText }) => all.slice(0, start) + newText + all.slice(end), text);
}

const M = "models: [{ name: m, path: ./m }]\n";

describe("fixes of a spec", () => {
  it.each([
    ["models:\n  - nam: m\n    path: ./m\n", "models:\n  - name: m\n    path: ./m\n"],
    ['{"models": [{"name": "m", "pth": "./m"}]}', '{"models": [{"name": "m", "path": "./m"}]}'],
    ["models: [{ name: 2024, path: ./m }]\n", 'models: [{ name: "2024", path: ./m }]\n'],
    [
      "models: [{ name: m, path: ./m, versionPolicy: lates }]\n",
      "models: [{ name: m, path: ./m, versionPolicy: latest }]\n",
    ],
    [
      `${M}batching: { allowedBatchSizes: [16, 4, 4, 32] }\n`,
      `${M}batching: { allowedBatchSizes: [4, 16, 32] }\n`,
    ],
    [
      `${M}batching:\n  allowedBatchSizes:\n    - 4\n    - 2\n    - 8\ncompose: true\n`,
      `${M}batching:\n  allowedBatchSizes:\n    [2, 4, 8]\ncompose: true\n`,
    ],
  ])("mend %j", (text, mended) => {
    const found = checkSpecText(text, { file: "s" });
    const diagnostic = found.find((each) => each.fix !== undefined);
    expect(diagnostic && apply(text, diagnostic)).toBe(mended);
    expect(checkSpecText(mended, { file: "s" })).toEqual([]);
  });

  it.each([
    // Another mistake would be left, or made.
    `${M}server: { version: 2.20 }\n`,
    "models: [{ name: m, path: ./m, pth: ./n }]\n",
    "models: [{ name: m, pth: ./m, pathh: ./n }]\n",
    "models: [{ name: m, pth: [] }]\n",
  ])("are not offered for %j", (text) => {
    expect(checkSpecText(text, { file: "s" }).filter((each) => each.fix !== undefined)).toEqual([]);
  });

  it("remove their finding and add none, in every example", () => {
    for (const rule of specRules) {
      for (const [file, text] of (rule.examples?.bad ?? []).flatMap((example) =>
        Object.entries(example.files),
      )) {
        const found = checkSpecText(text, { file });
        for (const diagnostic of found) {
          if (diagnostic.fix === undefined) continue;
          expect(rule.fixable, rule.id).toBe(true);
          expect(checkSpecText(apply(text, diagnostic), { file }).length, rule.id).toBe(found.length - 1);
        }
      }
    }
  });
});
