import { decodeImage, ImageError, resizeBilinear } from "@servable/tensors/image";
import { hasShared } from "@servable/test-fixtures";
import {
  pictureBytes,
  pictureResizings,
  pictures,
  pixelHash,
  resizedDifference,
} from "@servable/test-fixtures/pictures";
import { describe, expect, it } from "vitest";

/** Pictures that the client's decoder refuses though TensorFlow makes something of them. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "cmyk_60x40.jpg": /CMYK/,
  "bitflip_scan.jpg": /without loss/,
};

/** The channels of a recorded setting; undefined where its arithmetic is not the client's. */
function channelsOf(setting: string): number | undefined {
  const exact = /^decode_(?:png channels=(\d)|jpeg channels=(\d) (?:dct_method=)?INTEGER_ACCURATE)$/.exec(
    setting,
  );
  return exact === null ? undefined : Number(exact[1] ?? exact[2]);
}

describe.skipIf(!hasShared)("pictures: TensorFlow's own pixels", () => {
  it("has records", () => {
    expect(pictures.length).toBeGreaterThan(25);
  });

  describe.each(pictures.map((picture) => [picture.file, picture.note, picture] as const))(
    "%s (%s)",
    (_file, _note, picture) => {
      const settings = Object.keys(picture.tensorflow).filter((setting) => channelsOf(setting) !== undefined);
      it("has a setting that the client can be compared in", () => expect(settings).not.toEqual([]));

      it.each(settings)("%s", async (setting) => {
        const want = picture.tensorflow[setting]!;
        const got = decodeImage(pictureBytes(picture.file), { channels: channelsOf(setting) });
        const refused = REFUSED[picture.file];
        if (!want.ok || refused !== undefined) {
          const error: unknown = await got.catch((reason: unknown) => reason);
          expect(error).toBeInstanceOf(ImageError);
          if (refused !== undefined) expect((error as ImageError).message).toMatch(refused);
          return;
        }
        const { height, width, channels, data } = await got;
        expect([height, width, channels]).toEqual(want.shape_hwc);
        // not within a tolerance: the same bytes
        expect(pixelHash(data)).toBe(want.sha256);
      });

      // pictures that do not decode have no resized form
      if (picture.resize_224_bilinear === undefined || picture.file in REFUSED) return;
      it.each(pictureResizings)("%s", async (key, antialias) => {
        const want = picture[key]!;
        const image = await decodeImage(pictureBytes(picture.file), { channels: 3 });
        const out = resizeBilinear(image.data, [1, image.height, image.width, 3], 224, 224, { antialias });
        const difference = resizedDifference(want, out);
        expect(difference.sample).toBeLessThanOrEqual(picture.tolerance!.resize_samples_from_same_pixels);
        expect(difference.mean).toBeLessThan(0.005);
      });
    },
  );
});
