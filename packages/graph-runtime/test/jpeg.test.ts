import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ImageError } from "@servable/tensors/image";
import { fixture } from "@servable/test-fixtures";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeJpeg } from "../src/kernels/jpeg/decode-jpeg.ts";
import { decodePicture } from "../src/kernels/jpeg/decode-picture.ts";

const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(fixture("images", file)));
const sha = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

const SHAS: readonly [string, "INTEGER_FAST" | "INTEGER_ACCURATE", boolean, number[], string][] = [
  [
    "landscape_320x213_420.jpg",
    "INTEGER_ACCURATE",
    true,
    [213, 320, 3],
    "7a7ba2879363860d8850cf26c60120606e5f08817e288d4ff9f156181e4265f7",
  ],
  [
    "landscape_320x213_420.jpg",
    "INTEGER_FAST",
    true,
    [213, 320, 3],
    "2496c253f6805c9184558cd1c1471ad79cacb111c850fcc9750f3e70bf8161fd",
  ],
  [
    "landscape_320x213_420.jpg",
    "INTEGER_ACCURATE",
    false,
    [213, 320, 3],
    "082079e5d7de67a0b786172f774f11a0e384d1ebe6e3f98d3f665eca25e1c364",
  ],
  [
    "square_224x224_444.jpg",
    "INTEGER_ACCURATE",
    true,
    [224, 224, 3],
    "76d04968cef77194d25b8e7565da776a9fccec545c4da57b139b9a730f27c995",
  ],
  [
    "square_224x224_444.jpg",
    "INTEGER_FAST",
    true,
    [224, 224, 3],
    "fcea1602121d6fb76189d229f208846a2fbbd8363ff74398b8f65389a1c62403",
  ],
  [
    "square_224x224_444.jpg",
    "INTEGER_ACCURATE",
    false,
    [224, 224, 3],
    "76d04968cef77194d25b8e7565da776a9fccec545c4da57b139b9a730f27c995",
  ],
  [
    "exif_orientation_6.jpg",
    "INTEGER_ACCURATE",
    true,
    [48, 72, 3],
    "bdfc80994f8e2b3876114cba199ce904e8c0fb5217979d9541f16da52be75d75",
  ],
  [
    "exif_orientation_6.jpg",
    "INTEGER_FAST",
    true,
    [48, 72, 3],
    "3b7536ed91788bb3edeb475d70738b494990e97396e05ace0c905b2decacd855",
  ],
  [
    "exif_orientation_6.jpg",
    "INTEGER_ACCURATE",
    false,
    [48, 72, 3],
    "340a4649e89d370cb49bdb681551ad07bfdaf536ec12428a142052902ddf39eb",
  ],
  [
    "rgb_90x61.png",
    "INTEGER_ACCURATE",
    true,
    [61, 90, 3],
    "e4e7e8175cb89606c2f648fbe9ef74b5141eb8695b4b20e129c0e021449b2c0a",
  ],
];

describe("pixels of TensorFlow 2.17.1, byte for byte", () => {
  it.each(SHAS)("%s", (file, dctMethod, fancyUpscaling, shape, want) => {
    const image = decodePicture(bytesOf(file), { channels: 3, dctMethod, fancyUpscaling });
    expect([image.height, image.width, image.channels]).toEqual(shape);
    expect(sha(image.data)).toBe(want);
  });
});

describe("the decoder of DecodeJpeg", () => {
  it("gives one channel, but not two", () => {
    const bytes = bytesOf("square_224x224_444.jpg");
    expect(decodeJpeg(bytes, { channels: 1 }).data).toHaveLength(224 * 224);
    expect(() => decodeJpeg(bytes, { channels: 2 })).toThrow(ImageError);
  });

  it("refuses a JPEG that claims 65,535 by 65,535 pixels in 100 bytes", () => {
    const bytes = new Uint8Array(100);
    bytes.set([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0]);
    expect(() => decodeJpeg(bytes)).toThrow(expect.objectContaining({ code: "too-large" }));
  });

  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
  it.each(["exif_orientation_6.jpg", "rgb_90x61.png"])(
    "decodes mutations of %s, or gives an ImageError",
    (file) => {
      const original = bytesOf(file);
      fc.assert(
        fc.property(edits, fc.nat(), fc.boolean(), (changes, cut, shorten) => {
          const bytes = original.slice(0, shorten ? cut % original.length : original.length);
          for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
          try {
            const image = decodePicture(bytes);
            expect(image.data.length).toBe(image.width * image.height * image.channels);
          } catch (error) {
            if (!(error instanceof ImageError)) throw error;
          }
        }),
        { numRuns: 250 },
      );
    },
  );
});
