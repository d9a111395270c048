import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { Random } from "@servable/test-fixtures/random";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkModels, findModels, memoryFileSystem, nodeFileSystem } from "../src/index.ts";
import { findCleanFolders } from "../src/quick/clean-pool.ts";
import { CleanScanner } from "../src/quick/clean-scanner.ts";
import { SharedFolders } from "../src/quick/shared-folders.ts";
import { mutate } from "./support/mutate.ts";
import { repairTable } from "./support/readers.ts";

const MODELS = [
  "half_plus_two_versions/1",
  "counter_tf2/1",
  "keras_mlp_export/1",
  "tf1_classify_regress/7",
  "resnet_v2_fp32_nhwc/1538687457",
  "vocab_lookup_tf2/1",
];

/** The rules alone, without the scanner that passes over plain versions. */
const byRules = { ...nodeFileSystem };

describe("the scanner of plain versions", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "clean-"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const scanner = new CleanScanner();

  it("knows the sound models", () => {
    for (const model of MODELS) expect(scanner.isCleanVersion(fixture("models", model)), model).toBe(true);
    expect(scanner.isCleanVersion(join(root, "nothing"))).toBe(false);
  });

  it("calls nothing clean in which a rule finds something", () => {
    let clean = 0;
    for (let run = 0; run < Number(process.env["CLEAN_RUNS"] ?? 400); run++) {
      const random = new Random(run);
      const model = [...MODELS.slice(0, 3), MODELS[5]!][run % 4]!;
      const base = join(root, `m${run}`);
      const version = join(base, "1");
      cpSync(fixture("models", model), version, { recursive: true });
      const names = readdirSync(version, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const name = names[random.below(names.length)]!;
      const bytes = new Uint8Array(readFileSync(name));
      const kind = run % 6;
      if (kind === 0) writeFileSync(name, bytes.subarray(0, random.below(bytes.length)));
      else if (kind === 1) writeFileSync(name, mutate(bytes, bytes, random));
      else if (kind === 2)
        writeFileSync(
          join(version, "variables/variables.index"),
          repairTable(
            mutate(new Uint8Array(readFileSync(join(version, "variables/variables.index"))), bytes, random),
          ),
        );
      else if (kind === 3)
        writeFileSync(
          join(version, "saved_model.pb"),
          mutate(new Uint8Array(readFileSync(join(version, "saved_model.pb"))), bytes, random),
        );
      else if (kind === 4) rmSync(name);
      else {
        const stray = [
          "x.part",
          "variables/variables.data-00001-of-00002",
          "assets/tf_serving_warmup_requests",
          "assets.extra/tf_serving_warmup_requests",
          "assets.extra/saved_model_config.pb",
          "assets/unused.txt",
          "export.meta",
          "variables/y.tmp",
        ][run % 8]!;
        mkdirSync(join(version, stray, ".."), { recursive: true });
        writeFileSync(join(version, stray), "x");
      }
      if (scanner.isCleanVersion(version)) {
        clean++;
        const { diagnostics } = checkModels(base, { level: "quick", fs: byRules });
        expect(diagnostics, `run ${run}: ${name}`).toEqual([]);
      }
      rmSync(base, { recursive: true });
    }
    // Changes inside of graphs and tensors are none of its business, so some remain.
    expect(clean).toBeGreaterThan(50);
  });

  it("holds assets against what the meta graph lists", () => {
    const made = (change: (version: string) => void): boolean => {
      const version = join(root, "assets", "1");
      cpSync(fixture("models", "vocab_lookup_tf2/1"), version, { recursive: true });
      change(version);
      const isClean = scanner.isCleanVersion(version);
      const { diagnostics } = checkModels(join(root, "assets"), { level: "quick", fs: byRules });
      if (isClean) expect(diagnostics).toEqual([]);
      rmSync(join(root, "assets"), { recursive: true });
      return isClean;
    };
    const [asset] = readdirSync(fixture("models", "vocab_lookup_tf2/1/assets"));
    const file = (version: string): string => join(version, "assets", asset!);
    expect(made(() => {})).toBe(true);
    expect(made((version) => writeFileSync(join(version, "assets/other.txt"), "x"))).toBe(true);
    expect(made((version) => mkdirSync(join(version, "assets/folder")))).toBe(true);
    expect(made((version) => rmSync(file(version)))).toBe(false);
    expect(made((version) => rmSync(join(version, "assets"), { recursive: true }))).toBe(false);
    expect(made((version) => renameSync(file(version), `${file(version)}2`))).toBe(false);
    expect(made((version) => symlinkSync("nowhere", join(version, "assets/link")))).toBe(false);
    expect(made((version) => writeFileSync(join(version, "assets/TF_Serving_Warmup_Requests"), ""))).toBe(
      false,
    );
    const extra = (version: string, name: string): void => {
      mkdirSync(join(version, "assets.extra"));
      writeFileSync(join(version, "assets.extra", name), "x");
    };
    expect(made((version) => extra(version, "tf_serving_warmup_requests"))).toBe(true);
    expect(made((version) => extra(version, "tf_serving_warmup_request"))).toBe(false);
    expect(made((version) => extra(version, "saved_model_config.pb"))).toBe(false);
    // An AssetFileDef more: for another tensor, for the same, for one without a name, of a file outside.
    const text = (tag: number, bytes: readonly number[]): number[] => [tag, bytes.length, ...bytes];
    const letters = (word: string): number[] => [...Buffer.from(word)];
    const assetDef = (tensor: string, name: string): number[] =>
      text(50, [...text(10, text(10, letters(tensor))), ...text(18, letters(name))]);
    const appended = (...assets: number[][]): boolean =>
      made((version) => {
        const path = join(version, "saved_model.pb");
        const saved = readFileSync(path);
        // schema version, then one meta graph whose length is a varint.
        let start = 3;
        let length = 0;
        for (let shift = 0; ; shift += 7) {
          const byte = saved[start++]!;
          length |= (byte & 127) << shift;
          if (byte < 128) break;
        }
        const more = assets.flat();
        const varint = (value: number): number[] =>
          value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
        expect([...saved.subarray(0, 3), start + length]).toEqual([8, 1, 18, saved.length]);
        writeFileSync(
          path,
          Buffer.concat([
            Buffer.from([8, 1, 18, ...varint(length + more.length)]),
            saved.subarray(start),
            Buffer.from(more),
          ]),
        );
      });
    expect(appended()).toBe(true);
    expect(appended(assetDef("other:0", asset!))).toBe(true);
    expect(appended(assetDef("other:0", asset!), assetDef("other:0", asset!))).toBe(false);
    expect(appended(assetDef("other:0", asset!), assetDef("other:00", asset!))).toBe(true);
    expect(appended(assetDef("other:0", "missing.txt"))).toBe(false);
    expect(appended(assetDef("other:0", "../1/assets/x"))).toBe(false);
    expect(appended(assetDef("", asset!))).toBe(false);
    expect(appended(assetDef("other:0", ""))).toBe(false);
    expect(appended(text(50, text(18, letters(asset!))))).toBe(false);
  });

  it("sees where saved_model.pb ends, to the byte", () => {
    const models = [
      ...MODELS.slice(0, 5).map((model) => readFileSync(fixture("models", model, "saved_model.pb"))),
    ];
    // One whose last field goes on beyond what is read at once: 10,000 objects without content.
    const first = models[0]!;
    const objects = Buffer.alloc(20_000);
    for (let at = 0; at < objects.length; at += 2) objects[at] = 10;
    const varint = (value: number): number[] =>
      value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
    const graph = Buffer.concat([first.subarray(5), Buffer.from([58, ...varint(objects.length)]), objects]);
    models.push(Buffer.concat([Buffer.from([8, 1, 18, ...varint(graph.length)]), graph]));
    const version = join(root, "ends", "1");
    cpSync(fixture("models", MODELS[0]!), version, { recursive: true });
    const file = join(version, "saved_model.pb");
    for (const [index, bytes] of models.entries()) {
      writeFileSync(file, bytes);
      if (index === 0 || index === 5) expect(scanner.isCleanVersion(version)).toBe(true);
      const cuts = [0, 1, 2, 8191, 8192, 8193, bytes.length - 20_000, bytes.length >> 1];
      for (let cut = 1; cut < 40; cut++) cuts.push(bytes.length - cut, bytes.length - cut * 97);
      for (const cut of cuts) {
        if (cut < 0 || cut >= bytes.length) continue;
        writeFileSync(file, bytes.subarray(0, cut));
        expect(scanner.isCleanVersion(version), `model ${index} cut at ${cut}`).toBe(false);
      }
      for (const more of [[0], [18], [18, 128], [8, 1, 0], [26, 0]]) {
        writeFileSync(file, Buffer.concat([bytes, Buffer.from(more)]));
        expect(scanner.isCleanVersion(version), `model ${index} and ${more}`).toBe(false);
      }
    }
    rmSync(join(root, "ends"), { recursive: true });
  });

  it("is shared by threads without a version lost or judged otherwise", () => {
    const paths: string[] = [];
    for (let index = 0; index < 70; index++) {
      const version = join(root, "many", String(index + 1));
      cpSync(fixture("models", MODELS[index % 3]!), version, { recursive: true });
      if (index % 7 === 3) writeFileSync(join(version, "stray"), "");
      paths.push(version);
    }
    const want = paths.filter((_, index) => index % 7 !== 3);
    const told: string[] = [];
    expect([...findCleanFolders("version", paths, (path) => told.push(path)).clean.keys()]).toEqual(want);
    expect(told).toEqual(want);
    expect([...findCleanFolders("version", []).clean]).toEqual([]);
    // Two that share the memory: what one has judged the other takes over, and what nobody has it judges itself.
    const shared = SharedFolders.memoryFor(paths);
    const [one, other] = [
      new SharedFolders("version", paths, shared),
      new SharedFolders("version", paths, shared),
    ];
    while (one.takeSome() && other.takeSome()) {
      // in turn
    }
    for (const index of paths.keys()) {
      expect(one.isJudged(index)).toBe(true);
      expect(other.cleanVersions(index)).toBe(index % 7 === 3 ? 0 : 1);
    }
    const dead = new SharedFolders("version", paths, SharedFolders.memoryFor(paths));
    expect(dead.isJudged(0)).toBe(false);
    expect(dead.cleanVersions(3)).toBe(0);
    expect(dead.cleanVersions(4)).toBe(1);
    // As a base path: one version that is not clean, and the rules look at all of it.
    expect(scanner.cleanVersionsIn(join(root, "many"))).toBe(0);
    for (const [index, path] of paths.entries()) if (index % 7 === 3) rmSync(join(path, "stray"));
    expect(scanner.cleanVersionsIn(join(root, "many"))).toBe(70);
    rmSync(join(root, "many"), { recursive: true });
  });

  it("counts the models of a repository as the rules do, whatever lies between them", () => {
    const repository = join(root, "repository");
    const version = (...path: string[]): void =>
      cpSync(fixture("models", MODELS[path.length % 3]!), join(repository, ...path), { recursive: true });
    for (let index = 0; index < 12; index++)
      for (const name of ["1", "20", "300"]) version(`m${index}`, name);
    expect(checkModels(repository, { level: "quick" })).toMatchObject({
      models: 12,
      versions: 36,
      diagnostics: [],
    });
    version("odd", "007");
    version("odd", "7");
    version("older", "v1");
    version("flat");
    version("team", "deep", "5");
    mkdirSync(join(repository, "photos/2024"), { recursive: true });
    mkdirSync(join(repository, "empty"));
    writeFileSync(join(repository, "m3/20/stray"), "");
    writeFileSync(join(repository, "m4/readme.txt"), "");
    writeFileSync(join(repository, "m5/9"), "");
    rmSync(join(repository, "m6/1/variables/variables.index"));
    symlinkSync("300", join(repository, "m7/400"));
    symlinkSync("m8", join(repository, "link"));
    symlinkSync("variables.index", join(repository, "m9/1/variables/variables.data-00001-of-00002"));
    const moved = join(repository, "m10/1/variables/variables.index");
    renameSync(moved, join(repository, "index"));
    symlinkSync("../../../index", moved);
    const { diagnostics, models, versions, files, role } = checkModels(repository, { level: "quick" });
    expect(diagnostics.length).toBeGreaterThan(4);
    expect({ diagnostics, models, versions, files, role }).toEqual(
      checkModels(repository, { level: "quick", fs: byRules }),
    );
    const { models: found } = findModels(repository, nodeFileSystem, { quick: true });
    const clean = found.filter(({ cleanVersions }) => cleanVersions !== undefined);
    // A version that is a link is followed, as the server does.
    expect(clean.map(({ name, cleanVersions }) => `${name} ${cleanVersions}`)).toEqual([
      "m0 3",
      "m1 3",
      "m11 3",
      "m2 3",
      "m7 4",
      "m8 3",
      "deep 1",
    ]);
    // What is known of a clean model is listed when it is asked for.
    const plainly = ({ name, basePath, discovery, versions }: (typeof found)[number]): object => ({
      name,
      basePath,
      discovery,
      versions,
    });
    expect(found.map(plainly)).toEqual(findModels(repository).models.map(plainly));
    rmSync(repository, { recursive: true });
  });

  it("judges the versions of a large model one by one", () => {
    const repository = join(root, "large");
    for (let version = 1; version <= 300; version++)
      cpSync(fixture("models", MODELS[1]!), join(repository, "long", String(version)), { recursive: true });
    cpSync(fixture("models", MODELS[0]!), join(repository, "short/1"), { recursive: true });
    const both = (path: string) =>
      [nodeFileSystem, byRules].map((fs) => checkModels(path, { level: "quick", fs }));
    const cleanOf = (path: string) =>
      findModels(path, nodeFileSystem, { quick: true }).models.map(({ cleanVersions }) => cleanVersions);
    for (const path of [repository, join(repository, "long")]) {
      const [quick, full] = both(path);
      expect(quick).toEqual(full);
      expect(quick).toMatchObject({ diagnostics: [] });
    }
    expect(cleanOf(repository)).toEqual([300, 1]);
    expect(cleanOf(join(repository, "long"))).toEqual([300]);
    rmSync(join(repository, "long/150/saved_model.pb"));
    for (const path of [repository, join(repository, "long")]) {
      const [quick, full] = both(path);
      expect(quick).toEqual(full);
      expect(quick?.diagnostics).not.toEqual([]);
    }
    let told = 0;
    checkModels(repository, { level: "quick", onVersions: (count) => (told += count) });
    expect(told).toBe(301);
    writeFileSync(join(repository, "long/readme"), "");
    const [quick, full] = both(repository);
    expect(quick).toEqual(full);
    rmSync(repository, { recursive: true });
  });

  it("says nothing less of a folder with a single model", () => {
    const folder = join(root, "alone");
    for (let index = 0; index < 10; index++) mkdirSync(join(folder, `notes${index}`), { recursive: true });
    cpSync(fixture("models", MODELS[0]!), join(folder, "only/1"), { recursive: true });
    const { diagnostics } = checkModels(folder, { level: "quick" });
    expect(diagnostics.map(({ rule }) => rule)).toEqual(["layout/path-is-base-path"]);
    rmSync(folder, { recursive: true });
  });

  it("is not asked for other file systems", () => {
    const { versions } = checkModels("/m", {
      level: "quick",
      fs: memoryFileSystem(new Map([["/m/1/saved_model.pb", new Uint8Array(0)]])),
    });
    expect(versions).toBe(1);
  });
});
