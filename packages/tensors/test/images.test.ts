import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { TensorError } from "@servable/tensors";
import {
  decodeImage,
  decodePng,
  ImageError,
  imageToTensor,
  resizeBilinear,
  sniffImage,
} from "@servable/tensors/image";
import { fixture } from "@servable/test-fixtures";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(fixture("images", file)));
const sha = (data: Uint8Array | Uint16Array): string =>
  createHash("sha256")
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex");

/** SHA-256 of what tf.io.decode_jpeg gives for three channels with INTEGER_ACCURATE. */
const SHAS: readonly [string, number[], string][] = [
  [
    "landscape_320x213_420.jpg",
    [213, 320, 3],
    "7a7ba2879363860d8850cf26c60120606e5f08817e288d4ff9f156181e4265f7",
  ],
  [
    "square_224x224_444.jpg",
    [224, 224, 3],
    "76d04968cef77194d25b8e7565da776a9fccec545c4da57b139b9a730f27c995",
  ],
  ["exif_orientation_6.jpg", [48, 72, 3], "bdfc80994f8e2b3876114cba199ce904e8c0fb5217979d9541f16da52be75d75"],
  ["rgb_90x61.png", [61, 90, 3], "e4e7e8175cb89606c2f648fbe9ef74b5141eb8695b4b20e129c0e021449b2c0a"],
];

describe("pixels of TensorFlow 2.17.1, byte for byte", () => {
  it.each(SHAS)("%s", async (file, shape, want) => {
    const image = await decodeImage(bytesOf(file), { channels: 3 });
    expect([image.height, image.width, image.channels]).toEqual(shape);
    expect(sha(image.data)).toBe(want);
  });
});

/** A PNG of raw samples, rows unfiltered. */
function png(
  width: number,
  height: number,
  depth: number,
  colourType: number,
  rows: readonly (readonly number[])[],
  extra: readonly (readonly [string, readonly number[]])[] = [],
  raw: Uint8Array = Uint8Array.from(rows.flatMap((row) => [0, ...row])),
): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = depth;
  head[9] = colourType;
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
      chunk("IHDR", head),
      ...extra.map(([type, data]) => chunk(type, Uint8Array.from(data))),
      chunk("IDAT", deflateSync(raw)),
      chunk("IEND", new Uint8Array(0)),
    ]),
  );
}

describe("PNG kinds", () => {
  it.each([
    ["1-bit gray", png(3, 2, 1, 0, [[0b10100000], [0b01000000]]), 0, 1, [255, 0, 255, 0, 255, 0]],
    ["2-bit gray", png(4, 1, 2, 0, [[0b00011011]]), 0, 1, [0, 85, 170, 255]],
    ["4-bit gray to RGB", png(2, 1, 4, 0, [[0x1f]]), 3, 3, [17, 17, 17, 255, 255, 255]],
    ["8-bit gray with alpha", png(1, 1, 8, 4, [[7, 9]]), 0, 2, [7, 9]],
    ["gray with alpha to RGBA", png(1, 1, 8, 4, [[7, 9]]), 4, 4, [7, 7, 7, 9]],
    ["16-bit gray to 8 bits takes the upper byte", png(1, 1, 16, 0, [[0x12, 0xff]]), 0, 1, [0x12]],
    ["16-bit RGB", png(1, 1, 16, 2, [[1, 255, 2, 255, 3, 255]]), 3, 3, [1, 2, 3]],
    [
      "RGB with a transparent colour to RGBA",
      png(2, 1, 8, 2, [[1, 2, 3, 4, 5, 6]], [["tRNS", [0, 1, 0, 2, 0, 3]]]),
      4,
      4,
      [1, 2, 3, 0, 4, 5, 6, 255],
    ],
    ["4-bit palette", png(2, 1, 4, 3, [[0x10]], [["PLTE", [9, 8, 7, 6, 5, 4]]]), 0, 3, [6, 5, 4, 9, 8, 7]],
    [
      "palette with transparency",
      png(
        2,
        1,
        8,
        3,
        [[0, 1]],
        [
          ["PLTE", [9, 8, 7, 6, 5, 4]],
          ["tRNS", [50]],
        ],
      ),
      0,
      4,
      [9, 8, 7, 50, 6, 5, 4, 255],
    ],
    ["RGB to gray with 0.299, 0.587, 0.114", png(2, 1, 8, 2, [[255, 0, 0, 10, 10, 10]]), 1, 1, [76, 10]],
  ] as const)("%s", (_name, bytes, channels, want, pixels) => {
    const image = decodePng(bytes, { channels });
    expect(image.channels).toBe(want);
    expect([...image.data]).toEqual(pixels);
  });

  it("gives 16 bits where asked", () => {
    expect([...decodePng(png(1, 1, 16, 0, [[0x12, 0x34]]), { bits: 16 }).data]).toEqual([0x1234]);
    expect([...decodePng(png(1, 1, 8, 0, [[0x12]]), { bits: 16 }).data]).toEqual([0x1212]);
  });

  it("refuses a small picture that inflates to a gigabyte, at once", () => {
    const bomb = png(1, 1, 8, 0, [[0]], [], new Uint8Array(1 << 26));
    const before = performance.now();
    expect(() => decodePng(bomb)).toThrow(/more data than pixels/);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it.each([
    ["short data", png(2, 2, 8, 0, [[1, 2]]), "truncated"],
    ["a depth that does not exist", png(1, 1, 3, 0, [[0]]), "corrupt"],
    ["no palette", png(1, 1, 8, 3, [[0]]), "corrupt"],
    ["2^31 pixels a side", png(0x7fffffff, 0x7fffffff, 8, 0, [[0]]), "too-large"],
    ["no pixels", png(0, 1, 8, 0, [[0]]), "corrupt"],
    ["cut off", png(1, 1, 8, 0, [[0]]).subarray(0, 40), "truncated"],
    ["an unknown critical chunk", png(1, 1, 8, 0, [[0]], [["ABCD", []]]), "corrupt"],
  ])("refuses %s", (_name, bytes, code) => {
    expect(() => decodePng(bytes)).toThrow(expect.objectContaining({ name: "ImageError", code }));
  });
});

describe("formats", () => {
  it("are told by content", async () => {
    expect(sniffImage(bytesOf("rgb_90x61.png"))).toBe("png");
    expect(sniffImage(bytesOf("square_224x224_444.jpg"))).toBe("jpeg");
    expect(sniffImage(new TextEncoder().encode("GIF89a"))).toBe("gif");
    expect(sniffImage(new Uint8Array(0))).toBeUndefined();
    await expect(decodeImage(new TextEncoder().encode("GIF89a"))).rejects.toThrow(
      /GIF pictures are not supported/,
    );
    await expect(decodeImage(new TextEncoder().encode("text"))).rejects.toThrow(/Unknown image file format/);
  });
});

/** A JPEG's beginning: SOI, then a frame header with these fields. */
function frame(
  marker: number,
  precision: number,
  side: number,
  components: number,
  length = 200,
): Uint8Array {
  const bytes = new Uint8Array(length);
  const high = side >> 8;
  const size = 8 + components * 3;
  bytes.set([0xff, 0xd8, 0xff, marker, 0, size, precision, high, side & 255, high, side & 255, components]);
  return bytes;
}

describe("JPEG", () => {
  const square = bytesOf("square_224x224_444.jpg");

  it("gives as many channels as asked, but not two", async () => {
    expect((await decodeImage(square)).channels).toBe(3);
    expect((await decodeImage(square, { channels: 1 })).data).toHaveLength(224 * 224);
    await expect(decodeImage(square, { channels: 2 })).rejects.toThrow(/to 2 channels/);
  });

  it("passes over what stands after the end of the image", async () => {
    const longer = new Uint8Array(square.length + 50).fill(7);
    longer.set(square);
    expect(sha((await decodeImage(longer)).data)).toBe(sha((await decodeImage(square)).data));
  });

  it.each([
    ["half of a picture", square.subarray(0, square.length >> 1), "truncated"],
    ["all but the end marker", square.subarray(0, square.length - 2), "truncated"],
    ["three bytes", square.subarray(0, 3), "truncated"],
    ["an end within the tables", square.subarray(0, 200), "truncated"],
    ["12-bit samples", frame(0xc1, 12, 8, 3), "unsupported"],
    ["a lossless picture", frame(0xc3, 8, 8, 3), "unsupported"],
    ["arithmetic coding", frame(0xc9, 8, 8, 3), "unsupported"],
    ["65,535 by 65,535 pixels in 100 bytes", frame(0xc0, 8, 65535, 1, 100), "too-large"],
    ["65,535 by 65,535 pixels in 8 MB", frame(0xc2, 8, 65535, 3, 8_000_000), "too-large"],
    ["a frame header of a wrong length", frame(0xc0, 8, 8, 3).fill(9, 5, 6), "corrupt"],
    ["no pixels", frame(0xc0, 8, 0, 3), "corrupt"],
    ["no picture", Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), "corrupt"],
    ["a restart where none may be", withScanByte(square, 500, [0xff, 0xd3]), "corrupt"],
  ])("refuses %s", async (_name, bytes, code) => {
    await expect(decodeImage(bytes)).rejects.toThrow(expect.objectContaining({ name: "ImageError", code }));
  });

  it("decodes the next picture after one that broke", async () => {
    await expect(decodeImage(square.subarray(0, 4000))).rejects.toThrow(ImageError);
    expect((await decodeImage(square)).width).toBe(224);
  });

  it("leaves the process's uncaught exceptions alone", async () => {
    const before = process.listenerCount("uncaughtException");
    await decodeImage(square);
    expect(process.listenerCount("uncaughtException")).toBe(before);
  });
});

/** The same file with bytes of its scan replaced, counted from the end. */
function withScanByte(bytes: Uint8Array, fromEnd: number, values: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, copy.length - fromEnd);
  return copy;
}

describe("any bytes", () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });

  it.each(["exif_orientation_6.jpg", "rgb_90x61.png"])(
    "mutations of %s decode or give an ImageError",
    async (file) => {
      const original = bytesOf(file);
      await fc.assert(
        fc.asyncProperty(edits, fc.nat(), fc.boolean(), async (changes, cut, shorten) => {
          const bytes = original.slice(0, shorten ? cut % original.length : original.length);
          for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
          try {
            const image = await decodeImage(bytes);
            expect(image.data.length).toBe(image.width * image.height * image.channels);
          } catch (error) {
            if (!(error instanceof ImageError)) throw error;
          }
        }),
        { numRuns: 200 },
      );
    },
  );
});

describe("resize", () => {
  it("has half-pixel centres by default and the old forms on request", () => {
    // values by hand: tf.image.resize([[0, 10]], 1x4) and the legacy op
    const row = Float32Array.of(0, 10);
    expect([...resizeBilinear(row, [1, 1, 2, 1], 1, 4)]).toEqual([0, 2.5, 7.5, 10]);
    expect([...resizeBilinear(row, [1, 1, 2, 1], 1, 4, { halfPixelCenters: false })]).toEqual([0, 5, 10, 10]);
    const corners = { halfPixelCenters: false, alignCorners: true };
    expect([...resizeBilinear(row, [1, 1, 2, 1], 1, 3, corners)]).toEqual([0, 5, 10]);
  });

  it("keeps a constant picture constant, with and without antialias", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (h, w, size, antialias) => {
          const out = resizeBilinear(new Float32Array(h * w).fill(7), [1, h, w, 1], size, size, {
            antialias,
          });
          for (const value of out) expect(value).toBeCloseTo(7, 4);
        },
      ),
    );
  });

  it("refuses shapes that do not fit", () => {
    expect(() => resizeBilinear(new Float32Array(3), [1, 2, 2, 1], 2, 2)).toThrow(TensorError);
    expect(() => resizeBilinear(new Float32Array(4), [1, 2, 2, 1], 0, 2)).toThrow(TensorError);
  });

  it("makes an NHWC batch of one, resized and normalised", async () => {
    const image = await decodeImage(bytesOf("landscape_320x213_420.jpg"), { channels: 3 });
    const tensor = imageToTensor(image, {
      size: [8, 6],
      scale: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      deviation: [0.5, 0.5, 0.5],
    });
    expect(tensor.shape).toEqual([1, 8, 6, 3]);
    expect(Math.max(...(tensor.data as Float32Array).map(Math.abs))).toBeLessThanOrEqual(1);
    const bytes = imageToTensor(image, { dtype: "DT_UINT8" });
    expect(bytes.shape).toEqual([1, 213, 320, 3]);
    expect(bytes.data).toEqual(image.data);
    expect(() => imageToTensor(image, { mean: [1] })).toThrow(/3 channels/);
  });
});
