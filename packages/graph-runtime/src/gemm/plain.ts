import type { NumberArray } from "../value.ts";
import type { ConvGeometry } from "./geometry.ts";
import { type Epilogue, PANEL, type PackedMatrix } from "./operands.ts";

/*
 * The same kernels in plain JavaScript, for engines without WebAssembly SIMD and for shapes that the module does not take.
 * The tests hold both against each other.
 */

export function plainGemm(
  a: Float32Array,
  aFrom: number,
  m: number,
  b: PackedMatrix,
  panels: Float32Array,
  out: Float32Array,
  outFrom: number,
  { scale, shift, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }: Epilogue,
): void {
  const { k, n } = b;
  const sums = new Float32Array(PANEL);
  for (let i = 0; i < m; i++) {
    const row = aFrom + i * k;
    for (let p = 0; p < b.panels; p++) {
      sums.fill(0);
      let at = p * k * PANEL;
      for (let q = 0; q < k; q++, at += PANEL) {
        const x = a[row + q]!;
        for (let j = 0; j < PANEL; j++) sums[j]! += x * panels[at + j]!;
      }
      const first = p * PANEL;
      for (let j = 0; j < PANEL && first + j < n; j++) {
        const column = first + j;
        let v = sums[j]! * (scale ? scale[column]! : 1) + (shift ? shift[column]! : 0);
        if (v < low) v = low;
        if (v > high) v = high;
        out[outFrom + i * n + column] = v;
      }
    }
  }
}

export function plainIm2col(
  input: Float32Array,
  image: number,
  g: ConvGeometry,
  channelFrom: number,
  rows: Float32Array,
): void {
  let at = 0;
  for (let y = 0; y < g.outHeight; y++) {
    for (let x = 0; x < g.outWidth; x++) {
      for (let ky = 0; ky < g.kernelHeight; ky++) {
        const iy = y * g.strideHeight - g.padTop + ky * g.dilationHeight;
        for (let kx = 0; kx < g.kernelWidth; kx++) {
          const ix = x * g.strideWidth - g.padLeft + kx * g.dilationWidth;
          const inside = iy >= 0 && iy < g.height && ix >= 0 && ix < g.width;
          const base = ((image * g.height + iy) * g.width + ix) * g.channels + channelFrom;
          for (let c = 0; c < g.groupChannels; c++) rows[at++] = inside ? input[base + c]! : 0;
        }
      }
    }
  }
}

/** `filter` is [kh, kw, channels, multiplier]. */
export function plainDepthwise(
  input: Float32Array | Float64Array,
  g: ConvGeometry,
  filter: Float32Array | Float64Array,
  multiplier: number,
  out: Float32Array | Float64Array,
  { scale, shift, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }: Epilogue,
): void {
  const outChannels = g.channels * multiplier;
  let at = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let y = 0; y < g.outHeight; y++) {
      for (let x = 0; x < g.outWidth; x++) {
        for (let o = 0; o < outChannels; o++) {
          const c = Math.floor(o / multiplier);
          let sum = 0;
          for (let ky = 0; ky < g.kernelHeight; ky++) {
            const iy = y * g.strideHeight - g.padTop + ky * g.dilationHeight;
            if (iy < 0 || iy >= g.height) continue;
            for (let kx = 0; kx < g.kernelWidth; kx++) {
              const ix = x * g.strideWidth - g.padLeft + kx * g.dilationWidth;
              if (ix < 0 || ix >= g.width) continue;
              sum +=
                input[((n * g.height + iy) * g.width + ix) * g.channels + c]! *
                filter[(ky * g.kernelWidth + kx) * outChannels + o]!;
            }
          }
          let v = sum * (scale ? scale[o]! : 1) + (shift ? shift[o]! : 0);
          if (v < low) v = low;
          if (v > high) v = high;
          out[at++] = v;
        }
      }
    }
  }
}

export function plainPool(input: NumberArray, g: ConvGeometry, kind: "max" | "avg", out: NumberArray): void {
  let at = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let y = 0; y < g.outHeight; y++) {
      for (let x = 0; x < g.outWidth; x++) {
        for (let c = 0; c < g.channels; c++) {
          let best = Number.NEGATIVE_INFINITY;
          let sum = 0;
          let count = 0;
          for (let ky = 0; ky < g.kernelHeight; ky++) {
            const iy = y * g.strideHeight - g.padTop + ky * g.dilationHeight;
            if (iy < 0 || iy >= g.height) continue;
            for (let kx = 0; kx < g.kernelWidth; kx++) {
              const ix = x * g.strideWidth - g.padLeft + kx * g.dilationWidth;
              if (ix < 0 || ix >= g.width) continue;
              const v = input[((n * g.height + iy) * g.width + ix) * g.channels + c]!;
              if (v > best || Number.isNaN(v)) best = v;
              sum += v;
              count++;
            }
          }
          out[at++] = kind === "max" ? best : sum / count;
        }
      }
    }
  }
}
