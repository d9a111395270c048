import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publish } from "@servable/model-layout";
import { fixture } from "@servable/test-fixtures";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** What a rename does in place of the system's own. */
let rename: ((really: () => void) => void) | undefined;
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const renameSync = (from: string, to: string): void => {
    const really = (): void => fs.renameSync(from, to);
    if (rename === undefined) really();
    else rename(really);
  };
  return { ...fs, renameSync };
});

const failing = (code: string): never => {
  throw Object.assign(new Error(code), { code, syscall: "rename" });
};

describe("a base path where renames fail", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "renames-"));
  });
  afterEach(() => {
    rename = undefined;
    rmSync(root, { recursive: true, force: true });
  });
  const put = () => publish(fixture("models", "half_plus_two_versions", "1"), join(root, "live"));

  it("is told in words, and nothing is left in it", () => {
    for (const [code, reason] of [
      ["EXDEV", "on another file system"],
      ["EPERM", "permission denied"],
      ["Unknown system error -116", "the network file system has lost the file"],
      ["ENOENT", "no such file or directory"],
    ] as const) {
      rename = () => failing(code);
      expect(put).toThrow(`${join(root, "live")}: ${reason}`);
      expect(existsSync(join(root, "live"))).toBe(false);
    }
  });

  it("has the version where the rename was done and then denied, as over NFS", () => {
    rename = (really) => {
      really();
      failing("ENOENT");
    };
    expect(put().version).toBe(1);
    expect(readdirSync(join(root, "live"))).toEqual(["1"]);
  });
});
