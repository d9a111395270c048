import { unimplemented } from "../graph-error.ts";
import type { KernelTable } from "../kernel.ts";
import { allocate, type Value } from "../value.ts";
import { broadcast, eachRow } from "./broadcast.ts";

type Pairs = Float32Array | Float64Array;

/** Arithmetic on (re, im) pairs. */
export function complexBinary(name: string, a: Value, b: Value): Value {
  const plan = broadcast(a.shape, b.shape);
  const data = allocate(a.dtype, plan.shape) as Pairs;
  const x = a.data as Pairs;
  const y = b.data as Pairs;
  eachRow(plan, (o, i, si, j, sj, n) => {
    for (let k = 0; k < n; k++) {
      const at = 2 * (o + k);
      const p = 2 * (i + k * si);
      const q = 2 * (j + k * sj);
      const ar = x[p]!;
      const ai = x[p + 1]!;
      const br = y[q]!;
      const bi = y[q + 1]!;
      if (name === "Mul") {
        data[at] = ar * br - ai * bi;
        data[at + 1] = ar * bi + ai * br;
      } else if (name === "Pow") {
        const [re, im] = power(ar, ai, br, bi);
        data[at] = re;
        data[at + 1] = im;
      } else if (name === "SquaredDifference") {
        // The difference times its conjugate.
        data[at] = (ar - br) ** 2 + (ai - bi) ** 2;
        data[at + 1] = 0;
      } else if (name === "Sub") {
        data[at] = ar - br;
        data[at + 1] = ai - bi;
      } else if (name.endsWith("Div")) {
        const norm = br * br + bi * bi;
        data[at] = (ar * br + ai * bi) / norm;
        data[at + 1] = (ai * br - ar * bi) / norm;
      } else {
        data[at] = ar + br;
        data[at + 1] = ai + bi;
      }
    }
  });
  return { dtype: a.dtype, shape: plan.shape, data };
}

type Pair = readonly [number, number];

function root(re: number, im: number): Pair {
  const size = Math.hypot(re, im);
  const a = Math.sqrt((size + Math.abs(re)) / 2);
  if (a === 0) return [0, im];
  if (re >= 0) return [a, im / (2 * a)];
  return [Math.abs(im) / (2 * a), im < 0 || Object.is(im, -0) ? -a : a];
}

function quotient([ar, ai]: Pair, [br, bi]: Pair): Pair {
  const norm = br * br + bi * bi;
  return [(ar * br + ai * bi) / norm, (ai * br - ar * bi) / norm];
}

const sinh = (re: number, im: number): Pair => [Math.sinh(re) * Math.cos(im), Math.cosh(re) * Math.sin(im)];
const cosh = (re: number, im: number): Pair => [Math.cosh(re) * Math.cos(im), Math.sinh(re) * Math.sin(im)];

const COMPLEX_FUNCTIONS: Readonly<Record<string, (re: number, im: number) => Pair>> = {
  Log: (re, im) => [Math.log(Math.hypot(re, im)), Math.atan2(im, re)],
  Sqrt: root,
  Rsqrt: (re, im) => quotient([1, 0], root(re, im)),
  Sin: (re, im) => [Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im)],
  Cos: (re, im) => [Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im)],
  Sinh: sinh,
  Cosh: cosh,
  Tanh: (re, im) => quotient(sinh(re, im), cosh(re, im)),
  Sigmoid: (re, im) => quotient([1, 0], [1 + Math.exp(-re) * Math.cos(im), -Math.exp(-re) * Math.sin(im)]),
};

function power(ar: number, ai: number, br: number, bi: number): Pair {
  if (ar === 0 && ai === 0) return br === 0 && bi === 0 ? [1, 0] : [0, 0];
  const [log, angle] = [Math.log(Math.hypot(ar, ai)), Math.atan2(ai, ar)];
  const size = Math.exp(br * log - bi * angle);
  const turn = br * angle + bi * log;
  return [size * Math.cos(turn), size * Math.sin(turn)];
}

/** Unary ops that keep complex numbers. */
export function complexUnary(name: string, a: Value): Value {
  const data = allocate(a.dtype, a.shape) as Pairs;
  const x = a.data as Pairs;
  for (let i = 0; i < x.length; i += 2) {
    const re = x[i]!;
    const im = x[i + 1]!;
    if (name === "Neg") {
      data[i] = -re;
      data[i + 1] = -im;
    } else if (name === "Conj") {
      data[i] = re;
      data[i + 1] = -im;
    } else if (name === "Square") {
      data[i] = re * re - im * im;
      data[i + 1] = 2 * re * im;
    } else if (name === "Exp") {
      data[i] = Math.exp(re) * Math.cos(im);
      data[i + 1] = Math.exp(re) * Math.sin(im);
    } else if (name === "Reciprocal" || name === "Inv") {
      const norm = re * re + im * im;
      data[i] = re / norm;
      data[i + 1] = -im / norm;
    } else if (COMPLEX_FUNCTIONS[name]) {
      const [fr, fi] = COMPLEX_FUNCTIONS[name](re, im);
      data[i] = fr;
      data[i + 1] = fi;
    } else throw unimplemented(`${name} of complex numbers is not supported`, [name]);
  }
  return { dtype: a.dtype, shape: a.shape, data };
}

function part(of: Value, f: (re: number, im: number) => number): Value {
  const dtype = of.dtype === "DT_COMPLEX128" ? "DT_DOUBLE" : "DT_FLOAT";
  const data = allocate(dtype, of.shape) as Pairs;
  const x = of.data as Pairs;
  for (let i = 0; i < data.length; i++) data[i] = f(x[2 * i]!, x[2 * i + 1]!);
  return { dtype, shape: of.shape, data };
}

export const complexKernels: KernelTable = {
  Real:
    () =>
    ([x]) =>
      part(x!, (re) => re),
  Imag:
    () =>
    ([x]) =>
      part(x!, (_, im) => im),
  ComplexAbs:
    () =>
    ([x]) =>
      part(x!, Math.hypot),
  Angle:
    () =>
    ([x]) =>
      part(x!, (re, im) => Math.atan2(im, re)),
  Conj:
    () =>
    ([x]) =>
      x!.dtype === "DT_COMPLEX64" || x!.dtype === "DT_COMPLEX128" ? complexUnary("Conj", x!) : x!,
  Complex:
    () =>
    ([re, im]) => {
      const plan = broadcast(re!.shape, im!.shape);
      const dtype = re!.dtype === "DT_DOUBLE" ? "DT_COMPLEX128" : "DT_COMPLEX64";
      const data = allocate(dtype, plan.shape) as Pairs;
      const x = re!.data as Pairs;
      const y = im!.data as Pairs;
      eachRow(plan, (o, i, si, j, sj, n) => {
        for (let k = 0; k < n; k++) {
          data[2 * (o + k)] = x[i + k * si]!;
          data[2 * (o + k) + 1] = y[j + k * sj]!;
        }
      });
      return { dtype, shape: plan.shape, data };
    },
};
