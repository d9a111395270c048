import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkModels, memoryFileSystem, nodeFileSystem } from "../src/index.ts";
import { findCleanVersions } from "../src/quick/clean-pool.ts";
import { CleanVersions } from "../src/quick/clean-version.ts";
import { SharedVersions } from "../src/quick/shared-versions.ts";
import { mutate, random } from "./support/mutate.ts";
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
  const scanner = new CleanVersions();

  it("knows the sound models that have no assets", () => {
    for (const model of MODELS.slice(0, 5))
      expect(scanner.isClean(fixture("models", model)), model).toBe(true);
    expect(scanner.isClean(fixture("models", "vocab_lookup_tf2/1"))).toBe(false);
    expect(scanner.isClean(join(root, "nothing"))).toBe(false);
  });

  it("calls nothing clean in which a rule finds something", () => {
    let clean = 0;
    for (let run = 0; run < Number(process.env["CLEAN_RUNS"] ?? 400); run++) {
      const next = random(run);
      const model = MODELS[run % 3]!;
      const base = join(root, `m${run}`);
      const version = join(base, "1");
      cpSync(fixture("models", model), version, { recursive: true });
      const names = readdirSync(version, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const name = names[Math.floor(next() * names.length)]!;
      const bytes = new Uint8Array(readFileSync(name));
      const kind = run % 6;
      if (kind === 0) writeFileSync(name, bytes.subarray(0, Math.floor(next() * bytes.length)));
      else if (kind === 1) writeFileSync(name, mutate(bytes, bytes, next));
      else if (kind === 2)
        writeFileSync(
          join(version, "variables/variables.index"),
          repairTable(
            mutate(new Uint8Array(readFileSync(join(version, "variables/variables.index"))), bytes, next),
          ),
        );
      else if (kind === 3)
        writeFileSync(
          join(version, "saved_model.pb"),
          mutate(new Uint8Array(readFileSync(join(version, "saved_model.pb"))), bytes, next),
        );
      else if (kind === 4) rmSync(name);
      else {
        const stray = [
          "x.part",
          "variables/variables.data-00001-of-00002",
          "assets/tf_serving_warmup_requests",
          "export.meta",
          "variables/y.tmp",
        ][run % 5]!;
        mkdirSync(join(version, stray, ".."), { recursive: true });
        writeFileSync(join(version, stray), "x");
      }
      if (scanner.isClean(version)) {
        clean++;
        const { diagnostics } = checkModels(base, { level: "quick", fs: byRules });
        expect(diagnostics, `run ${run}: ${name}`).toEqual([]);
      }
      rmSync(base, { recursive: true });
    }
    // Changes inside of graphs and tensors are none of its business, so some remain.
    expect(clean).toBeGreaterThan(50);
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
      if (index === 0 || index === 5) expect(scanner.isClean(version)).toBe(true);
      const cuts = [0, 1, 2, 8191, 8192, 8193, bytes.length - 20_000, bytes.length >> 1];
      for (let cut = 1; cut < 40; cut++) cuts.push(bytes.length - cut, bytes.length - cut * 97);
      for (const cut of cuts) {
        if (cut < 0 || cut >= bytes.length) continue;
        writeFileSync(file, bytes.subarray(0, cut));
        expect(scanner.isClean(version), `model ${index} cut at ${cut}`).toBe(false);
      }
      for (const more of [[0], [18], [18, 128], [8, 1, 0], [26, 0]]) {
        writeFileSync(file, Buffer.concat([bytes, Buffer.from(more)]));
        expect(scanner.isClean(version), `model ${index} and ${more}`).toBe(false);
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
    expect([...findCleanVersions(paths, (path) => told.push(path))]).toEqual(want);
    expect(told).toEqual(want);
    expect([...findCleanVersions([])]).toEqual([]);
    // Two that share the memory: what one has judged the other takes over, and what nobody has it judges itself.
    const shared = SharedVersions.memoryFor(paths);
    const [one, other] = [new SharedVersions(paths, shared), new SharedVersions(paths, shared)];
    while (one.takeSome() && other.takeSome()) {
      // in turn
    }
    for (const index of paths.keys()) {
      expect(one.isJudged(index)).toBe(true);
      expect(other.isClean(index)).toBe(index % 7 !== 3);
    }
    const dead = new SharedVersions(paths, SharedVersions.memoryFor(paths));
    expect(dead.isJudged(0)).toBe(false);
    expect(dead.isClean(3)).toBe(false);
    expect(dead.isClean(4)).toBe(true);
    rmSync(join(root, "many"), { recursive: true });
  });

  it("is not asked for other file systems", () => {
    const { versions } = checkModels("/m", {
      level: "quick",
      fs: memoryFileSystem(new Map([["/m/1/saved_model.pb", new Uint8Array(0)]])),
    });
    expect(versions).toBe(1);
  });
});
