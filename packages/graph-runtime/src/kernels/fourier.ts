import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, ints, product, type Value } from "../value.ts";

type Floats = Float32Array | Float64Array;

/** Cosines and sines of the n-th part of a circle and its multiples. */
function circle(n: number): { cos: Float64Array; sin: Float64Array } {
  const cos = new Float64Array(n);
  const sin = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    cos[i] = Math.cos((2 * Math.PI * i) / n);
    sin[i] = Math.sin((2 * Math.PI * i) / n);
  }
  return { cos, sin };
}

/** A transform of length n that works in place: radix 2 where it can, by the book elsewhere. */
export function fourierOf(n: number, inverse: boolean): (re: Float64Array, im: Float64Array) => void {
  const { cos, sin } = circle(n);
  if (inverse) return scaled(n, cos, sin);
  for (let i = 0; i < n; i++) sin[i] = -sin[i]!;
  return (re, im) => forward(re, im, n, cos, sin);
}

function scaled(n: number, cos: Float64Array, sin: Float64Array) {
  return (re: Float64Array, im: Float64Array): void => {
    forward(re, im, n, cos, sin);
    for (let i = 0; i < n; i++) {
      re[i]! /= n;
      im[i]! /= n;
    }
  };
}

function forward(re: Float64Array, im: Float64Array, n: number, cos: Float64Array, sin: Float64Array): void {
  if ((n & (n - 1)) !== 0) {
    const outRe = new Float64Array(n);
    const outIm = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      let a = 0;
      let b = 0;
      for (let t = 0, at = 0; t < n; t++) {
        a += re[t]! * cos[at]! - im[t]! * sin[at]!;
        b += re[t]! * sin[at]! + im[t]! * cos[at]!;
        at += k;
        if (at >= n) at -= n;
      }
      outRe[k] = a;
      outIm[k] = b;
    }
    re.set(outRe);
    im.set(outIm);
    return;
  }
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  for (let length = 2; length <= n; length <<= 1) {
    const step = n / length;
    for (let start = 0; start < n; start += length) {
      for (let k = 0; k < length / 2; k++) {
        const c = cos[k * step]!;
        const s = sin[k * step]!;
        const a = start + k;
        const b = a + length / 2;
        const xr = re[b]! * c - im[b]! * s;
        const xi = re[b]! * s + im[b]! * c;
        re[b] = re[a]! - xr;
        im[b] = im[a]! - xi;
        re[a]! += xr;
        im[a]! += xi;
      }
    }
  }
}

/** Transforms interleaved complex numbers along one dimension, in double precision. */
function alongAxis(data: Float64Array, shape: readonly number[], axis: number, inverse: boolean): void {
  const n = shape[axis]!;
  const inner = product(shape, axis + 1);
  const outer = product(shape, 0, axis);
  const run = fourierOf(n, inverse);
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const base = o * n * inner + i;
      for (let k = 0; k < n; k++) {
        re[k] = data[2 * (base + k * inner)]!;
        im[k] = data[2 * (base + k * inner) + 1]!;
      }
      run(re, im);
      for (let k = 0; k < n; k++) {
        data[2 * (base + k * inner)] = re[k]!;
        data[2 * (base + k * inner) + 1] = im[k]!;
      }
    }
  }
}

const complexOf = (of: Value): "DT_COMPLEX64" | "DT_COMPLEX128" =>
  of.dtype === "DT_DOUBLE" || of.dtype === "DT_COMPLEX128" ? "DT_COMPLEX128" : "DT_COMPLEX64";

function checkRank(x: Value, dims: number): void {
  if (x.shape.length < dims)
    throw invalid(`Input must have rank of at least ${dims} but got: [${x.shape.join(",")}]`);
}

function complexTransform(dims: number, inverse: boolean): KernelFactory {
  return () =>
    ([x]) => {
      checkRank(x!, dims);
      const work = Float64Array.from(x!.data as Floats);
      const rank = x!.shape.length;
      for (let axis = rank - dims; axis < rank; axis++) alongAxis(work, x!.shape, axis, inverse);
      const data = allocate(x!.dtype, x!.shape) as Floats;
      data.set(work);
      return { dtype: x!.dtype, shape: x!.shape, data };
    };
}

/** Position in a larger tensor of the element at `flat` in one whose last dimensions are smaller. */
function placeIn(flat: number, small: readonly number[], large: readonly number[]): number {
  let rest = flat;
  let at = 0;
  let stride = 1;
  for (let d = small.length - 1; d >= 0; d--) {
    at += (rest % small[d]!) * stride;
    rest = Math.floor(rest / small[d]!);
    stride *= large[d]!;
  }
  return at;
}

function realTransform(dims: number): KernelFactory {
  return () =>
    ([x, lengths]) => {
      checkRank(x!, dims);
      const wanted = ints(lengths!);
      const lead = x!.shape.slice(0, x!.shape.length - dims);
      for (const [i, n] of wanted.entries()) {
        const given = x!.shape[lead.length + i]!;
        if (given < n) {
          throw invalid(
            `Input dimension ${lead.length + i} must have length of at least ${n} but got: ${given}`,
          );
        }
      }
      const cropped = [...lead, ...wanted];
      const work = new Float64Array(2 * product(cropped));
      const source = x!.data as Floats;
      for (let i = 0; i < work.length / 2; i++) work[2 * i] = source[placeIn(i, cropped, x!.shape)]!;
      for (let axis = lead.length; axis < cropped.length; axis++) alongAxis(work, cropped, axis, false);
      const bins = Math.floor(wanted[dims - 1]! / 2) + 1;
      const shape = [...cropped.slice(0, -1), bins];
      const dtype = complexOf(x!);
      const data = allocate(dtype, shape) as Floats;
      for (let i = 0; i < data.length / 2; i++) {
        const from = placeIn(i, shape, cropped);
        data[2 * i] = work[2 * from]!;
        data[2 * i + 1] = work[2 * from + 1]!;
      }
      return { dtype, shape, data };
    };
}

function inverseRealTransform(dims: number): KernelFactory {
  return () =>
    ([x, lengths]) => {
      checkRank(x!, dims);
      const wanted = ints(lengths!);
      const lead = x!.shape.slice(0, x!.shape.length - dims);
      const last = wanted[dims - 1]!;
      const bins = Math.floor(last / 2) + 1;
      const half = [...lead, ...wanted.slice(0, -1), bins];
      for (let d = lead.length; d < half.length; d++) {
        if (x!.shape[d]! < half[d]!)
          throw invalid(
            `Input dimension ${d} must have length of at least ${half[d]} but got: ${x!.shape[d]}`,
          );
      }
      const source = x!.data as Floats;
      const work = new Float64Array(2 * product(half));
      for (let i = 0; i < work.length / 2; i++) {
        const from = placeIn(i, half, x!.shape);
        work[2 * i] = source[2 * from]!;
        work[2 * i + 1] = source[2 * from + 1]!;
      }
      for (let axis = lead.length; axis < half.length - 1; axis++) alongAxis(work, half, axis, true);
      const dtype = x!.dtype === "DT_COMPLEX128" ? "DT_DOUBLE" : "DT_FLOAT";
      const shape = [...lead, ...wanted];
      const data = allocate(dtype, shape) as Floats;
      const run = fourierOf(last, true);
      const re = new Float64Array(last);
      const im = new Float64Array(last);
      for (let row = 0; row < product(half, 0, half.length - 1); row++) {
        re.fill(0);
        im.fill(0);
        for (let k = 0; k < bins; k++) {
          re[k] = work[2 * (row * bins + k)]!;
          im[k] = work[2 * (row * bins + k) + 1]!;
          // The other half mirrors this one.
          if (k > 0 && last - k > k) {
            re[last - k] = re[k]!;
            im[last - k] = -im[k]!;
          }
        }
        run(re, im);
        for (let k = 0; k < last; k++) data[row * last + k] = re[k]!;
      }
      return { dtype, shape, data };
    };
}

/** Fourier transforms along the last one, two or three dimensions. */
export const fourierKernels: KernelTable = {
  FFT: complexTransform(1, false),
  FFT2D: complexTransform(2, false),
  FFT3D: complexTransform(3, false),
  IFFT: complexTransform(1, true),
  IFFT2D: complexTransform(2, true),
  IFFT3D: complexTransform(3, true),
  RFFT: realTransform(1),
  RFFT2D: realTransform(2),
  RFFT3D: realTransform(3),
  IRFFT: inverseRealTransform(1),
  IRFFT2D: inverseRealTransform(2),
  IRFFT3D: inverseRealTransform(3),
};
