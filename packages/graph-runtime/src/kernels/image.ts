import { decodePng, ImageError } from "@servable/tensors/image";
import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, ints, type NumberArray, strings, type Value } from "../value.ts";
import { cast } from "./cast.ts";
import { throughFloat } from "./half.ts";
import { decodeJpeg } from "./jpeg/decode-jpeg.ts";
import { decodePicture } from "./jpeg/decode-picture.ts";

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

/** What TensorFlow says of a JPEG that libjpeg gives up on, whatever the reason. */
export const JPEG_FAILURE = "jpeg::Uncompress failed. Invalid JPEG data or crop window.";

/** The bytes of one picture; none at all is an error of its own. */
export function encodedImage(contents: Value | undefined): Uint8Array {
  const bytes = strings(contents!)[0];
  if (!bytes || bytes.length === 0) throw invalid("Input is empty.");
  return bytes;
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

function decoded(bytes: Uint8Array, make: () => Decoded, dtype: Value["dtype"], frames: boolean): Value {
  let image: Decoded;
  try {
    image = make();
  } catch (error) {
    if (error instanceof ImageError) {
      if (isJpeg(bytes) && error.code !== "unsupported") throw invalid(JPEG_FAILURE);
      if (error.code === "unsupported") throw unimplemented(error.message);
      throw invalid(error.message);
    }
    throw error;
  }
  const shape = [...(frames ? [1] : []), image.height, image.width, image.channels];
  const wide = image.data instanceof Uint16Array;
  const made: Value = { dtype: wide ? "DT_UINT16" : "DT_UINT8", shape, data: image.data };
  if (dtype === made.dtype) return made;
  if (dtype === "DT_FLOAT") {
    const data = allocate(dtype, shape) as Float32Array;
    const top = wide ? 65535 : 255;
    for (let i = 0; i < data.length; i++) data[i] = Math.fround(image.data[i]! * Math.fround(1 / top));
    return { dtype, shape, data };
  }
  if (dtype === "DT_UINT16" && !wide) {
    return { dtype, shape, data: Uint16Array.from(image.data, (v) => v * 257) };
  }
  return cast(made, dtype);
}

const jpeg: KernelFactory = (node) => {
  const channels = node.attrs.int("channels");
  const ratio = node.attrs.int("ratio");
  const fancyUpscaling = node.attrs.bool("fancy_upscaling");
  const tryRecoverTruncated = node.attrs.bool("try_recover_truncated");
  const acceptableFraction = node.attrs.float("acceptable_fraction");
  const dct = node.attrs.string("dct_method");
  const options = {
    ratio: ratio as 1,
    fancyUpscaling,
    tryRecoverTruncated,
    acceptableFraction,
    dctMethod: dct === "INTEGER_ACCURATE" ? ("INTEGER_ACCURATE" as const) : ("INTEGER_FAST" as const),
  };
  return ([contents]) => {
    const bytes = encodedImage(contents);
    // DecodeJpeg takes any format that it knows; only the JPEG options are its own.
    if (isJpeg(bytes)) {
      return decoded(
        bytes,
        () => decodeJpeg(bytes, { ...options, channels: channels as 0 | 1 | 3 }),
        "DT_UINT8",
        false,
      );
    }
    return decoded(bytes, () => decodePicture(bytes, { channels: channels as 0 | 1 | 3 }), "DT_UINT8", false);
  };
};

const png: KernelFactory = (node) => {
  const channels = node.attrs.int("channels") as 0 | 1 | 2 | 3 | 4;
  const dtype = node.attrs.dtype("dtype");
  return ([contents]) => {
    const bytes = encodedImage(contents);
    if (bytes[0] === 0x89) {
      return decoded(
        bytes,
        () => decodePng(bytes, { channels, bits: dtype === "DT_UINT16" ? 16 : 8 }),
        dtype,
        false,
      );
    }
    return decoded(bytes, () => decodePicture(bytes, { channels: channels as 0 | 1 | 3 | 4 }), dtype, false);
  };
};

const anyImage: KernelFactory = (node) => {
  const channels = node.attrs.int("channels") as 0 | 1 | 3 | 4;
  const dtype = node.attrs.dtype("dtype");
  return ([contents]) => {
    const bytes = encodedImage(contents);
    if (dtype === "DT_UINT16" && bytes[0] === 0x89)
      return decoded(bytes, () => decodePng(bytes, { channels, bits: 16 }), dtype, false);
    return decoded(bytes, () => decodePicture(bytes, { channels }), dtype, false);
  };
};

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixels: boolean;
}

function resizeScale(from: number, to: number, align: boolean): number {
  return align && to > 1 ? Math.fround((from - 1) / (to - 1)) : Math.fround(from / to);
}

function imageSize(images: Value, size: Value): [number, number, number, number, number, number] {
  if (images.shape.length !== 4) throw invalid(`input must be 4-dimensional[${images.shape.join(",")}]`);
  const [n, h, w, c] = images.shape as [number, number, number, number];
  const [height = 0, width = 0] = ints(size);
  if (height <= 0 || width <= 0) throw invalid("output dimensions must be positive");
  if (h <= 0 || w <= 0) throw invalid("input image must be of non-zero size");
  return [n, h, w, c, height, width];
}

function pixels(images: Value): NumberArray {
  return (images.dtype === "DT_INT64" ? cast(images, "DT_DOUBLE") : images).data as NumberArray;
}

/** Source pixel of the target's, as ResizeBilinear and ResizeBicubic place it. */
function place(at: number, scale: number, half: boolean): number {
  return half ? Math.fround(Math.fround(Math.fround(at + 0.5) * scale) - 0.5) : Math.fround(at * scale);
}

function bilinear(images: Value, size: Value, a: ResizeAttributes): Value {
  const [n, h, w, c, height, width] = imageSize(images, size);
  const shape = [n, height, width, c];
  const data = allocate("DT_FLOAT", shape) as Float32Array;
  const source = pixels(images);
  const axis = (from: number, to: number) => {
    const scale = resizeScale(from, to, a.alignCorners);
    return Array.from({ length: to }, (_, i) => {
      const at = place(i, scale, a.halfPixels);
      const floor = Math.floor(at);
      return {
        low: Math.max(floor, 0),
        high: Math.min(Math.ceil(at), from - 1),
        lerp: Math.fround(at - floor),
      };
    });
  };
  const rows = axis(h, height);
  const columns = axis(w, width);
  let o = 0;
  for (let b = 0; b < n; b++) {
    for (const y of rows) {
      const top = (b * h + y.low) * w * c;
      const bottom = (b * h + y.high) * w * c;
      for (const x of columns) {
        const left = x.low * c;
        const right = x.high * c;
        for (let k = 0; k < c; k++) {
          const tl = source[top + left + k]!;
          const tr = source[top + right + k]!;
          const bl = source[bottom + left + k]!;
          const br = source[bottom + right + k]!;
          const t = Math.fround(tl + Math.fround((tr - tl) * x.lerp));
          const u = Math.fround(bl + Math.fround((br - bl) * x.lerp));
          data[o++] = t + Math.fround((u - t) * y.lerp);
        }
      }
    }
  }
  return { dtype: "DT_FLOAT", shape, data };
}

function nearest(images: Value, size: Value, a: ResizeAttributes): Value {
  const [n, h, w, c, height, width] = imageSize(images, size);
  const shape = [n, height, width, c];
  const data = allocate(images.dtype, shape) as unknown as number[];
  const source = images.data as unknown as number[];
  const axis = (from: number, to: number): number[] => {
    const scale = resizeScale(from, to, a.alignCorners);
    return Array.from({ length: to }, (_, i) => {
      const at = a.halfPixels ? Math.fround(Math.fround(i + 0.5) * scale) : Math.fround(i * scale);
      // With aligned corners C's roundf: halves away from zero.
      const index = a.alignCorners ? Math.floor(at + 0.5) : Math.floor(at);
      return Math.min(Math.max(0, index), from - 1);
    });
  };
  const rows = axis(h, height);
  const columns = axis(w, width);
  let o = 0;
  for (let b = 0; b < n; b++) {
    for (const y of rows) {
      for (const x of columns) {
        const at = ((b * h + y) * w + x) * c;
        for (let k = 0; k < c; k++) data[o++] = source[at + k]!;
      }
    }
  }
  return { dtype: images.dtype, shape, data: data as unknown as Value["data"] };
}

/** Weights of TensorFlow's bicubic table: 1024 steps, Keys' kernel (-0.5 with half pixels, -0.75 without). */
function cubicWeights(step: number, half: boolean): [number, number, number, number] {
  const a = half ? -0.5 : -0.75;
  const near = (x: number): number => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number): number => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  const x = step / 1024;
  return [Math.fround(far(x + 1)), Math.fround(near(x)), Math.fround(near(1 - x)), Math.fround(far(2 - x))];
}

function bicubic(images: Value, size: Value, a: ResizeAttributes): Value {
  const [n, h, w, c, height, width] = imageSize(images, size);
  const shape = [n, height, width, c];
  const data = allocate("DT_FLOAT", shape) as Float32Array;
  const source = pixels(images);
  const axis = (from: number, to: number) => {
    const scale = resizeScale(from, to, a.alignCorners);
    return Array.from({ length: to }, (_, i) => {
      const at = place(i, scale, a.halfPixels);
      const floor = Math.floor(at);
      const weights = cubicWeights(Math.round((at - floor) * 1024), a.halfPixels);
      const indices = [floor - 1, floor, floor + 1, floor + 2];
      if (a.halfPixels) {
        // Taps outside the image count for nothing, and the others make up for them.
        let sum = 0;
        for (let k = 0; k < 4; k++) {
          if (indices[k]! < 0 || indices[k]! > from - 1) weights[k] = 0;
          sum += weights[k]!;
        }
        if (Math.abs(sum) >= 1000 * 1.1754943508222875e-38)
          for (let k = 0; k < 4; k++) weights[k] = Math.fround(weights[k]! / sum);
      }
      return { weights, indices: indices.map((index) => Math.min(Math.max(0, index), from - 1)) };
    });
  };
  const rows = axis(h, height);
  const columns = axis(w, width);
  let o = 0;
  for (let b = 0; b < n; b++) {
    for (const y of rows) {
      for (const x of columns) {
        for (let k = 0; k < c; k++) {
          let sum = 0;
          for (let i = 0; i < 4; i++) {
            const row = (b * h + y.indices[i]!) * w * c + k;
            let part = 0;
            for (let j = 0; j < 4; j++) part += source[row + x.indices[j]! * c]! * x.weights[j]!;
            sum += part * y.weights[i]!;
          }
          data[o++] = sum;
        }
      }
    }
  }
  return { dtype: "DT_FLOAT", shape, data };
}

function area(images: Value, size: Value, a: ResizeAttributes): Value {
  const [n, h, w, c, height, width] = imageSize(images, size);
  const shape = [n, height, width, c];
  const data = allocate("DT_FLOAT", shape) as Float32Array;
  const source = pixels(images);
  const axis = (from: number, to: number) => {
    const scale = resizeScale(from, to, a.alignCorners);
    return Array.from({ length: to }, (_, i) => {
      const start = Math.fround(i * scale);
      const end = Math.fround((i + 1) * scale);
      const taps: { index: number; weight: number }[] = [];
      for (let v = Math.floor(start); v < Math.ceil(end); v++) {
        const weight = v < start ? (v + 1 > end ? scale : v + 1 - start) : v + 1 > end ? end - v : 1;
        taps.push({ index: Math.min(Math.max(0, v), from - 1), weight });
      }
      return taps;
    });
  };
  const rows = axis(h, height);
  const columns = axis(w, width);
  const whole = resizeScale(h, height, a.alignCorners) * resizeScale(w, width, a.alignCorners);
  let o = 0;
  for (let b = 0; b < n; b++) {
    for (const ys of rows) {
      for (const xs of columns) {
        for (let k = 0; k < c; k++) {
          let sum = 0;
          for (const y of ys)
            for (const x of xs)
              sum += source[((b * h + y.index) * w + x.index) * c + k]! * y.weight * x.weight;
          data[o++] = sum / whole;
        }
      }
    }
  }
  return { dtype: "DT_FLOAT", shape, data };
}

type SampleKernel = { readonly radius: number; readonly at: (x: number) => number };

function sampleKernel(name: string): SampleKernel {
  const lanczos = (radius: number): SampleKernel => ({
    radius,
    at: (given) => {
      const x = Math.abs(given);
      if (x > radius) return 0;
      if (x <= 1e-3) return 1;
      return (
        (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * Math.PI * x * x)
      );
    },
  });
  switch (name) {
    case "lanczos1":
      return lanczos(1);
    case "lanczos3":
      return lanczos(3);
    case "lanczos5":
      return lanczos(5);
    case "gaussian":
      return { radius: 1.5, at: (x) => (Math.abs(x) >= 1.5 ? 0 : Math.exp((-x * x) / (2 * 0.5 * 0.5))) };
    case "box":
      return { radius: 1, at: (x) => (Math.abs(x) < 0.5 ? 1 : Math.abs(x) === 0.5 ? 0.5 : 0) };
    case "triangle":
      return { radius: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) };
    case "keyscubic":
      return {
        radius: 2,
        at: (given) => {
          const x = Math.abs(given);
          if (x >= 2) return 0;
          return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
        },
      };
    case "mitchellcubic":
      return {
        radius: 2,
        at: (given) => {
          const x = Math.abs(given);
          if (x >= 2) return 0;
          return x >= 1 ? (((-7 / 18) * x + 2) * x - 10 / 3) * x + 16 / 9 : ((7 / 6) * x - 2) * x * x + 8 / 9;
        },
      };
    default:
      throw unimplemented(`resampling kernel ${name} is not supported`, ["ScaleAndTranslate"]);
  }
}

/** Spans and weights along one dimension, as ScaleAndTranslate computes them. */
function spans(
  from: number,
  to: number,
  scale: number,
  translate: number,
  antialias: boolean,
  kernel: SampleKernel,
) {
  // Each step in float32, as the op does it: which taps count can hang on the last bit.
  const inverse = Math.fround(1 / scale);
  const shift = Math.fround(inverse * translate);
  const kernelScale = antialias ? Math.max(inverse, 1) : 1;
  const perScale = Math.fround(1 / kernelScale);
  return Array.from({ length: to }, (_, i) => {
    const at = Math.fround(Math.fround((i + 0.5) * inverse) - shift);
    if (at < 0 || at > from) return { start: 0, weights: [] as number[] };
    const first = Math.max(0, Math.ceil(at - kernel.radius * kernelScale - 0.5));
    const last = Math.min(from - 1, Math.floor(at + kernel.radius * kernelScale - 0.5));
    const weights: number[] = [];
    let sum = 0;
    for (let k = first; k <= last; k++) {
      const weight = kernel.at(Math.fround(Math.fround(k + 0.5 - at) * perScale));
      weights.push(weight);
      sum += weight;
    }
    return {
      start: first,
      weights: Math.abs(sum) >= 1.1754943508222875e-35 ? weights.map((v) => v / sum) : weights,
    };
  });
}

const scaleAndTranslate: KernelFactory = (node) => {
  const kernel = sampleKernel(node.attrs.string("kernel_type"));
  const antialias = node.attrs.bool("antialias");
  return ([images, size, scaleValue, translation]) => {
    const [n, h, w, c, height, width] = imageSize(images!, size!);
    const scale = scaleValue!.data as Float32Array;
    const move = translation!.data as Float32Array;
    const rows = spans(h, height, scale[0]!, move[0]!, antialias, kernel);
    const columns = spans(w, width, scale[1]!, move[1]!, antialias, kernel);
    const source = pixels(images!);
    const middle = new Float32Array(height * w * c);
    const shape = [n, height, width, c];
    const data = allocate("DT_FLOAT", shape) as Float32Array;
    for (let b = 0; b < n; b++) {
      middle.fill(0);
      for (const [y, row] of rows.entries()) {
        for (const [k, weight] of row.weights.entries()) {
          const at = (b * h + row.start + k) * w * c;
          for (let i = 0; i < w * c; i++) middle[y * w * c + i]! += source[at + i]! * weight;
        }
      }
      for (let y = 0; y < height; y++) {
        for (const [x, column] of columns.entries()) {
          const out = ((b * height + y) * width + x) * c;
          for (const [k, weight] of column.weights.entries()) {
            const at = (y * w + column.start + k) * c;
            for (let i = 0; i < c; i++) data[out + i]! += middle[at + i]! * weight;
          }
        }
      }
    }
    return { dtype: "DT_FLOAT", shape, data };
  };
};

const cropAndResize: KernelFactory = (node) => {
  const method = node.attrs.string("method");
  const outside = node.attrs.float("extrapolation_value");
  return ([images, boxes, boxIndex, size]) => {
    const [n, h, w, c, height, width] = imageSize(images!, size!);
    const count = boxes!.shape[0]!;
    const box = boxes!.data as Float32Array;
    const index = ints(boxIndex!);
    const source = pixels(images!);
    const shape = [count, height, width, c];
    const data = allocate("DT_FLOAT", shape) as Float32Array;
    let o = 0;
    for (let b = 0; b < count; b++) {
      const image = index[b]!;
      if (image < 0 || image >= n) throw invalid(`box_index has values outside [0, batch_size)`);
      const [y1, x1, y2, x2] = [box[b * 4]!, box[b * 4 + 1]!, box[b * 4 + 2]!, box[b * 4 + 3]!];
      const scaleY = height > 1 ? ((y2 - y1) * (h - 1)) / (height - 1) : 0;
      const scaleX = width > 1 ? ((x2 - x1) * (w - 1)) / (width - 1) : 0;
      for (let y = 0; y < height; y++) {
        const iy = height > 1 ? y1 * (h - 1) + y * scaleY : 0.5 * (y1 + y2) * (h - 1);
        for (let x = 0; x < width; x++) {
          const ix = width > 1 ? x1 * (w - 1) + x * scaleX : 0.5 * (x1 + x2) * (w - 1);
          if (iy < 0 || iy > h - 1 || ix < 0 || ix > w - 1) {
            for (let k = 0; k < c; k++) data[o++] = outside;
            continue;
          }
          const pixel = (yy: number, xx: number, k: number): number =>
            source[((image * h + yy) * w + xx) * c + k]!;
          if (method === "nearest") {
            const yy = Math.round(iy);
            const xx = Math.round(ix);
            for (let k = 0; k < c; k++) data[o++] = pixel(yy, xx, k);
            continue;
          }
          const [top, bottom, left, right] = [Math.floor(iy), Math.ceil(iy), Math.floor(ix), Math.ceil(ix)];
          for (let k = 0; k < c; k++) {
            const t = pixel(top, left, k) + (pixel(top, right, k) - pixel(top, left, k)) * (ix - left);
            const u =
              pixel(bottom, left, k) + (pixel(bottom, right, k) - pixel(bottom, left, k)) * (ix - left);
            data[o++] = t + (u - t) * (iy - top);
          }
        }
      }
    }
    return { dtype: "DT_FLOAT", shape, data };
  };
};

const resizer =
  (resize: (images: Value, size: Value, a: ResizeAttributes) => Value): KernelFactory =>
  (node) => {
    const attributes = {
      alignCorners: node.attrs.bool("align_corners"),
      halfPixels: node.attrs.has("half_pixel_centers") && node.attrs.bool("half_pixel_centers"),
    };
    return ([images, size]) => resize(images!, size!, attributes);
  };

/** Pixel by pixel, three channels in, three out. */
function colours(x: Value, f: (r: number, g: number, b: number) => readonly [number, number, number]): Value {
  const data = allocate(x.dtype, x.shape) as Float32Array;
  const source = x.data as Float32Array;
  if (x.shape[x.shape.length - 1] !== 3)
    throw invalid(`input must have 3 channels but instead has ${x.shape[x.shape.length - 1]} channels.`);
  for (let i = 0; i < data.length; i += 3) {
    const [p, q, r] = f(source[i]!, source[i + 1]!, source[i + 2]!);
    data[i] = p;
    data[i + 1] = q;
    data[i + 2] = r;
  }
  return { dtype: x.dtype, shape: x.shape, data };
}

function toHsv(r: number, g: number, b: number): readonly [number, number, number] {
  const value = Math.max(r, g, b);
  const span = value - Math.min(r, g, b);
  const saturation = value > 0 ? span / value : 0;
  let hue = 0;
  if (span > 0) {
    if (r === value) hue = (g - b) / (6 * span);
    else if (g === value) hue = (b - r) / (6 * span) + 2 / 6;
    else hue = (r - g) / (6 * span) + 4 / 6;
    if (hue < 0) hue += 1;
  }
  return [hue, saturation, value];
}

function toRgb(h: number, s: number, v: number): readonly [number, number, number] {
  const c = s * v;
  const m = v - c;
  const dh = h * 6;
  const x = c * (1 - Math.abs((dh % 2) - 1));
  const at = Math.floor(dh) % 6;
  const r = at === 0 || at === 5 ? c : at === 1 || at === 4 ? x : 0;
  const g = at === 1 || at === 2 ? c : at === 0 || at === 3 ? x : 0;
  const b = at === 3 || at === 4 ? c : at === 2 || at === 5 ? x : 0;
  return [r + m, g + m, b + m];
}

const contrast: KernelFactory =
  () =>
  ([x, factor]) => {
    const [h, w, c] = x!.shape.slice(-3) as [number, number, number];
    const source = x!.data as Float32Array;
    const data = allocate(x!.dtype, x!.shape) as Float32Array;
    const by = (factor!.data as Float32Array)[0]!;
    const size = h * w * c;
    for (let from = 0; from < data.length; from += size) {
      for (let k = 0; k < c; k++) {
        let sum = 0;
        for (let i = from + k; i < from + size; i += c) sum += source[i]!;
        const mean = sum / (h * w);
        for (let i = from + k; i < from + size; i += c) data[i] = (source[i]! - mean) * by + mean;
      }
    }
    return { dtype: x!.dtype, shape: x!.shape, data };
  };

/** Decoding, resizing and colours of images. */
export const imageKernels: KernelTable = {
  DecodeJpeg: jpeg,
  DecodePng: png,
  DecodeImage: anyImage,
  ResizeBilinear: throughFloat(resizer(bilinear)),
  ResizeNearestNeighbor: resizer(nearest),
  ResizeBicubic: resizer(bicubic),
  ResizeArea: resizer(area),
  ScaleAndTranslate: scaleAndTranslate,
  CropAndResize: cropAndResize,
  RGBToHSV:
    () =>
    ([x]) =>
      colours(x!, toHsv),
  HSVToRGB:
    () =>
    ([x]) =>
      colours(x!, toRgb),
  AdjustContrastv2: throughFloat(contrast),
  AdjustSaturation: throughFloat(() => ([x, scale]) => {
    const by = (scale!.data as Float32Array)[0]!;
    return colours(x!, (r, g, b) => {
      const [h, s, v] = toHsv(r, g, b);
      return toRgb(h, Math.min(1, Math.max(0, s * by)), v);
    });
  }),
  AdjustHue: throughFloat(() => ([x, delta]) => {
    const by = (delta!.data as Float32Array)[0]!;
    return colours(x!, (r, g, b) => {
      const [h, s, v] = toHsv(r, g, b);
      const turned = (h + by) % 1;
      return toRgb(turned < 0 ? turned + 1 : turned, s, v);
    });
  }),
};
