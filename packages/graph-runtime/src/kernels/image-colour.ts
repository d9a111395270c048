import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, type Value } from "../value.ts";
import { throughFloat } from "./half.ts";

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

export const imageColourKernels: KernelTable = {
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
