import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, ints, type NumberArray, type Value } from "../value.ts";
import { cast } from "./cast.ts";
import { throughFloat } from "./half.ts";

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixels: boolean;
}

function resizeScale(from: number, to: number, align: boolean): number {
  return align && to > 1 ? Math.fround((from - 1) / (to - 1)) : Math.fround(from / to);
}

export function imageSize(images: Value, size: Value): [number, number, number, number, number, number] {
  if (images.shape.length !== 4) throw invalid(`input must be 4-dimensional[${images.shape.join(",")}]`);
  const [n, h, w, c] = images.shape as [number, number, number, number];
  const [height = 0, width = 0] = ints(size);
  if (height <= 0 || width <= 0) throw invalid("output dimensions must be positive");
  if (h <= 0 || w <= 0) throw invalid("input image must be of non-zero size");
  return [n, h, w, c, height, width];
}

export function pixels(images: Value): NumberArray {
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

export const imageResizeKernels: KernelTable = {
  ResizeBilinear: throughFloat(resizer(bilinear)),
  ResizeNearestNeighbor: resizer(nearest),
  ResizeBicubic: resizer(bicubic),
  ResizeArea: resizer(area),
  CropAndResize: cropAndResize,
};
