import { fixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { checkGolden, expectedModels, loadGraphModel } from "./fixture-models.ts";

describe.each(expectedModels(fixture("expected")))("$model", ({ model, versions }) => {
  for (const version of versions) {
    const goldens = version.goldens ?? [];
    if (goldens.length === 0) continue;
    it(`answers as TensorFlow does, version ${version.dir}`, async () => {
      const loaded = await loadGraphModel(fixture("models", model, version.dir));
      for (const golden of goldens) {
        expect(loaded.unsupported(golden.signature)).toEqual([]);
        await checkGolden(loaded, golden);
      }
    });
  }
});
