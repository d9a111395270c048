import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "../../src/cli/make-folder.ts";

it("a folder is made with those above it, or the system's reason is given, at once", () => {
  const root = mkdtempSync(join(tmpdir(), "make-folder-"));
  makeFolder(join(root, "a", "b", "c"));
  makeFolder(join(root, "a", "b", "c"));
  makeFolder(`${root}/d//e/`);
  expect(existsSync(join(root, "a/b/c")) && existsSync(join(root, "d/e"))).toBe(true);
  writeFileSync(join(root, "file"), "");
  symlinkSync("nowhere", join(root, "dangling"));
  expect(() => makeFolder(join(root, "file"))).toThrow(/EEXIST/);
  expect(() => makeFolder(join(root, "file", "below"))).toThrow(/ENOTDIR/);
  expect(() => makeFolder(join(root, "dangling"))).toThrow();
  // Where nobody can make folders: Node's own mkdir would not come back.
  if (existsSync("/proc/self")) expect(() => makeFolder("/proc/none/of/this")).toThrow();
  rmSync(root, { recursive: true });
});
