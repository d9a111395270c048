import { Random } from "@servable/test-fixtures/random";
import { describe, expect, it } from "vitest";
import { encodePredictionLog, encodeTfRecord, ModelReadError, parseTflite } from "../src/index.ts";
import { versionFiles } from "./support/files-of.ts";
import { mutate } from "./support/mutate.ts";
import {
  frame,
  readIndex,
  readRecords,
  readSavedModel,
  repairTable,
  tolerate,
  type VersionFiles,
} from "./support/readers.ts";

const seeds: VersionFiles[] = [
  versionFiles("half_plus_two_versions/1"),
  versionFiles("vocab_lookup_tf2/1"),
  versionFiles("tf1_classify_regress/7"),
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
    const random = new Random(run * 7919 + name.length);
    const files = seeds[run % seeds.length]!;
    const other = seeds[(run + 1) % seeds.length]!;
    const input = prepare(mutate(files.get(name)!, other.get(name)!, random));
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
      const random = new Random(run);
      const input =
        run % 2 === 0
          ? frame(mutate(log, encodeTfRecord(log), random))
          : mutate(encodeTfRecord(log), log, random);
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
    const random = new Random(1);
    const seed = Uint8Array.from({ length: 400 }, (_, index) =>
      index < 8 ? [28, 0, 0, 0, 84, 70, 76, 51][index]! : random.below(256),
    );
    for (let run = 0; run < 2000; run++) {
      try {
        tolerate(() => void parseTflite(mutate(seed, seed, random), "x"));
      } catch (error) {
        expect(error).toBeInstanceOf(ModelReadError);
      }
    }
  });
});
