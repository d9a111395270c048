import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { decodeImage, ImageError, resizeBilinear } from "@servable/tensors/image";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";

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
        const got = decodeImage(bytesOf(picture.file), { channels: channelsOf(setting) });
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
        expect(sha(data)).toBe(want.sha256);
      });

      // pictures that do not decode have no resized form
      if (picture.resize_224_bilinear === undefined || picture.file in REFUSED) return;
      it.each([
        ["resize_224_bilinear", false],
        ["resize_224_bilinear_antialias", true],
      ] as const)("%s", async (key, antialias) => {
        const want = picture[key]!;
        const image = await decodeImage(bytesOf(picture.file), { channels: 3 });
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
