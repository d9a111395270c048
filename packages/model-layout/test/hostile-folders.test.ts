import { execFileSync } from "node:child_process";
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkModels, FileSystemError, inspect, type ModelFileSystem, nodeFileSystem } from "../src/index.ts";

const LEVELS = ["quick", "graph", "bytes"] as const;

describe("folders that are out to trip the reader", () => {
  let root = "";
  const at = (...path: string[]): string => join(root, "m", "1", ...path);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hostile-"));
    cpSync(fixture("models", "vocab_lookup_tf2", "1"), at(), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const found = (level: (typeof LEVELS)[number], fs: ModelFileSystem = nodeFileSystem) =>
    checkModels(join(root, "m"), { level, fs }).diagnostics.filter(({ severity }) => severity !== "info");

  const FILES = [
    "saved_model.pb",
    "variables/variables.index",
    "variables/variables.data-00000-of-00001",
    "assets/vocab.txt",
  ];

  it.each(FILES)("a FIFO in place of %s blocks nothing and is named", (name) => {
    rmSync(at(name));
    execFileSync("mkfifo", [at(name)]);
    for (const level of LEVELS) {
      const here = found(level).filter(({ file, severity }) => file === at(name) && severity === "error");
      expect(here.map(({ message }) => message).join()).toMatch(/fifo|not a regular file/);
    }
    expect(inspect(join(root, "m")).models[0]?.versions[0]?.problems.length).toBeGreaterThan(0);
  });

  it.each(FILES)("a link that leads nowhere in place of %s is one finding", (name) => {
    rmSync(at(name));
    symlinkSync("/gone", at(name));
    for (const level of LEVELS) {
      const errors = found(level).filter(({ severity }) => severity === "error");
      expect(errors.map(({ rule, file }) => [rule, file])).toEqual([["layout/files-are-regular", at(name)]]);
    }
  });

  it("a link to a version by its number is for people", () => {
    symlinkSync("1", join(root, "m", "latest"));
    expect(found("graph")).toEqual([]);
    symlinkSync("/gone", join(root, "m", "2-old"));
    expect(found("graph")).toEqual([]);
  });

  it.skipIf(process.platform !== "linux")("names that are not UTF-8 are named, and no error", () => {
    // A server takes any bytes for a name.
    writeFileSync(Buffer.concat([Buffer.from(at("notes-")), Buffer.of(0xe9)]), "x");
    mkdirSync(Buffer.concat([Buffer.from(at("more-")), Buffer.of(0xff)]));
    for (const level of LEVELS) {
      const named = found(level);
      expect(named.filter(({ severity }) => severity === "error")).toEqual([]);
      if (level !== "quick")
        expect(named.map(({ message }) => message)).toEqual([
          "has a name that is not UTF-8, so it can't be looked into",
          "has a name that is not UTF-8, so it can't be looked into",
        ]);
    }
    expect(inspect(join(root, "m")).models[0]?.versions[0]?.problems).toHaveLength(2);
  });

  it("a FIFO in place of the warm-up file or of the version blocks nothing", () => {
    mkdirSync(at("assets.extra"));
    execFileSync("mkfifo", [at("assets.extra", "tf_serving_warmup_requests")]);
    expect(found("graph").map(({ file }) => file)).toContain(
      at("assets.extra", "tf_serving_warmup_requests"),
    );
    execFileSync("mkfifo", [join(root, "m", "2")]);
    expect(found("quick").find(({ rule }) => rule === "layout/version-is-directory")?.file).toBe(
      join(root, "m", "2"),
    );
  });

  it.each(FILES)("a device behind a link in place of %s is named", (name) => {
    rmSync(at(name));
    symlinkSync("/dev/zero", at(name));
    for (const level of LEVELS) {
      expect(
        found(level).filter(({ file, severity }) => file === at(name) && severity === "error"),
      ).not.toEqual([]);
    }
  });

  it.each(FILES)("a folder in place of %s is named", (name) => {
    rmSync(at(name));
    mkdirSync(at(name));
    const here = found("bytes").filter(({ severity }) => severity === "error");
    expect(here.map(({ file }) => file)).toContain(at(name));
  });

  it("links that lead back to themselves or to a folder above", () => {
    symlinkSync("loop", at("loop"));
    symlinkSync("..", at("assets", "up"));
    symlinkSync(join(root, "m"), at("variables", "base"));
    const files = found("graph")
      .filter(({ rule }) => rule === "layout/files-are-regular")
      .map(({ file }) => file);
    expect(files.sort()).toEqual([at("assets", "up"), at("loop"), at("variables", "base")].sort());
    symlinkSync("3", join(root, "m", "3"));
    expect(found("quick").find(({ rule }) => rule === "layout/version-is-directory")?.message).toContain(
      "leads back to itself",
    );
  });

  it("links between versions and hard links are fine", () => {
    symlinkSync("1", join(root, "m", "2"));
    cpSync(at(), join(root, "m", "4"), { recursive: true });
    rmSync(join(root, "m", "4", "saved_model.pb"));
    linkSync(at("saved_model.pb"), join(root, "m", "4", "saved_model.pb"));
    expect(found("bytes")).toEqual([]);
  });

  it("names with line breaks, quotes and control characters stay on one line", () => {
    const name = 'evil\n\u001b[31m"name';
    writeFileSync(at("assets", name), "x");
    writeFileSync(at("variables", `variables.index\n.part`), "x");
    mkdirSync(join(root, "m", "9\n"));
    renameSync(at("assets", "vocab.txt"), at("assets", "vocab.txt\n"));
    for (const level of LEVELS) {
      const all = checkModels(join(root, "m"), { level }).diagnostics;
      expect(all.length).toBeGreaterThan(2);
      for (const { message, help } of all) expect(`${message} ${help}`).not.toMatch(/[\u0000-\u001f]/);
    }
  });

  it("names that are no UTF-8 are no reason to stop", () => {
    execFileSync("sh", ["-c", 'touch "$(printf \'%s/bad\\377name\' "$1")"', "sh", at("assets")]);
    expect(() => found("bytes")).not.toThrow();
  });

  it("a very deep folder is cut short", () => {
    let path = at();
    for (let depth = 0; depth < 100; depth++) path = join(path, "d");
    mkdirSync(path, { recursive: true });
    expect(found("graph").some(({ message }) => message.includes("folders deep"))).toBe(true);
  });

  describe("with a file system that fails", () => {
    /** Wraps the machine's file system: `fail` decides for each call and path. */
    const failing = (
      fail: (call: keyof ModelFileSystem, path: string) => string | undefined,
    ): ModelFileSystem => {
      const guard =
        <Result>(call: keyof ModelFileSystem, inner: (path: string) => Result) =>
        (path: string): Result => {
          const code = fail(call, path);
          if (code !== undefined) throw new FileSystemError(code, path);
          return inner(path);
        };
      return {
        lstat: guard("lstat", nodeFileSystem.lstat),
        stat: guard("stat", nodeFileSystem.stat),
        readDirectory: guard("readDirectory", nodeFileSystem.readDirectory),
        open: guard("open", nodeFileSystem.open),
        realPath: guard("realPath", nodeFileSystem.realPath),
      };
    };

    it.each(["EACCES", "EPERM", "EIO", "ENOENT"])(
      "%s at any one path gives a diagnostic, never an exception",
      (code) => {
        const paths = new Set<string>();
        const spy = failing((_, path) => {
          paths.add(path);
          return undefined;
        });
        for (const level of LEVELS) checkModels(join(root, "m"), { level, fs: spy });
        expect(paths.size).toBeGreaterThan(5);
        for (const path of paths) {
          const fs = failing((_, asked) =>
            asked === path || asked.startsWith(`${path}/`) ? code : undefined,
          );
          for (const level of LEVELS) {
            const result = checkModels(join(root, "m"), { level, fs });
            if (path.startsWith(at("assets")) && level === "quick") continue;
            if (!/fingerprint\.pb$/.test(path))
              expect(result.diagnostics.length, `${code} at ${path}, ${level}`).toBeGreaterThan(0);
          }
          expect(() => inspect(join(root, "m"), fs, { verifyChecksums: true })).not.toThrow();
        }
      },
    );

    const denied = (...paths: readonly string[]): ModelFileSystem =>
      failing((call, path) =>
        paths.some(
          (closed) =>
            (path === closed && (call === "readDirectory" || call === "open")) ||
            path.startsWith(`${closed}/`),
        )
          ? "EACCES"
          : undefined,
      );

    it.each(["variables", "assets"])("a %s folder that nobody may list is not missing", (name) => {
      for (const level of LEVELS) {
        const errors = found(level, denied(at(name))).filter(({ severity }) => severity === "error");
        expect(errors.map(({ rule, file, message }) => [rule, file, message])).toEqual([
          ["layout/files-are-regular", at(name), "can't be read: permission denied"],
        ]);
      }
    });

    it("a version that nobody may list is one finding", () => {
      for (const level of LEVELS)
        expect(found(level, denied(at())).map(({ rule, file }) => [rule, file])).toEqual([
          ["layout/version-is-directory", at()],
        ]);
    });

    it("what can't be listed beside base paths is named", () => {
      mkdirSync(join(root, "closed", "1"), { recursive: true });
      mkdirSync(join(root, "lost+found"));
      symlinkSync("/gone", join(root, "gone"));
      const fs = denied(join(root, "closed"), join(root, "lost+found"));
      for (const level of LEVELS) {
        const warnings = checkModels(root, { level, fs }).diagnostics.filter(
          ({ severity }) => severity !== "info",
        );
        expect(warnings.map(({ rule, file, severity }) => [rule, file, severity])).toEqual([
          ["layout/base-path-exists", join(root, "closed"), "warning"],
          ["layout/base-path-exists", join(root, "gone"), "warning"],
        ]);
      }
      expect(inspect(root, fs).models.map(({ name, problem }) => [name, problem])).toEqual([
        ["m", undefined],
        ["closed", "permission denied"],
        ["gone", "no such file or directory"],
      ]);
    });

    it("files that vanish or shrink between two looks give a diagnostic", () => {
      for (const name of FILES.slice(0, 3)) {
        for (let after = 0; after < 4; after++) {
          let calls = 0;
          const fs = failing((call, path) =>
            call === "open" && path === at(name) && calls++ >= after ? "ENOENT" : undefined,
          );
          expect(() => checkModels(join(root, "m"), { level: "bytes", fs })).not.toThrow();
        }
        const shrinking: ModelFileSystem = {
          ...nodeFileSystem,
          open: (path) => {
            const file = nodeFileSystem.open(path);
            return path === at(name)
              ? {
                  size: file.size,
                  close: () => file.close(),
                  read: (target, position) =>
                    position > 0 ? 0 : file.read(target.subarray(0, target.length >> 1), position),
                }
              : file;
          },
        };
        const rules = checkModels(join(root, "m"), { level: "bytes", fs: shrinking }).diagnostics.map(
          ({ file }) => file,
        );
        expect(rules, name).toContain(at(name));
      }
    });
  });
});
