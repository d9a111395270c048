import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { memoryFileSystem } from "@servable/model-layout";
import { describe, expect, it } from "vitest";
import { loadGraphModel } from "../src/index.ts";
import { checkGolden, type Golden } from "./fixture-models.ts";

/** Models made by scripts/model-goldens.py, with the answers of TensorFlow's session. */
interface MadeModel {
  readonly files: Readonly<Record<string, string>>;
  readonly goldens: readonly Golden[];
}

const models = JSON.parse(
  gunzipSync(readFileSync(join(import.meta.dirname, "golden", "models.json.gz"))).toString("utf8"),
) as Record<string, MadeModel>;

describe("made models answer as TensorFlow does", () => {
  it.each(Object.entries(models))("%s", async (_, { files, goldens }) => {
    const fs = memoryFileSystem(
      new Map(
        Object.entries(files).map(([path, text]) => [
          `/m/1/${path}`,
          new Uint8Array(Buffer.from(text, "base64")),
        ]),
      ),
    );
    const model = await loadGraphModel("/m/1", { fs });
    for (const golden of goldens) {
      expect(model.unsupported(golden.signature)).toEqual([]);
      await checkGolden(model, golden);
    }
  });
});
