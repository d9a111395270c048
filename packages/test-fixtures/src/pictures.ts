import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hasShared, sharedFixture } from "./index.ts";

/** What TensorFlow made of a picture under one setting: an error, or pixels known by their hash. */
export interface DecodedPicture {
  readonly ok: boolean;
  /** Height, width, channels. */
  readonly shape_hwc?: readonly [number, number, number];
  readonly sha256?: string;
}

/** What TensorFlow made of the picture resized to 224 × 224, by samples. */
export interface ResizedPicture {
  /** A mean for each channel. */
  readonly mean: readonly number[];
  /** Row, column, red, green, blue. */
  readonly samples_yx_rgb: readonly (readonly number[])[];
}

/** A picture of the corpus with what TensorFlow made of it (`images/expected.json`). */
export interface PictureRecord {
  readonly file: string;
  readonly note: string;
  /** By setting, such as `decode_jpeg channels=3 INTEGER_ACCURATE`. */
  readonly tensorflow: Readonly<Record<string, DecodedPicture>>;
  readonly resize_224_bilinear?: ResizedPicture;
  readonly resize_224_bilinear_antialias?: ResizedPicture;
  readonly tolerance?: { readonly resize_samples_from_same_pixels: number };
}

/** The two resizings that are recorded, and whether they smooth. */
export const pictureResizings: readonly (readonly [
  "resize_224_bilinear" | "resize_224_bilinear_antialias",
  boolean,
])[] = [
  ["resize_224_bilinear", false],
  ["resize_224_bilinear_antialias", true],
];

/** The pictures of the corpus; none where it is absent. */
export const pictures: readonly PictureRecord[] = hasShared
  ? (
      JSON.parse(readFileSync(sharedFixture("images", "expected.json"), "utf8")) as {
        images: PictureRecord[];
      }
    ).images
  : [];

/** The bytes of a picture's file. */
export const pictureBytes = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(sharedFixture("images", file)));

/** The hash by which decoded pixels are recorded. */
export const pixelHash = (data: ArrayBufferView): string =>
  createHash("sha256")
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex");

/**
 * How far 224 × 224 pixels in RGB are from what is recorded: the largest difference at a sample and of a channel's mean.
 */
export function resizedDifference(
  want: ResizedPicture,
  pixels: ArrayLike<number>,
): { sample: number; mean: number } {
  let sample = 0;
  for (const [y = 0, x = 0, ...rgb] of want.samples_yx_rgb) {
    for (const [channel, value] of rgb.entries())
      sample = Math.max(sample, Math.abs((pixels[(y * 224 + x) * 3 + channel] ?? Number.NaN) - value));
  }
  const sums = [0, 0, 0];
  for (let i = 0; i < pixels.length; i++) sums[i % 3] = (sums[i % 3] ?? 0) + (pixels[i] ?? 0);
  const mean = Math.max(
    ...want.mean.map((value, channel) => Math.abs((sums[channel] ?? Number.NaN) / (224 * 224) - value)),
  );
  return { sample, mean };
}
