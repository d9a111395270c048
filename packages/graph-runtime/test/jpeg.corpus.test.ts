import { decodePng, ImageError, resizeBilinear } from "@servable/tensors/image";
import { hasShared } from "@servable/test-fixtures";
import {
  pictureBytes,
  pictureResizings,
  pictures,
  pixelHash,
  resizedDifference,
} from "@servable/test-fixtures/pictures";
import { describe, expect, it } from "vitest";
import { decodePicture } from "../src/kernels/jpeg/decode-picture.ts";

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
        const bytes = pictureBytes(picture.file);
        if (!want.ok) {
          expect(() => decode(setting, bytes)).toThrow(ImageError);
          return;
        }
        const got = decode(setting, bytes);
        expect([got.height, got.width, got.channels]).toEqual(want.shape_hwc);
        // not within a tolerance: the same bytes
        expect(pixelHash(got.data)).toBe(want.sha256);
      });

      // pictures that do not decode have no resized form
      if (picture.resize_224_bilinear === undefined) return;
      it.each(pictureResizings)("%s", (key, antialias) => {
        const want = picture[key]!;
        const image = decodePicture(pictureBytes(picture.file), {
          channels: 3,
          dctMethod: "INTEGER_ACCURATE",
        });
        const out = resizeBilinear(image.data, [1, image.height, image.width, 3], 224, 224, { antialias });
        const difference = resizedDifference(want, out);
        expect(difference.sample).toBeLessThanOrEqual(picture.tolerance!.resize_samples_from_same_pixels);
        expect(difference.mean).toBeLessThan(0.005);
      });
    },
  );
});
