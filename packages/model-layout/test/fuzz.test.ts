import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { encodePredictionLog, encodeTfRecord, ModelReadError, parseTflite } from "../src/index.ts";
import { mutate, random } from "./support/mutate.ts";
import {
  frame,
  readIndex,
  readRecords,
  readSavedModel,
  repairTable,
  tolerate,
  type VersionFiles,
} from "./support/readers.ts";

function version(...path: string[]): Map<string, Uint8Array> {
  const root = fixture("models", ...path);
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = join(entry.parentPath, entry.name);
    files.set(full.slice(root.length + 1), new Uint8Array(readFileSync(full)));
  }
  return files;
}

const seeds: VersionFiles[] = [
  version("half_plus_two_versions", "1"),
  version("vocab_lookup_tf2", "1"),
  version("tf1_classify_regress", "7"),
];
const without = (files: VersionFiles, name: string): VersionFiles =>
  new Map([...files].filter(([path]) => path !== name));

/** Runs a reader on mutations of each seed; the seed number is in the message of a failure. */
function fuzz(
  name: string,
  count: number,
  read: (bytes: Uint8Array, beside: VersionFiles) => void,
  prepare = (bytes: Uint8Array) => bytes,
): void {
  for (let run = 0; run < count; run++) {
    const next = random(run * 7919 + name.length);
    const files = seeds[run % seeds.length]!;
    const other = seeds[(run + 1) % seeds.length]!;
    const input = prepare(mutate(files.get(name)!, other.get(name)!, next));
    const start = performance.now();
    try {
      read(input, without(files, name));
    } catch (error) {
      throw new Error(`${name}, run ${run}`, { cause: error });
    }
    expect(performance.now() - start, `run ${run} takes too long`).toBeLessThan(5000);
  }
}

describe("damaged files never crash a reader", () => {
  it("saved_model.pb", () => fuzz("saved_model.pb", 700, readSavedModel));
  it("variables.index", () => fuzz("variables/variables.index", 300, readIndex));
  it("variables.index behind its checksums", () =>
    fuzz("variables/variables.index", 700, readIndex, repairTable));
  it("warm-up records", () => {
    const log = encodePredictionLog(
      {
        kind: "predict",
        inputs: new Map([["x", { dtype: "DT_FLOAT", shape: [2], data: Float32Array.of(1, 2) }]]),
      },
      "m",
    );
    for (let run = 0; run < 700; run++) {
      const next = random(run);
      const input =
        run % 2 === 0
          ? frame(mutate(log, encodeTfRecord(log), next))
          : mutate(encodeTfRecord(log), log, next);
      try {
        readRecords(input, seeds[0]!);
      } catch (error) {
        throw new Error(`run ${run}`, { cause: error });
      }
    }
  });
  it("cut at every length", () => {
    const files = seeds[0]!;
    for (const [name, read, step] of [
      ["saved_model.pb", readSavedModel, 193],
      ["variables/variables.index", readIndex, 1],
    ] as const) {
      const bytes = files.get(name)!;
      for (let length = 0; length < bytes.length; length += step)
        read(bytes.subarray(0, length), without(files, name));
    }
  });
});

describe("TFLite files", () => {
  it("of any bytes give a typed error", () => {
    const next = random(1);
    const seed = Uint8Array.from({ length: 400 }, (_, index) =>
      index < 8 ? [28, 0, 0, 0, 84, 70, 76, 51][index]! : Math.floor(next() * 256),
    );
    for (let run = 0; run < 2000; run++) {
      try {
        tolerate(() => void parseTflite(mutate(seed, seed, next), "x"));
      } catch (error) {
        expect(error).toBeInstanceOf(ModelReadError);
      }
    }
  });
});
