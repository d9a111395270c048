import { schemas } from "@servable/protos/text-schema";
import { describe, expect, it } from "vitest";
import { buildOracle, whyNoOracle } from "./oracle/oracle.ts";
import { runByteFuzz } from "./oracle/run-byte-fuzz.ts";
import { runFuzz } from "./oracle/run-fuzz.ts";

const missing = whyNoOracle();
const skipped = missing === undefined ? "" : ` (skipped: ${missing})`;

describe.skipIf(missing !== undefined)(`the C++ parser${skipped}`, () => {
  it.each(["grammar", "forms"] as const)(
    "agrees on 20,000 texts of the generator %s and mutations: verdict, bytes, every error message",
    {
      timeout: 300_000,
    },
    async (generator) => {
      const found: string[] = [];
      const result = await runFuzz({
        inputs: 20_000,
        seed: 20_260,
        generator,
        schemas,
        ...buildOracle(),
        onDisagreement: (text) => found.push(text),
      });
      expect(found).toEqual([]);
      expect(result.accepted).toBeGreaterThan(2_000);
      expect(result.refused).toBeGreaterThan(2_000);
    },
  );
});

describe("any bytes", () => {
  it("20,000 inputs: nothing throws, no byte is lost, and both of our verdicts are one", {
    timeout: 120_000,
  }, () => {
    expect(runByteFuzz({ inputs: 20_000, seed: 7, schemas }).slowest).toBeLessThan(2_000);
  });
});
