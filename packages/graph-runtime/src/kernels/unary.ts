import { unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  type BigArray,
  bigMax,
  bigMin,
  dtypeName,
  floats,
  type NumberArray,
  type Value,
} from "../value.ts";
import { applyBinary, lgamma } from "./binary.ts";
import { complexUnary } from "./complex.ts";
import { tableThroughFloat } from "./half.ts";

type Num = (x: number) => number;

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0)) return floor + 1;
  // -0.3 rounds to -0, as in C.
  return floor === 0 && x < 0 ? -0 : floor;
}

/** erf after W. J. Cody; full double precision is not reached, float32's is. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const z = Math.abs(x);
  if (z < 0.5) {
    const t = z * z;
    const p =
      3209.3775891384694 +
      t * (377.485237685302 + t * (113.86415415105016 + t * (3.1611237438705655 + t * 0.18577770618460315)));
    const q =
      2844.236833439171 + t * (1282.6165260773723 + t * (244.02463793444417 + t * (23.601290952344122 + t)));
    return (x * p) / q;
  }
  return x > 0 ? 1 - erfcPositive(z) : erfcPositive(z) - 1;
}

function erfcPositive(z: number): number {
  if (z > 27) return 0;
  if (z <= 4) {
    const p =
      1230.3393547979972 +
      z *
        (2051.0783778260716 +
          z *
            (1712.0476126340707 +
              z *
                (881.952221241769 +
                  z *
                    (298.6351381974001 +
                      z *
                        (66.11919063714163 +
                          z * (8.883149794388377 + z * (0.5641884969886701 + z * 2.1531153547440383e-8)))))));
    const q =
      1230.3393548037495 +
      z *
        (3439.3676741437216 +
          z *
            (4362.619090143247 +
              z *
                (3290.7992357334597 +
                  z *
                    (1621.3895745666903 +
                      z * (537.1811018620099 + z * (117.6939508913125 + z * (15.744926110709835 + z)))))));
    return (Math.exp(-z * z) * p) / q;
  }
  const t = 1 / (z * z);
  const p =
    0.0006587491615298378 +
    t *
      (0.016083785148742275 +
        t *
          (0.12578172611122926 +
            t * (0.36034489994980445 + t * (0.30532663496123236 + t * 0.016315387137302097))));
  const q =
    0.0023352049762686918 +
    t *
      (0.06051834131244132 +
        t * (0.5279051029514285 + t * (1.8729528499234673 + t * (2.568520192289822 + t))));
  return (Math.exp(-z * z) / z) * (1 / Math.sqrt(Math.PI) - t * (p / q));
}

const erfc: Num = (x) => (x >= 0.5 ? erfcPositive(x) : 1 - erf(x));

/** Inverse error function: rational start (Giles), two Newton steps. */
function erfinv(y: number): number {
  if (y <= -1 || y >= 1)
    return y === 1 ? Number.POSITIVE_INFINITY : y === -1 ? Number.NEGATIVE_INFINITY : Number.NaN;
  let w = -Math.log((1 - y) * (1 + y));
  let x: number;
  if (w < 5) {
    w -= 2.5;
    x = 2.81022636e-8;
    for (const c of [
      3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
      0.246640727, 1.50140941,
    ])
      x = c + x * w;
  } else {
    w = Math.sqrt(w) - 3;
    x = -0.000200214257;
    for (const c of [
      0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047, 1.00167406,
      2.83297682,
    ])
      x = c + x * w;
  }
  x *= y;
  for (let i = 0; i < 2; i++) x -= (erf(x) - y) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
  return x;
}

function digamma(x: number): number {
  if (x <= 0 && Math.floor(x) === x) return Number.NaN;
  if (x < 0) return digamma(1 - x) - Math.PI / Math.tan(Math.PI * x);
  let result = 0;
  let y = x;
  while (y < 10) {
    result -= 1 / y;
    y++;
  }
  const t = 1 / (y * y);
  return (
    result + Math.log(y) - 0.5 / y - t * (1 / 12 - t * (1 / 120 - t * (1 / 252 - t * (1 / 240 - t / 132))))
  );
}

const sigmoid: Num = (x) => 1 / (1 + Math.exp(-x));
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA_SCALE = 1.7580993408473766;

/** float in, float out. */
const FLOAT_OPS: Readonly<Record<string, Num>> = {
  Sqrt: Math.sqrt,
  Rsqrt: (x) => 1 / Math.sqrt(x),
  Exp: Math.exp,
  Expm1: Math.expm1,
  Log: Math.log,
  Log1p: Math.log1p,
  Sin: Math.sin,
  Cos: Math.cos,
  Tan: Math.tan,
  Asin: Math.asin,
  Acos: Math.acos,
  Atan: Math.atan,
  Sinh: Math.sinh,
  Cosh: Math.cosh,
  Tanh: Math.tanh,
  Asinh: Math.asinh,
  Acosh: Math.acosh,
  Atanh: Math.atanh,
  Erf: erf,
  Erfc: erfc,
  Erfinv: erfinv,
  Ndtri: (p) => Math.SQRT2 * erfinv(2 * p - 1),
  Lgamma: lgamma,
  Digamma: digamma,
  Reciprocal: (x) => 1 / x,
  Inv: (x) => 1 / x,
  Elu: (x) => (x < 0 ? Math.expm1(x) : x),
  Selu: (x) => (x < 0 ? SELU_ALPHA_SCALE * Math.expm1(x) : SELU_SCALE * x),
  Softplus: (x) => (x > 13.94 ? x : x < -13.94 ? Math.exp(x) : Math.log1p(Math.exp(x))),
  Softsign: (x) => x / (1 + Math.abs(x)),
};

/** Any real number in, the same dtype out. */
const REAL_OPS: Readonly<Record<string, { num: Num; big?: (x: bigint) => bigint }>> = {
  Abs: { num: Math.abs, big: (x) => (x < 0n ? -x : x) },
  Neg: { num: (x) => -x, big: (x) => -x },
  Sign: {
    num: (x) => (x > 0 ? 1 : x < 0 ? -1 : Number.isNaN(x) ? x : 0),
    big: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
  },
  Square: { num: (x) => x * x, big: (x) => x * x },
  Floor: { num: Math.floor },
  Ceil: { num: Math.ceil },
  Round: { num: roundHalfEven, big: (x) => x },
  Rint: { num: roundHalfEven },
  Invert: { num: (x) => ~x, big: (x) => ~x },
  Relu6: { num: (x) => (x < 0 ? 0 : Math.min(x, 6)), big: (x) => (x < 0n ? 0n : x > 6n ? 6n : x) },
  LogicalNot: { num: (x) => (x ? 0 : 1) },
};

function map(name: string, x: Value, num: Num, big?: (x: bigint) => bigint): Value {
  const kind = arithmeticOf(x.dtype);
  if (kind === "complex") return complexUnary(name, x);
  const data = allocate(x.dtype, x.shape);
  if (kind === "bigint" && big) {
    const source = x.data as BigArray;
    const out = data as BigArray;
    for (let i = 0; i < out.length; i++) out[i] = big(source[i]!);
  } else if (kind === "number") {
    const source = x.data as NumberArray;
    const out = data as NumberArray;
    const f = name === "Square" && x.dtype === "DT_INT32" ? (v: number) => Math.imul(v, v) : num;
    for (let i = 0; i < out.length; i++) out[i] = f(source[i]!);
  } else throw unimplemented(`${name} of ${dtypeName(x.dtype)} is not supported`, [name]);
  return { dtype: x.dtype, shape: x.shape, data };
}

function test(x: Value, holds: (x: number) => boolean): Value {
  const data = allocate("DT_BOOL", x.shape) as Uint8Array;
  const source = x.data as NumberArray;
  for (let i = 0; i < data.length; i++) data[i] = holds(source[i]!) ? 1 : 0;
  return { dtype: "DT_BOOL", shape: x.shape, data };
}

const relu: KernelFactory =
  () =>
  ([x]) => {
    if (x!.dtype !== "DT_FLOAT")
      return map(
        "Relu",
        x!,
        (v) => Math.max(v, 0),
        (v) => (v < 0n ? 0n : v),
      );
    const source = floats(x!);
    const data = new Float32Array(source.length);
    // NaN stays NaN: the comparison is false for it.
    for (let i = 0; i < data.length; i++) {
      const v = source[i]!;
      data[i] = Math.max(v, 0);
    }
    return { dtype: "DT_FLOAT", shape: x!.shape, data };
  };

/** Elementwise ops of one operand. */
export const unaryKernels: KernelTable = tableThroughFloat({
  ...Object.fromEntries(
    Object.entries(FLOAT_OPS).map(([name, f]): [string, KernelFactory] => [
      name,
      () =>
        ([x]) =>
          map(name, x!, f),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(REAL_OPS).map(([name, { num, big }]): [string, KernelFactory] => [
      name,
      () =>
        ([x]) =>
          map(name, x!, num, big),
    ]),
  ),
  Relu: relu,
  Sigmoid:
    () =>
    ([x], run) => {
      if (x!.dtype !== "DT_FLOAT") return map("Sigmoid", x!, sigmoid);
      const data = new Float32Array(x!.data.length);
      run.gemm.sigmoid(floats(x!), data, false);
      return { dtype: "DT_FLOAT", shape: x!.shape, data };
    },
  LeakyRelu: (node) => {
    const alpha = node.attrs.float("alpha");
    return ([x]) => map("LeakyRelu", x!, (v) => (v > 0 ? v : v * alpha));
  },
  IsNan:
    () =>
    ([x]) =>
      test(x!, Number.isNaN),
  IsInf:
    () =>
    ([x]) =>
      test(x!, (v) => v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY),
  IsFinite:
    () =>
    ([x]) =>
      test(x!, Number.isFinite),
  ClipByValue:
    () =>
    ([x, low, high]) => {
      const order = { num: Math.min, big: bigMin };
      return applyBinary(
        "ClipByValue",
        { num: Math.max, big: bigMax },
        applyBinary("ClipByValue", order, x!, high!),
        low!,
      );
    },
});
