import { ImageError } from "@servable/tensors/image";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, ints, type NumberArray, scalarInt, shapeText, strings } from "../value.ts";
import { encodePng } from "./encode-png.ts";
import { throughFloat } from "./half.ts";
import { encodedImage, JPEG_FAILURE } from "./image.ts";
import { decodeJpeg } from "./jpeg/decode-jpeg.ts";
import { truncatedNormal } from "./random.ts";

/** Height, width and number of components in a JPEG's frame header. */
function jpegShape(bytes: Uint8Array): [number, number, number] {
  const bad = () => invalid(`Invalid JPEG data, size ${bytes.length}`);
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw bad();
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) throw bad();
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame) {
      return [(bytes[at + 5]! << 8) | bytes[at + 6]!, (bytes[at + 7]! << 8) | bytes[at + 8]!, bytes[at + 9]!];
    }
    const bare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += bare ? 2 : 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
  throw bad();
}

const extractShape: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("output_type");
  return ([contents]) => {
    const shape = jpegShape(strings(contents!)[0]!);
    const data = dtype === "DT_INT64" ? BigInt64Array.from(shape, BigInt) : Int32Array.from(shape);
    return { dtype, shape: [3], data };
  };
};

const decodeAndCrop: KernelFactory = (node) => {
  const options = {
    channels: node.attrs.int("channels") as 0 | 1 | 3,
    ratio: node.attrs.int("ratio") as 1,
    fancyUpscaling: node.attrs.bool("fancy_upscaling"),
    tryRecoverTruncated: node.attrs.bool("try_recover_truncated"),
    acceptableFraction: node.attrs.float("acceptable_fraction"),
    dctMethod:
      node.attrs.string("dct_method") === "INTEGER_ACCURATE"
        ? ("INTEGER_ACCURATE" as const)
        : ("INTEGER_FAST" as const),
  };
  return ([contents, window]) => {
    const bytes = encodedImage(contents);
    const [y, x, h, w] = ints(window!) as [number, number, number, number];
    let image: ReturnType<typeof decodeJpeg>;
    try {
      image = decodeJpeg(bytes, options);
    } catch (error) {
      if (error instanceof ImageError) throw invalid(JPEG_FAILURE);
      throw error;
    }
    if (h <= 0 || w <= 0 || y < 0 || x < 0 || y + h > image.height || x + w > image.width)
      throw invalid(JPEG_FAILURE);
    const c = image.channels;
    const data = new Uint8Array(h * w * c);
    for (let row = 0; row < h; row++) {
      const from = ((y + row) * image.width + x) * c;
      data.set(image.data.subarray(from, from + w * c), row * w * c);
    }
    return { dtype: "DT_UINT8", shape: [h, w, c], data };
  };
};

const DEFAULT_COLOURS = [
  [1, 1, 0, 1],
  [0, 0, 1, 1],
  [1, 0, 0, 1],
  [0, 1, 0, 1],
  [0.5, 0, 0.5, 1],
  [0.5, 0.5, 0, 1],
  [0.5, 0, 0, 1],
  [0, 0, 0.5, 1],
  [0, 1, 1, 1],
  [1, 0, 1, 1],
];

const drawBoxes: KernelFactory =
  () =>
  ([images, boxes, colours]) => {
    const [n, h, w, c] = images!.shape as [number, number, number, number];
    const data = (images!.data as Float32Array).slice();
    const box = boxes!.data as Float32Array;
    const count = boxes!.shape[1]!;
    if (colours && (colours.shape[1] ?? 0) < c) {
      throw invalid(
        `colors must have equal or more channels than the image provided: ${shapeText(colours.shape)}`,
      );
    }
    const palette =
      colours && (colours.shape[0] ?? 0) > 0
        ? Array.from({ length: colours.shape[0]! }, (_, i) =>
            Array.from(
              (colours.data as Float32Array).subarray(i * colours.shape[1]!, (i + 1) * colours.shape[1]!),
            ),
          )
        : // Without colours an image of one channel is drawn on in white.
          c === 1
          ? [[1]]
          : DEFAULT_COLOURS;
    for (let b = 0; b < n; b++) {
      const pixel = (y: number, x: number, colour: readonly number[]): void => {
        for (let k = 0; k < c; k++) data[((b * h + y) * w + x) * c + k] = colour[k]!;
      };
      for (let i = 0; i < count; i++) {
        const colour = palette[i % palette.length]!;
        const at = (b * count + i) * 4;
        const [top, left, bottom, right] = [
          Math.trunc(Math.fround(box[at]! * (h - 1))),
          Math.trunc(Math.fround(box[at + 1]! * (w - 1))),
          Math.trunc(Math.fround(box[at + 2]! * (h - 1))),
          Math.trunc(Math.fround(box[at + 3]! * (w - 1))),
        ] as [number, number, number, number];
        if (top > bottom || left > right || top >= h || bottom < 0 || left >= w || right < 0) continue;
        const [y0, y1] = [Math.max(top, 0), Math.min(bottom, h - 1)];
        const [x0, x1] = [Math.max(left, 0), Math.min(right, w - 1)];
        for (let x = x0; x <= x1; x++) {
          if (top >= 0) pixel(top, x, colour);
          if (bottom < h) pixel(bottom, x, colour);
        }
        for (let y = y0; y <= y1; y++) {
          if (left >= 0) pixel(y, left, colour);
          if (right < w) pixel(y, right, colour);
        }
      }
    }
    return { dtype: images!.dtype, shape: images!.shape, data };
  };

/** Where a coordinate outside an image of `length` pixels is taken from. */
function mapped(at: number, length: number, mode: string): number {
  const clamp = (v: number): number => Math.min(Math.max(v, 0), length - 1);
  let v = at;
  if (mode === "REFLECT") {
    const twice = 2 * length;
    if (v < 0) {
      if (length <= 1) return 0;
      v = twice * Math.trunc(-v / twice) + v;
      v = v < -length ? v + twice : -v - 1;
    } else if (v > length - 1) {
      if (length <= 1) return 0;
      v -= twice * Math.trunc(v / twice);
      if (v >= length) v = twice - v - 1;
    }
    return clamp(v);
  }
  if (mode === "WRAP") {
    if (v < 0) v = length <= 1 ? 0 : v + length * (Math.trunc(-v / (length - 1)) + 1);
    else if (v > length - 1) v = length <= 1 ? 0 : v - length * Math.trunc(v / (length - 1));
    return clamp(v);
  }
  return mode === "NEAREST" ? clamp(v) : v;
}

const projective: KernelFactory = (node) => {
  const interpolation = node.attrs.string("interpolation");
  const mode = node.attrs.string("fill_mode");
  return ([images, transforms, size, fillValue]) => {
    const [n, h, w, c] = images!.shape as [number, number, number, number];
    const [height, width] = ints(size!) as [number, number];
    const t = transforms!.data as Float32Array;
    const each = transforms!.shape[0] === 1 ? 0 : 8;
    const fill = fillValue ? Number((fillValue.data as ArrayLike<number>)[0]) : 0;
    const shape = [n, height, width, c];
    const data = allocate(images!.dtype, shape) as NumberArray;
    const source = images!.data as NumberArray;
    let out = 0;
    for (let b = 0; b < n; b++) {
      const m = t.subarray(b * each, b * each + 8);
      const read = (y: number, x: number, k: number): number =>
        y >= 0 && y < h && x >= 0 && x < w ? source[((b * h + y) * w + x) * c + k]! : fill;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const depth = m[6]! * x + m[7]! * y + 1;
          if (depth === 0) {
            for (let k = 0; k < c; k++) data[out++] = fill;
            continue;
          }
          const ix = mapped(Math.fround((m[0]! * x + m[1]! * y + m[2]!) / depth), w, mode);
          const iy = mapped(Math.fround((m[3]! * x + m[4]! * y + m[5]!) / depth), h, mode);
          if (interpolation === "NEAREST") {
            const ry = Math.sign(iy) * Math.floor(Math.abs(iy) + 0.5);
            const rx = Math.sign(ix) * Math.floor(Math.abs(ix) + 0.5);
            for (let k = 0; k < c; k++) data[out++] = read(ry, rx, k);
            continue;
          }
          const [fy, fx] = [Math.floor(iy), Math.floor(ix)];
          for (let k = 0; k < c; k++) {
            const upper = (fx + 1 - ix) * read(fy, fx, k) + (ix - fx) * read(fy, fx + 1, k);
            const lower = (fx + 1 - ix) * read(fy + 1, fx, k) + (ix - fx) * read(fy + 1, fx + 1, k);
            data[out++] = (fy + 1 - iy) * upper + (iy - fy) * lower;
          }
        }
      }
    }
    return { dtype: images!.dtype, shape, data };
  };
};

const glimpse: KernelFactory = (node) => {
  const centred = node.attrs.bool("centered");
  const normalized = node.attrs.bool("normalized");
  const noise = node.attrs.bool("uniform_noise") ? "uniform" : node.attrs.string("noise");
  const second = node.op === "ExtractGlimpseV2";
  const filler = noise === "zero" ? () => 0 : noise === "gaussian" ? truncatedNormal : Math.random;
  return ([images, size, offsets]) => {
    const [n, h, w, c] = images!.shape as [number, number, number, number];
    const [height, width] = ints(size!) as [number, number];
    if (height <= 0 || width <= 0) throw invalid(`got negative size: ${height},${width}`);
    const shape = [n, height, width, c];
    const data = allocate("DT_FLOAT", shape) as Float32Array;
    const source = images!.data as Float32Array;
    const offset = offsets!.data as Float32Array;
    for (let b = 0; b < n; b++) {
      let y = offset[2 * b]!;
      let x = offset[2 * b + 1]!;
      if (second) {
        if (normalized) {
          y *= h;
          x *= w;
          if (centred) {
            y = y / 2 + h / 2 - height / 2;
            x = x / 2 + w / 2 - width / 2;
          }
        } else if (centred) {
          y += h / 2;
          x += w / 2;
        }
      } else {
        if (normalized) {
          y *= h;
          x *= w;
        }
        if (centred) {
          y = y / 2 + h / 2;
          x = x / 2 + w / 2;
        }
        y -= height / 2;
        x -= width / 2;
      }
      const top = Math.trunc(y);
      const left = Math.trunc(x);
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) {
          const inside = top + i >= 0 && top + i < h && left + j >= 0 && left + j < w;
          for (let k = 0; k < c; k++) {
            data[((b * height + i) * width + j) * c + k] = inside
              ? source[((b * h + top + i) * w + left + j) * c + k]!
              : filler();
          }
        }
      }
    }
    return { dtype: "DT_FLOAT", shape, data };
  };
};

const suppressByOverlaps: KernelFactory =
  () =>
  ([overlaps, scores, most, overlapThreshold, scoreThreshold]) => {
    const n = scores!.shape[0]!;
    const overlap = overlaps!.data as Float32Array;
    const score = scores!.data as Float32Array;
    const limit = (overlapThreshold!.data as Float32Array)[0]!;
    const least = (scoreThreshold!.data as Float32Array)[0]!;
    const order = Array.from({ length: n }, (_, i) => i)
      .filter((i) => score[i]! > least)
      .sort((a, b) => score[b]! - score[a]! || a - b);
    const chosen: number[] = [];
    for (const i of order) {
      if (chosen.length >= scalarInt(most!)) break;
      if (chosen.every((k) => overlap[i * n + k]! <= limit)) chosen.push(i);
    }
    return { dtype: "DT_INT32", shape: [chosen.length], data: Int32Array.from(chosen) };
  };

export const imageEditKernels: KernelTable = {
  ExtractJpegShape: extractShape,
  DecodeAndCropJpeg: decodeAndCrop,
  EncodePng: (node) => {
    const level = node.attrs.int("compression");
    return ([image]) => ({ dtype: "DT_STRING", shape: [], data: [encodePng(image!, level)] });
  },
  DrawBoundingBoxes: throughFloat(drawBoxes),
  DrawBoundingBoxesV2: throughFloat(drawBoxes),
  ImageProjectiveTransformV2: throughFloat(projective),
  ImageProjectiveTransformV3: throughFloat(projective),
  ExtractGlimpse: glimpse,
  ExtractGlimpseV2: glimpse,
  NonMaxSuppressionWithOverlaps: suppressByOverlaps,
};
