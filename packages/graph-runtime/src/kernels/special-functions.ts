import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, dtypeName, integers, ints, type NumberArray, product, type Value } from "../value.ts";
import { lgamma } from "./binary.ts";
import { broadcastShape, broadcastStrides, eachStrided } from "./broadcast.ts";
import { tableThroughFloat } from "./half.ts";

/** Mean of a periodic function over half a circle; the trapezoid rule gains digits as fast as it is given points. */
function circleMean(points: number, g: (theta: number) => number): number {
  let sum = (g(0) + g(Math.PI)) / 2;
  for (let i = 1; i < points; i++) sum += g((i * Math.PI) / points);
  return sum / points;
}

const pointsFor = (x: number): number => 40 + 2 * Math.ceil(Math.sqrt(Math.abs(x)) * 4 + Math.abs(x) / 2);

/** Modified Bessel functions of the first kind times exp(-|x|). */
function besselIe(order: number, x: number): number {
  const z = Math.abs(x);
  if (z > 1e4) {
    const leading = 1 / Math.sqrt(2 * Math.PI * z);
    return (order === 1 && x < 0 ? -1 : 1) * leading * (1 - (4 * order * order - 1) / (8 * z));
  }
  const value = circleMean(
    Math.min(2000, pointsFor(z)),
    (t) => Math.exp(z * (Math.cos(t) - 1)) * Math.cos(order * t),
  );
  return order === 1 && x < 0 ? -value : value;
}

function besselJ(order: number, x: number): number {
  return circleMean(Math.min(20000, pointsFor(x)), (t) => Math.cos(order * t - x * Math.sin(t)));
}

/** Modified Bessel functions of the second kind times exp(x). */
function besselKe(order: number, x: number): number {
  if (x < 0) return Number.NaN;
  if (x === 0) return Number.POSITIVE_INFINITY;
  const step = 1 / 64;
  let sum = 0.5;
  for (let i = 1; i < 4000; i++) {
    const t = i * step;
    const term = Math.exp(-x * (Math.cosh(t) - 1)) * Math.cosh(order * t);
    sum += term;
    if (term < 1e-18 * sum) break;
  }
  return sum * step;
}

/** Regularised lower incomplete gamma function. */
function igamma(a: number, x: number): number {
  if (x < 0 || a <= 0 || Number.isNaN(a) || Number.isNaN(x)) return Number.NaN;
  if (x === 0) return 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  if (x > 1 && x > a) return 1 - igammac(a, x);
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 10000; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < 1e-17 * sum) break;
  }
  return sum * Math.exp(a * Math.log(x) - x - lgamma(a));
}

/** Regularised upper incomplete gamma function, by Lentz' continued fraction. */
function igammac(a: number, x: number): number {
  if (x < 0 || a <= 0 || Number.isNaN(a) || Number.isNaN(x)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return 0;
  if (x <= 1 || x <= a) return 1 - igamma(a, x);
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const change = d * c;
    h *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return h * Math.exp(a * Math.log(x) - x - lgamma(a));
}

/** Regularised incomplete beta function. */
function betainc(a: number, b: number, x: number): number {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(x <= 1)) return Number.NaN;
  if (x === 0 || x === 1) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - betainc(b, a, 1 - x);
  const front = Math.exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let h = d;
  for (let m = 1; m < 10000; m++) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 + numerator * d;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = 1 + numerator / c;
      if (Math.abs(c) < tiny) c = tiny;
      h *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return front * h;
}

/** Hurwitz' zeta function, by Euler's and Maclaurin's formula. */
function zeta(s: number, q: number): number {
  if (s === 1) return Number.POSITIVE_INFINITY;
  if (s < 1) return Number.NaN;
  if (q <= 0) return Math.floor(q) === q ? Number.POSITIVE_INFINITY : Number.NaN;
  const terms = 12;
  let sum = 0;
  for (let k = 0; k < terms; k++) sum += (q + k) ** -s;
  const a = q + terms;
  sum += a ** (1 - s) / (s - 1) + 0.5 * a ** -s;
  const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6];
  let factor = s * a ** (-s - 1);
  let factorial = 2;
  for (let k = 1; k <= bernoulli.length; k++) {
    sum += (bernoulli[k - 1]! / factorial) * factor;
    factor *= ((s + 2 * k - 1) * (s + 2 * k)) / (a * a);
    factorial *= (2 * k + 1) * (2 * k + 2);
  }
  return sum;
}

function polygamma(n: number, x: number, digamma: (x: number) => number): number {
  if (n < 0 || Math.floor(n) !== n) return Number.NaN;
  if (n === 0) return digamma(x);
  return (n % 2 === 1 ? 1 : -1) * Math.exp(lgamma(n + 1)) * zeta(n + 1, x);
}

function digamma(x: number): number {
  let y = x;
  let sum = 0;
  if (y <= 0 && Math.floor(y) === y) return Number.NaN;
  while (y < 10) sum -= 1 / y++;
  const t = 1 / (y * y);
  return sum + Math.log(y) - 0.5 / y - t * (1 / 12 - t * (1 / 120 - t * (1 / 252 - t * (1 / 240 - t / 132))));
}

function elementwise(op: string, g: (...x: number[]) => number): KernelFactory {
  return () => (inputs) => {
    const { dtype } = inputs[0]!;
    if (dtype !== "DT_FLOAT" && dtype !== "DT_DOUBLE")
      throw unimplemented(`${op} of ${dtypeName(dtype)} is not supported`, [op]);
    const shape = inputs.reduce<readonly number[]>((s, x) => broadcastShape(s, x.shape), []);
    const columns = inputs.map((x) => {
      const strides = broadcastStrides(x.shape, shape);
      const spread = new Float64Array(product(shape));
      const source = x.data as NumberArray;
      eachStrided(shape, strides, (o, s) => {
        spread[o] = source[s]!;
      });
      return spread;
    });
    const data = allocate(dtype, shape) as NumberArray;
    for (let i = 0; i < data.length; i++) data[i] = g(...columns.map((column) => column[i]!));
    return { dtype, shape, data };
  };
}

function populationCount(x: Value): Value {
  const source = x.data as ArrayLike<number | bigint>;
  const bits = (x.data as Uint8Array).BYTES_PER_ELEMENT * 8;
  const data = new Uint8Array(source.length);
  for (let i = 0; i < data.length; i++) {
    let rest = BigInt.asUintN(bits, BigInt(source[i]!));
    for (; rest > 0n; rest &= rest - 1n) data[i]!++;
  }
  return { dtype: "DT_UINT8", shape: x.shape, data };
}

function unravel(indices: Value, dims: Value): Value {
  const sizes = ints(dims);
  const flat = ints(indices);
  const limit = product(sizes);
  if (sizes.includes(0))
    throw invalid(
      `Input dims cannot contain a dim of zero, but dims contains zero at index ${sizes.indexOf(0)}`,
    );
  const bad = flat.findIndex((i) => i < 0 || i >= limit);
  if (bad >= 0) throw invalid(`index is out of bound as with dims`);
  const out: number[] = [];
  for (let d = 0; d < sizes.length; d++) {
    const stride = product(sizes, d + 1);
    for (const i of flat) out.push(Math.floor(i / stride) % sizes[d]!);
  }
  const shape = indices.shape.length === 0 ? [sizes.length] : [sizes.length, flat.length];
  return integers(indices.dtype, shape, out);
}

/** Functions of mathematical physics, and counting of bits. */
export const specialFunctionKernels: KernelTable = {
  ...tableThroughFloat({
    BesselI0: elementwise("BesselI0", (x) => besselIe(0, x) * Math.exp(Math.abs(x))),
    BesselI0e: elementwise("BesselI0e", (x) => besselIe(0, x)),
    BesselI1: elementwise("BesselI1", (x) => besselIe(1, x) * Math.exp(Math.abs(x))),
    BesselI1e: elementwise("BesselI1e", (x) => besselIe(1, x)),
    BesselJ0: elementwise("BesselJ0", (x) => besselJ(0, x)),
    BesselJ1: elementwise("BesselJ1", (x) => besselJ(1, x)),
    BesselK0: elementwise("BesselK0", (x) => besselKe(0, x) * Math.exp(-x)),
    BesselK0e: elementwise("BesselK0e", (x) => besselKe(0, x)),
    BesselK1: elementwise("BesselK1", (x) => besselKe(1, x) * Math.exp(-x)),
    BesselK1e: elementwise("BesselK1e", (x) => besselKe(1, x)),
    Igamma: elementwise("Igamma", igamma),
    Igammac: elementwise("Igammac", igammac),
    Betainc: elementwise("Betainc", betainc),
    Zeta: elementwise("Zeta", zeta),
    Polygamma: elementwise("Polygamma", (n, x) => polygamma(n, x, digamma)),
  }),
  PopulationCount:
    () =>
    ([x]) =>
      populationCount(x!),
  UnravelIndex:
    () =>
    ([indices, dims]) =>
      unravel(indices!, dims!),
};
