import { readdirSync } from "node:fs";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { checkModels } from "../src/index.ts";

/** Models that the server refuses, by the rule that says so. */
const REFUSED: Readonly<Record<string, string>> = {
  tfs_bad_half_plus_two: "layout/no-session-bundle",
  tfs_session_bundle_half_plus_two: "layout/no-session-bundle",
};

describe.skipIf(!hasShared)("models that the server loads have no errors", () => {
  const names = hasShared ? readdirSync(sharedFixture("models")) : [];
  it.each(names)("%s", (name) => {
    const result = checkModels(sharedFixture("models", name), {
      level: "bytes",
      as: "base-path",
      preferTflite: name.includes("tflite"),
    });
    const errors = result.diagnostics.filter(({ severity }) => severity === "error");
    const refused = REFUSED[name];
    if (refused === undefined) expect(errors).toEqual([]);
    else expect(errors.map(({ rule }) => rule)).toEqual([refused]);
    expect(result.models).toBe(1);
    expect(result.versions).toBeGreaterThan(0);
  });
});
