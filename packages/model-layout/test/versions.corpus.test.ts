import { readFileSync } from "node:fs";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { parseVersionName } from "../src/index.ts";

describe.skipIf(!hasShared)("version names of the server", () => {
  const { names } = JSON.parse(readFileSync(sharedFixture("version_names.json"), "utf8")) as {
    names: {
      name: string;
      tensorflow_serving_2_17: string | null;
      tensorflow_serving_2026_head: string | null;
    }[];
  };
  it.each(names)("$name", ({ name, tensorflow_serving_2_17: old, tensorflow_serving_2026_head: head }) => {
    expect(parseVersionName(name, "2.17.1")?.toString() ?? null).toBe(old);
    expect(parseVersionName(name, "2.20.0")?.toString() ?? null).toBe(head);
  });
});
