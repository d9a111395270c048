import { readFileSync } from "node:fs";
import { fixture } from "@servable/test-fixtures";
import { Random } from "@servable/test-fixtures/random";
import { describe, expect, it } from "vitest";
import { checkModels, memoryFileSystem } from "../src/index.ts";
import { fingerprint64, fingerprintCat64 } from "../src/saved-model/fingerprint64.ts";

/** n bytes without a pattern, the same as those that the expected values were made from. */
function sample(n: number): Uint8Array {
  const bytes = new Uint8Array(n);
  for (let i = 0; i < n; i++) bytes[i] = (i * i * 31 + i * 7 + n) & 255;
  return bytes;
}

describe("Fingerprint64", () => {
  // tf.fingerprint(..., method="farmhash64") of TensorFlow 2.17.1, at every boundary of the algorithm and the buffer.
  it.each(vectors())("of %i bytes, in one piece and in many", (length, expected) => {
    const bytes = sample(length);
    expect(fingerprint64(bytes)).toBe(expected);
    const parts: Uint8Array[] = [];
    const step = Math.max(1, Math.floor(length / 7));
    for (let at = 0; at < length; at += step) parts.push(bytes.subarray(at, at + step));
    expect(fingerprint64(parts)).toBe(expected);
  });

  it("is joined in an order that counts", () => {
    expect(fingerprintCat64(1n, 2n)).not.toBe(fingerprintCat64(2n, 1n));
  });
});

const MODELS = ["half_plus_two_versions/1", "keras_mlp_export/1", "multi_signature_dynamic_seq/4"] as const;

describe.each(MODELS)("saved_model.pb of %s", (model) => {
  const pb = new Uint8Array(readFileSync(fixture("models", model, "saved_model.pb")));
  const fingerprint = new Uint8Array(readFileSync(fixture("models", model, "fingerprint.pb")));
  const found = (bytes: Uint8Array) =>
    checkModels("/m", {
      fs: memoryFileSystem(
        new Map([
          ["/m/1/saved_model.pb", bytes],
          ["/m/1/fingerprint.pb", fingerprint],
        ]),
      ),
    }).diagnostics.filter(({ file }) => file === "/m/1/saved_model.pb");

  it("is what it was exported as", () => {
    expect(found(pb).filter(({ rule }) => rule === "saved-model/unchanged-since-export")).toEqual([]);
  });

  it("with any bit flipped is told from that", () => {
    const random = new Random(7);
    for (let run = 0; run < 300; run++) {
      const changed = pb.slice();
      const at = random.below(pb.length);
      changed[at]! ^= 1 << random.below(8);
      const said = found(changed).map(({ rule }) => rule);
      const known = said.some((rule) => /^saved-model\/(unchanged-since-export|is-saved-model)$/.test(rule));
      expect(known, `byte ${at}: ${said.join()}`).toBe(true);
    }
  });
});

function vectors(): readonly (readonly [number, bigint])[] {
  return [
    [0, 11160318154034397263n],
    [1, 5161771770385946686n],
    [3, 2655028741769533890n],
    [4, 7117486255941336097n],
    [7, 18009902261577420513n],
    [8, 13753374761078749800n],
    [16, 17663695858653917822n],
    [17, 1369510105697291526n],
    [32, 16571662354368707901n],
    [33, 581762004105415560n],
    [64, 4030221127234516756n],
    [65, 16100065851311662927n],
    [127, 8651826609541658465n],
    [128, 4451706566346127251n],
    [129, 12052304317934329283n],
    [192, 1185139708918468086n],
    [193, 16744031858130042746n],
    [299, 1153331515634500740n],
    [983040, 9823036917642120138n],
    [983041, 11882462263115472714n],
    [983103, 17986199494862928098n],
    [983104, 12774632551541346953n],
    [983105, 1483780266847334643n],
    [1966081, 7429975644451468263n],
  ];
}
