import { readFileSync } from "node:fs";
import { LineIndex } from "@servable/diagnostics";
import { schemas } from "@servable/protos/text-schema";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import {
  canonicalText,
  checkText,
  cppVerdict,
  encode,
  parse,
  printDocument,
  textOfBytes,
} from "@servable/text-proto";
import { describe, expect, it } from "vitest";

interface Case {
  id: string;
  message: string;
  feature: string;
  text_b64: string;
  cpp: {
    accept: boolean;
    messages?: { line: number; column: number; message: string }[];
    binary_hex?: string;
    canonical_text?: string | null;
  };
}

const cases: Case[] = hasShared
  ? readFileSync(sharedFixture("textproto", "cases.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Case)
  : [];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe.skipIf(!hasShared)("the text proto corpus", () => {
  const textOf = (one: Case): string => textOfBytes(Buffer.from(one.text_b64, "base64"));

  it("has cases", () => {
    expect(cases.length).toBeGreaterThan(400);
  });

  it.each(cases)("$id $feature", (one) => {
    const text = textOf(one);
    expect(printDocument(parse(text))).toBe(text);
    const { diagnostics, message } = checkText(text, { file: "f", message: one.message, schemas });
    const found = diagnostics.map((diagnostic) => diagnostic.message);
    if (one.cpp.accept) {
      expect(found).toEqual([]);
      expect(hex(encode(message))).toBe(one.cpp.binary_hex);
      if (typeof one.cpp.canonical_text === "string")
        expect(canonicalText(message)).toBe(one.cpp.canonical_text);
    } else expect(found).not.toEqual([]);
    const verdict = cppVerdict(text, one.message, schemas);
    const said = [
      ...verdict.errors,
      ...verdict.warnings.map((warning) => ({ ...warning, message: `warning: ${warning.message}` })),
    ];
    expect(verdict.accept).toBe(one.cpp.accept);
    expect(said).toEqual(one.cpp.messages ?? []);
  });

  it("has a diagnostic on the line where the C++ parser reports, or says why not", () => {
    const other: string[] = [];
    for (const one of cases) {
      const first = one.cpp.messages?.[0];
      if (one.cpp.accept || first === undefined) continue;
      const text = textOf(one);
      const index = new LineIndex(text);
      const { diagnostics } = checkText(text, { file: "f", message: one.message, schemas });
      const lines = diagnostics.map(({ span }) => index.position(span?.start ?? 0).line);
      if (!lines.includes(first.line))
        other.push(`${one.id} ${one.feature}: ${lines.join()} not ${first.line}`);
    }
    expect(other).toEqual([]);
  });
});
