import { applyFixes, LineIndex } from "@servable/diagnostics";
import { schemas } from "@servable/protos/text-schema";
import { checkText, cppVerdict } from "@servable/text-proto";
import { describe, expect, it } from "vitest";
import { goodTexts } from "./good-texts.ts";
import { slips } from "./one-mistake.ts";

/** Slips that give several diagnostics: two things are wrong in most of them. */
const several: Readonly<Record<string, number>> = {
  // A value or a bracket is lost with the rest of its line.
  "line cut": 5,
  // Inside a type URL.
  "} after": 6,
  "[ to {": 1,
  // The first of several literals that belong together.
  "number for text": 1,
  "block for text": 1,
  "list for text": 1,
};

describe("one slip in a good text", () => {
  const check = (text: string, message: string) =>
    checkText(text, { file: "f", message, schemas }).diagnostics;
  let refused = 0;
  const found: Record<string, number> = {};
  const far: string[] = [];
  const residues: string[] = [];
  const unlike: string[] = [];
  for (const [name, message, good] of goodTexts) {
    for (const { what, text, at } of slips(good, schemas)) {
      const diagnostics = check(text, message);
      const [cpp] = cppVerdict(text, message, schemas).errors;
      if (cpp === undefined) continue;
      refused++;
      if (diagnostics.length > 1) found[what] = (found[what] ?? 0) + 1;
      const index = new LineIndex(text);
      const where = `${name}: ${what} in line ${index.position(at).line}`;
      const lines = diagnostics
        .flatMap(({ span, related = [] }) => [span, ...related.map((each) => each.span)])
        .flatMap((span) => (span === undefined ? [] : [index.position(span.start).line]));
      if (!lines.some((line) => Math.abs(line - index.position(at).line) <= 1)) far.push(where);
      if (!lines.includes(cpp.line)) unlike.push(where);
      let fixed = text;
      for (let pass = 0; pass < 5; pass++) fixed = applyFixes(fixed, check(fixed, message)).text;
      if (fixed !== text && check(fixed, message).length > 0) residues.push(where);
    }
  }

  it("gives one diagnostic", () => {
    expect(refused).toBeGreaterThan(4000);
    expect(found).toEqual(several);
  });
  it("is told within a line of where it happened, by the diagnostic or by a place that it names", () => {
    expect(far).toEqual([
      // The comment after the lost bracket moves the place by a line.
      "models: drop } in line 20",
      "models: double } in line 20",
      "models: } to } } in line 20",
      "models: line cut in line 20",
    ]);
  });
  it("is told with the line that the server's log names", () => {
    expect(unlike).toEqual([]);
  });
  it("is mended as a whole or not at all by safe fixes", () => {
    expect(residues).toEqual([]);
  });
});
