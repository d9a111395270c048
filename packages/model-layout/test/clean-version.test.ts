import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkModels, memoryFileSystem, nodeFileSystem } from "../src/index.ts";
import { CleanVersions } from "../src/quick/clean-version.ts";
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

  it("is not asked for other file systems", () => {
    const { versions } = checkModels("/m", {
      level: "quick",
      fs: memoryFileSystem(new Map([["/m/1/saved_model.pb", new Uint8Array(0)]])),
    });
    expect(versions).toBe(1);
  });
});
