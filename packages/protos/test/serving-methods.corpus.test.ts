import { readFileSync } from "node:fs";
import { SERVING_METHODS } from "@servable/protos/serving-methods";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";

interface Official {
  readonly services: Record<string, { methods: { name: string; path?: string }[] }>;
}

describe.skipIf(!hasShared)("the methods of a model server", () => {
  it("have the official paths", () => {
    const official = JSON.parse(readFileSync(sharedFixture("descriptors/summary.json"), "utf8")) as Official;
    const paths = new Set(
      Object.entries(official.services).flatMap(([service, { methods }]) =>
        methods.map((method) => method.path ?? `/${service}/${method.name}`),
      ),
    );
    for (const path of Object.values(SERVING_METHODS)) expect(paths).toContain(path);
  });
});
