import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { afterAll } from "vitest";

const folders: string[] = [];

/** A folder with these files, gone after the tests; `{ model }` copies a SavedModel of the fixtures. */
export function project(
  files: Readonly<Record<string, string | Uint8Array | { readonly model: string }>>,
): string {
  const root = mkdtempSync(join(tmpdir(), "servable-cli-"));
  folders.push(root);
  for (const [path, contents] of Object.entries(files)) {
    const there = join(root, path);
    mkdirSync(join(there, ".."), { recursive: true });
    if (typeof contents === "string" || contents instanceof Uint8Array) writeFileSync(there, contents);
    else cpSync(fixture("models", contents.model), there, { recursive: true });
  }
  return root;
}

afterAll(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});
