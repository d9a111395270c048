import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { decodePng, ImageError, resizeBilinear } from "@servable/tensors/image";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { decodePicture } from "../src/kernels/jpeg/decode-picture.ts";

interface Decoded {
  ok: boolean;
  shape_hwc?: [number, number, number];
  sha256?: string;
}
interface Resized {
  mean: number[];
  min: number;
  max: number;
  samples_yx_rgb: number[][];
}
interface Picture {
  file: string;
  note: string;
  tensorflow: Record<string, Decoded>;
  resize_224_bilinear?: Resized;
  resize_224_bilinear_antialias?: Resized;
  tolerance?: { resize_samples_from_same_pixels: number };
}

const pictures: Picture[] = hasShared
  ? (JSON.parse(readFileSync(sharedFixture("images/expected.json"), "utf8")) as { images: Picture[] }).images
  : [];
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(sharedFixture("images", file)));
const sha = (data: ArrayBufferView): string =>
  createHash("sha256")
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex");

/** The settings of a record's key. */
function decode(setting: string, bytes: Uint8Array) {
  const channels = Number(/channels=(\d)/.exec(setting)?.[1] ?? 0);
  if (setting.startsWith("decode_png")) return decodePng(bytes, { channels });
  return decodePicture(bytes, {
    channels,
    dctMethod: setting.includes("INTEGER_ACCURATE") ? "INTEGER_ACCURATE" : "INTEGER_FAST",
    fancyUpscaling: !setting.includes("fancy_upscaling=False"),
    tryRecoverTruncated: setting.includes("try_recover_truncated"),
  });
}

describe.skipIf(!hasShared)("DecodeJpeg: TensorFlow's own pixels", () => {
  it("has records", () => {
    expect(pictures.length).toBeGreaterThan(25);
  });

  describe.each(pictures.map((picture) => [picture.file, picture.note, picture] as const))(
    "%s (%s)",
    (_file, _note, picture) => {
      it.each(Object.keys(picture.tensorflow))("%s", (setting) => {
        const want = picture.tensorflow[setting]!;
        const bytes = bytesOf(picture.file);
        if (!want.ok) {
          expect(() => decode(setting, bytes)).toThrow(ImageError);
          return;
        }
        const got = decode(setting, bytes);
        expect([got.height, got.width, got.channels]).toEqual(want.shape_hwc);
        // not within a tolerance: the same bytes
        expect(sha(got.data)).toBe(want.sha256);
      });

      // pictures that do not decode have no resized form
      if (picture.resize_224_bilinear === undefined) return;
      it.each([
        ["resize_224_bilinear", false],
        ["resize_224_bilinear_antialias", true],
      ] as const)("%s", (key, antialias) => {
        const want = picture[key]!;
        const image = decodePicture(bytesOf(picture.file), { channels: 3, dctMethod: "INTEGER_ACCURATE" });
        const out = resizeBilinear(image.data, [1, image.height, image.width, 3], 224, 224, { antialias });
        for (const [y, x, ...rgb] of want.samples_yx_rgb) {
          for (const [channel, value] of rgb.entries()) {
            const got = out[(y! * 224 + x!) * 3 + channel]!;
            expect(Math.abs(got - value)).toBeLessThanOrEqual(
              picture.tolerance!.resize_samples_from_same_pixels,
            );
          }
        }
        const sums = [0, 0, 0];
        for (let i = 0; i < out.length; i++) sums[i % 3]! += out[i]!;
        for (const [channel, mean] of want.mean.entries())
          expect(sums[channel]! / (224 * 224)).toBeCloseTo(mean, 2);
      });
    },
  );
});
