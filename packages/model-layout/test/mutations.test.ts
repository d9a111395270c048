import {
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkModels, memoryFileSystem, openVariables } from "../src/index.ts";
import { versionFiles } from "./support/files-of.ts";

const MODELS = [
  "half_plus_two_versions/1",
  "counter_tf2/1",
  "tf1_classify_regress/7",
  "vocab_lookup_tf2/1",
  "keras_mlp_export/1",
] as const;

const check = (files: ReadonlyMap<string, Uint8Array>, level: "quick" | "graph" | "bytes") =>
  checkModels("/m", {
    fs: memoryFileSystem(new Map([...files].map(([path, bytes]) => [`/m/1/${path}`, bytes]))),
    level,
  });

const errors = (files: ReadonlyMap<string, Uint8Array>, level: "quick" | "graph" | "bytes") =>
  check(files, level).diagnostics.filter(({ severity }) => severity === "error");

describe.each(MODELS)("%s, damaged at every boundary", (model) => {
  const files = versionFiles(model);
  const data = "variables/variables.data-00000-of-00001";
  const index = "variables/variables.index";

  it("is sound as it is", () => {
    expect(errors(files, "bytes")).toEqual([]);
  });

  it("every flipped bit inside a tensor is found at level bytes, at the data file", () => {
    const fs = memoryFileSystem(new Map([...files].map(([path, bytes]) => [`/v/${path}`, bytes])));
    for (const entry of openVariables("/v", fs).entries) {
      const [offset, size] = [Number(entry.offset), Number(entry.size)];
      // Each byte of small tensors, ends and a sample of large ones.
      const places =
        size <= 64
          ? Array.from({ length: size }, (_, at) => at)
          : [0, 1, 7, 8, size >> 1, size - 9, size - 8, size - 1];
      for (const place of places) {
        const bytes = files.get(data)!.slice();
        bytes[offset + place]! ^= 1 << (place % 8);
        const found = errors(new Map([...files, [data, bytes]]), "bytes");
        expect(
          found.map(({ rule, file }) => [rule, file]),
          `${entry.key} byte ${place}`,
        ).toEqual([["variables/checksums-hold", `/m/1/${data}`]]);
        expect(found[0]?.message).toContain(JSON.stringify(entry.key));
      }
    }
  });

  it("every flipped byte of the index's blocks is found at level quick", () => {
    const bytes = files.get(index)!;
    for (let at = 0; at < bytes.length; at += bytes.length > 400 ? 7 : 1) {
      const flipped = bytes.slice();
      flipped[at]! ^= 0x10;
      const result = check(new Map([...files, [index, flipped]]), "bytes").diagnostics.filter(
        ({ severity }) => severity !== "info",
      );
      // The zero padding of the footer is the only part that nothing reads.
      const footer = at >= bytes.length - 48 && at < bytes.length - 8;
      if (!footer) expect(result.length, `byte ${at}`).toBeGreaterThan(0);
    }
  });

  it("a data file cut anywhere is found at level quick", () => {
    const bytes = files.get(data)!;
    for (const length of [0, 1, bytes.length >> 1, bytes.length - 1]) {
      const found = errors(new Map([...files, [data, bytes.subarray(0, length)]]), "quick");
      expect(found.map(({ rule }) => rule)).toContain("variables/entries-fit-shards");
    }
  });

  it("a saved_model.pb cut anywhere is found at level quick", () => {
    const bytes = files.get("saved_model.pb")!;
    for (const length of [
      0,
      1,
      2,
      5,
      100,
      bytes.length >> 2,
      bytes.length >> 1,
      bytes.length - 100,
      bytes.length - 1,
    ]) {
      const found = errors(new Map([...files, ["saved_model.pb", bytes.subarray(0, length)]]), "quick");
      expect(found.length, `cut to ${length}`).toBeGreaterThan(0);
    }
  });

  it("a file that is missing is found", () => {
    for (const name of files.keys()) {
      if (name === "fingerprint.pb") continue;
      const found = errors(new Map([...files].filter(([path]) => path !== name)), "graph");
      expect(found.length, name).toBeGreaterThan(0);
    }
  });

  it("files exchanged for one another are found", () => {
    const names = [...files.keys()].filter((name) => name !== "fingerprint.pb");
    for (const a of names) {
      for (const b of names) {
        if (a >= b) continue;
        const swapped = new Map([...files, [a, files.get(b)!], [b, files.get(a)!]]);
        expect(errors(swapped, "bytes").length, `${a} and ${b}`).toBeGreaterThan(0);
      }
    }
  });

  it("files renamed in any way are found", () => {
    for (const name of files.keys()) {
      if (name === "fingerprint.pb") continue;
      for (const other of [`${name}.bak`, `${name} `, name.toUpperCase(), `x${name}`]) {
        const renamed = new Map([...files].map(([path, bytes]) => [path === name ? other : path, bytes]));
        expect(errors(renamed, "graph").length, `${name} as ${other}`).toBeGreaterThan(0);
      }
    }
  });
});

describe("files of other exports", () => {
  it("in one folder are found", () => {
    const a = versionFiles("half_plus_two_versions/1");
    for (const other of ["counter_tf2/1", "vocab_lookup_tf2/1"]) {
      const b = versionFiles(other);
      for (const names of [
        ["saved_model.pb"],
        ["variables/variables.index"],
        ["variables/variables.data-00000-of-00001"],
        ["variables/variables.index", "variables/variables.data-00000-of-00001"],
      ]) {
        const mixed = new Map([...a, ...names.map((name) => [name, b.get(name)!] as const)]);
        expect(errors(mixed, "bytes").length, `${names} of ${other}`).toBeGreaterThan(0);
      }
    }
  });
});

describe("a copy that is still running", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "copying-"));
    cpSync(fixture("models", "half_plus_two_versions", "1"), join(root, "m", "1"), { recursive: true });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it("is told from a finished one at each step", () => {
    const at = (...path: string[]): string => join(root, "m", "1", ...path);
    const found = () =>
      checkModels(join(root, "m"), { level: "quick" })
        .diagnostics.filter(({ severity }) => severity === "error")
        .map(({ rule }) => rule);
    expect(found()).toEqual([]);
    const data = at("variables", "variables.data-00000-of-00001");
    const whole = readFileSync(data);
    truncateSync(data, statSync(data).size >> 1);
    expect(found()).toEqual(["variables/entries-fit-shards"]);
    renameSync(data, `${data}.part`);
    expect(found()).toEqual(["variables/shards-exist"]);
    rmSync(`${data}.part`);
    rmSync(at("variables", "variables.index"));
    expect(found()).toEqual(["variables/index-exists"]);
    rmSync(at("variables"), { recursive: true });
    expect(found()).toEqual(["variables/index-exists"]);
    rmSync(at("saved_model.pb"));
    expect(found()).toEqual(["saved-model/file-exists"]);
    rmSync(at("fingerprint.pb"));
    expect(found()).toEqual(["saved-model/file-exists"]);
    writeFileSync(at("saved_model.pb.part"), whole);
    expect(found()).toEqual(["saved-model/file-exists"]);
  });
});
