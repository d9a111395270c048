import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fixture } from "@servable/test-fixtures";

/** Contents of every file below a folder, by path from there. */
export function filesOf(folder: string): Map<string, Uint8Array> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), new Uint8Array(readFileSync(path))]),
  );
}

/** Those of a version of a fixture, such as `tf1_classify_regress/7`. */
export const versionFiles = (version: string): Map<string, Uint8Array> => filesOf(fixture("models", version));
