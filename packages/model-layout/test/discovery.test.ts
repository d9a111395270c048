import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareBytewise } from "../src/files/model-file-system.ts";
import {
  checkModels,
  discoverVersions,
  duplicateVersions,
  findModels,
  memoryFileSystem,
  parseVersionName,
  selectVersions,
} from "../src/index.ts";

const tree = (...paths: readonly string[]) =>
  memoryFileSystem(new Map(paths.map((path) => [path, new Uint8Array(0)])));

describe("version names", () => {
  it("of any int64 are read back, with zeros, blanks and a minus sign", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.nat(5),
        fc.constantFrom("", " ", "\t", "\n"),
        (value, zeros, blank) => {
          const digits = "0".repeat(zeros) + (value < 0n ? -value : value);
          const name = `${blank}${value < 0n ? "-" : ""}${digits}${blank}`;
          expect(BigInt(parseVersionName(name) ?? 0)).toBe(value);
        },
      ),
    );
  });

  it("beyond int64 are none", () => {
    expect(parseVersionName(String(2n ** 63n))).toBeUndefined();
    expect(parseVersionName(String(-(2n ** 63n) - 1n))).toBeUndefined();
    expect(parseVersionName("9".repeat(400))).toBeUndefined();
  });

  it("with a plus sign count since 2.19", () => {
    expect(parseVersionName("+5", "2.18.1")).toBeUndefined();
    expect(parseVersionName("+5", "2.19.0")).toBe(5);
  });
});

describe("discovery", () => {
  const fs = tree("/m/1/x", "/m/001/x", "/m/10/x", "/m/9/x", "/m/notes.txt", "/m/v2/x", "/m/-3/x");

  it("lists versions by number and what it passes over", () => {
    const found = discoverVersions("/m", fs);
    expect(found.versions.map(({ name }) => name)).toEqual(["-3", "001", "1", "9", "10"]);
    expect(found.ignored.map(({ name }) => name)).toEqual(["notes.txt", "v2"]);
    expect(duplicateVersions(found.versions)).toMatchObject([
      { version: 1, used: { name: "1" }, overridden: [{ name: "001" }] },
    ]);
  });

  it("follows the policies", () => {
    const { versions } = discoverVersions("/m", fs);
    const names = (policy: Parameters<typeof selectVersions>[1]) =>
      selectVersions(versions, policy).selected.map(({ name }) => name);
    expect(names(undefined)).toEqual(["10"]);
    expect(names({ kind: "latest", count: 0 })).toEqual(["10"]);
    expect(names({ kind: "latest", count: 3 })).toEqual(["1", "9", "10"]);
    expect(names({ kind: "all" })).toEqual(["-3", "001", "9", "10"]);
    expect(names({ kind: "specific", versions: [1, 7] })).toEqual(["1"]);
    expect(selectVersions(versions, { kind: "specific", versions: [1, 7] }).missing).toEqual([7]);
  });

  it("takes the name that the policy takes, of several for one number", () => {
    const { versions } = discoverVersions(
      "/m",
      tree("/m/5 /x", "/m/05/x", "/m/5/x", "/m/ 5/x", "/m/-0/x", "/m/0/x"),
    );
    const names = (policy: Parameters<typeof selectVersions>[1]) =>
      selectVersions(versions, policy).selected.map(({ name }) => name);
    expect(names({ kind: "latest" })).toEqual(["5 "]);
    expect(names({ kind: "specific", versions: [5, 5, 0] })).toEqual(["0", "5"]);
    expect(names({ kind: "all" })).toEqual(["-0", " 5"]);
    expect(selectVersions(versions, { kind: "specific", versions: [] })).toEqual({
      selected: [],
      missing: [],
    });
    const padded = discoverVersions("/m", tree("/m/007/x", "/m/07/x")).versions;
    const seven = selectVersions(padded, { kind: "specific", versions: [7] });
    expect(seven.selected.map(({ name }) => name)).toEqual(["07"]);
    expect(selectVersions(padded, { kind: "latest", count: 9 }).selected).toHaveLength(1);
  });

  it("takes what is no directory, and what is linked, for a version as well", () => {
    const files = new Map([["/m/200", new Uint8Array(1)]]);
    const found = discoverVersions("/m", memoryFileSystem(files));
    expect(found.versions.map(({ version, kind }) => [version, kind])).toEqual([[200, "file"]]);
    expect(selectVersions(found.versions).selected.map(({ name }) => name)).toEqual(["200"]);
  });

  it("says why a base path can't be listed", () => {
    expect(discoverVersions("/none", fs).problem?.fault).toBe("not-found");
    expect(discoverVersions("/m/notes.txt", fs).problem?.fault).toBe("not-found");
  });

  it("finds the role of a path", () => {
    const models = tree(
      "/r/a/1/saved_model.pb",
      "/r/b/2/saved_model.pb",
      "/r/photos/2024/x.jpg",
      "/e/saved_model.pb",
    );
    expect(findModels("/r", models)).toMatchObject({
      role: "repository",
      models: [{ name: "a" }, { name: "b" }],
    });
    expect(findModels("/r/a", models)).toMatchObject({ role: "model" });
    expect(findModels("/r/a/1", models)).toMatchObject({
      role: "version",
      models: [{ name: "a", basePath: "/r/a" }],
    });
    expect(findModels("/e", models)).toMatchObject({ role: "unversioned" });
    expect(findModels("/r/a/1", models, { as: "model" })).toMatchObject({ role: "model" });
  });

  it("explains a base path without versions", () => {
    const message = (path: string, fs: ReturnType<typeof tree>): string | undefined =>
      checkModels(path, { fs, as: "base-path" }).diagnostics.find(
        ({ rule }) => rule === "layout/base-path-has-version",
      )?.message;
    expect(message("/m", tree("/m/v1/saved_model.pb"))).toContain('"v1"');
    expect(message("/m", tree("/m/saved_model.pb"))).toContain("directly in the base path");
    expect(message("/m/1", tree("/m/1/saved_model.pb"))).toContain('version directory "1"');
    expect(message("/m", tree("/m/a/1/saved_model.pb"))).toContain('"a"');
    expect(message("/m", tree("/m/1.tar.gz"))).toContain("archive");
    expect(message("/m", tree("/m/readme"))).toContain('"readme"');
  });
});

describe("byte order of names", () => {
  it("is that of their UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
        expect(Math.sign(compareBytewise(a, b))).toBe(
          Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
