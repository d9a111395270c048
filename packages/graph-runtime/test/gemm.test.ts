import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gemm } from "../src/gemm/gemm.ts";
import { type ConvGeometry, windowSize } from "../src/gemm/geometry.ts";
import type { PackedMatrix } from "../src/gemm/operands.ts";
import { plainDepthwise, plainGemm, plainIm2col, plainPool } from "../src/gemm/plain.ts";

/** Numbers that look random and are the same in each run. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** A matrix in panels of eight columns, for the plain kernel. */
function panelsOf(b: Float32Array, k: number, n: number): { packed: PackedMatrix; data: Float32Array } {
  const panels = Math.ceil(n / 8);
  const data = new Float32Array(panels * k * 8);
  for (let p = 0; p < panels; p++) {
    for (let i = 0; i < k; i++)
      for (let j = 0; j < 8 && p * 8 + j < n; j++) data[(p * k + i) * 8 + j] = b[i * n + p * 8 + j]!;
  }
  return { packed: { k, n, panels, offset: -1, data }, data };
}

function close(got: Float32Array, want: Float32Array, tolerance = 2e-4): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < got.length; i++) {
    // A window that lies in the padding has no elements: both say so.
    if (Object.is(got[i], want[i])) continue;
    if (!(Math.abs(got[i]! - want[i]!) <= tolerance * (1 + Math.abs(want[i]!)))) {
      throw new Error(`element ${i}: got ${got[i]}, expected ${want[i]}`);
    }
  }
}

const size = (max: number) => fc.integer({ min: 1, max });

describe("WebAssembly kernels against plain ones", () => {
  const gemm = new Gemm();

  it("multiplies", () => {
    fc.assert(
      fc.property(size(40), size(70), size(40), fc.boolean(), fc.boolean(), (m, k, n, transposed, keep) => {
        const a = numbers(m * k, m + k);
        const b = numbers(k * n, n);
        const stored = transposed
          ? Float32Array.from({ length: k * n }, (_, i) => b[(i % k) * n + Math.floor(i / k)]!)
          : b;
        const epilogue = { scale: numbers(n, 3), shift: numbers(n, 4), low: -0.5, high: 2 };
        const got = new Float32Array(m * n);
        gemm.multiply(a, 0, m, gemm.pack(stored, 0, k, n, transposed, keep), got, 0, epilogue);
        const { packed, data } = panelsOf(b, k, n);
        const want = new Float32Array(m * n);
        plainGemm(a, 0, m, packed, data, want, 0, epilogue);
        close(got, want);
      }),
      { numRuns: 60 },
    );
  });

  const geometry = fc
    .record({
      batch: size(2),
      height: size(12),
      width: size(12),
      channels: size(9),
      kernelHeight: size(4),
      kernelWidth: size(4),
      strideHeight: size(3),
      strideWidth: size(3),
      dilationHeight: size(2),
      dilationWidth: size(2),
    })
    .map((g): ConvGeometry => {
      const rows = windowSize(g.height, g.kernelHeight, g.strideHeight, g.dilationHeight, "SAME");
      const columns = windowSize(g.width, g.kernelWidth, g.strideWidth, g.dilationWidth, "SAME");
      return {
        ...g,
        groupChannels: g.channels,
        padTop: rows.before,
        padLeft: columns.before,
        outHeight: rows.out,
        outWidth: columns.out,
      };
    });

  it("convolves", () => {
    fc.assert(
      fc.property(geometry, size(11), (g, outputs) => {
        const x = numbers(g.batch * g.height * g.width * g.channels, 5);
        const k = g.kernelHeight * g.kernelWidth * g.channels;
        const filter = numbers(k * outputs, 6);
        const pixels = g.outHeight * g.outWidth;
        const got = new Float32Array(g.batch * pixels * outputs);
        gemm.convolve(x, g, 0, gemm.pack(filter, 0, k, outputs, false, false), got, outputs, 0, {});
        const want = new Float32Array(got.length);
        const rows = new Float32Array(pixels * k);
        const { packed, data } = panelsOf(filter, k, outputs);
        for (let image = 0; image < g.batch; image++) {
          plainIm2col(x, image, g, 0, rows);
          plainGemm(rows, 0, pixels, packed, data, want, image * pixels * outputs, {});
        }
        close(got, want);
      }),
      { numRuns: 80 },
    );
  });

  it("convolves depthwise and pools", () => {
    fc.assert(
      fc.property(geometry, size(22), (given, channels) => {
        const g = { ...given, channels, groupChannels: 1 };
        const x = numbers(g.batch * g.height * g.width * g.channels, 7);
        const count = g.batch * g.outHeight * g.outWidth * g.channels;
        const filter = numbers(g.kernelHeight * g.kernelWidth * g.channels, 8);
        const epilogue = { scale: numbers(g.channels, 9), shift: numbers(g.channels, 10), low: 0, high: 6 };
        const got = new Float32Array(count);
        const want = new Float32Array(count);
        gemm.depthwise(x, g, filter, got, epilogue);
        plainDepthwise(x, g, filter, 1, want, epilogue);
        close(got, want);
        for (const kind of ["max", "avg"] as const) {
          gemm.pool(x, g, kind, got);
          plainPool(x, g, kind, want);
          close(got, want);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("computes sigmoid and swish to the last bits of float32, at the ends too", () => {
    const x = Float32Array.of(
      0,
      -0,
      1,
      -1,
      20,
      -20,
      87,
      -87,
      100,
      -100,
      1e30,
      -1e30,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      0.001,
    );
    const got = new Float32Array(x.length);
    gemm.sigmoid(x, got, false);
    close(
      got.filter((v) => !Number.isNaN(v)),
      Float32Array.from(x, (v) => 1 / (1 + Math.exp(-v))).filter((v) => !Number.isNaN(v)),
      3e-7,
    );
    expect(got[13]).toBeNaN();
    const many = numbers(100_003, 11).map((v) => v * 10);
    const out = new Float32Array(many.length);
    gemm.sigmoid(many, out, true);
    close(
      out,
      many.map((v) => v / (1 + Math.exp(-v))),
      3e-7,
    );
  });
});
