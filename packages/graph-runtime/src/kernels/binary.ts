import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  type BigArray,
  bigMax,
  bigMin,
  dtypeName,
  type NumberArray,
  type Value,
} from "../value.ts";
import { broadcast, eachRow } from "./broadcast.ts";
import { complexBinary } from "./complex.ts";
import { tableThroughFloat } from "./half.ts";

type Num = (a: number, b: number) => number;
type Big = (a: bigint, b: bigint) => bigint;

/** One operation for every kind of number. `int` differs from `num` where integers do. */
interface BinaryOp {
  readonly num: Num;
  readonly int?: Num;
  readonly int32?: Num;
  readonly big?: Big;
  /** Written-out loop for float32, for the ops that carry big activations. */
  readonly fast?: FastRow;
  readonly complex?: true;
}
type FastRow = (
  out: Float32Array,
  a: Float32Array,
  b: Float32Array,
  o: number,
  i: number,
  si: number,
  j: number,
  sj: number,
  n: number,
) => void;

const zero = () => invalid("Integer division by zero");

// The same loop four times: with a callback inside, the engine would not compile it to plain machine arithmetic.
const addRow: FastRow = (out, a, b, o, i, si, j, sj, n) => {
  if (si === 1 && sj === 1) for (let k = 0; k < n; k++) out[o + k] = a[i + k]! + b[j + k]!;
  else for (let k = 0; k < n; k++) out[o + k] = a[i + k * si]! + b[j + k * sj]!;
};
const subRow: FastRow = (out, a, b, o, i, si, j, sj, n) => {
  if (si === 1 && sj === 1) for (let k = 0; k < n; k++) out[o + k] = a[i + k]! - b[j + k]!;
  else for (let k = 0; k < n; k++) out[o + k] = a[i + k * si]! - b[j + k * sj]!;
};
const mulRow: FastRow = (out, a, b, o, i, si, j, sj, n) => {
  if (si === 1 && sj === 1) for (let k = 0; k < n; k++) out[o + k] = a[i + k]! * b[j + k]!;
  else for (let k = 0; k < n; k++) out[o + k] = a[i + k * si]! * b[j + k * sj]!;
};
const divRow: FastRow = (out, a, b, o, i, si, j, sj, n) => {
  for (let k = 0; k < n; k++) out[o + k] = a[i + k * si]! / b[j + k * sj]!;
};

const maximum: Num = (a, b) => (a > b || Number.isNaN(a) ? a : b);
const minimum: Num = (a, b) => (a < b || Number.isNaN(a) ? a : b);

function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function intDivide(a: number, b: number): number {
  if (b === 0) throw zero();
  return Math.trunc(a / b);
}

function bigTruncDiv(a: bigint, b: bigint): bigint {
  if (b === 0n) throw zero();
  return a / b;
}

function bigFloorDiv(a: bigint, b: bigint): bigint {
  if (b === 0n) throw zero();
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function intPower(base: number, exponent: number): number {
  if (exponent < 0) throw invalid("Integers to negative integer powers are not allowed");
  let result = 1;
  let square = base | 0;
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}

function bigPower(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) throw invalid("Integers to negative integer powers are not allowed");
  let result = 1n;
  let square = base;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}

/** lgamma by Lanczos' approximation; good to float32. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x <= 0 && Math.floor(x) === x) return Number.POSITIVE_INFINITY;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x);
  if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY;
  const y = x - 1;
  let sum = 0.9999999999998099;
  const c = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  for (let i = 0; i < c.length; i++) sum += c[i]! / (y + i + 1);
  const t = y + c.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

function nextAfter(a: number, b: number, single: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === b) return b;
  if (a === 0) return (b > 0 ? 1 : -1) * (single ? 2 ** -149 : 5e-324);
  const up = b > a === a > 0 ? 1 : -1;
  if (single) {
    const view = new Int32Array(Float32Array.of(a).buffer);
    view[0] = view[0]! + up;
    return new Float32Array(view.buffer)[0]!;
  }
  const view = new BigInt64Array(Float64Array.of(a).buffer);
  view[0] = view[0]! + BigInt(up);
  return new Float64Array(view.buffer)[0]!;
}

const add: BinaryOp = { num: (a, b) => a + b, big: (a, b) => a + b, fast: addRow, complex: true };
const truncMod: BinaryOp = {
  num: (a, b) => a % b,
  int: (a, b) => {
    if (b === 0) throw zero();
    return a % b;
  },
  big: (a, b) => {
    if (b === 0n) throw zero();
    return a % b;
  },
};
const truncDiv: BinaryOp = {
  num: (a, b) => a / b,
  int: intDivide,
  big: bigTruncDiv,
  fast: divRow,
  complex: true,
};

const OPS: Readonly<Record<string, BinaryOp>> = {
  Add: add,
  AddV2: add,
  Sub: { num: (a, b) => a - b, big: (a, b) => a - b, fast: subRow, complex: true },
  Mul: { num: (a, b) => a * b, int32: Math.imul, big: (a, b) => a * b, fast: mulRow, complex: true },
  MulNoNan: { num: (a, b) => (b === 0 ? 0 : a * b) },
  Div: truncDiv,
  RealDiv: truncDiv,
  TruncateDiv: { num: (a, b) => Math.trunc(a / b), int: intDivide, big: bigTruncDiv },
  DivNoNan: { num: (a, b) => (b === 0 ? 0 : a / b) },
  FloorDiv: {
    num: (a, b) => Math.floor(a / b),
    int: (a, b) => {
      if (b === 0) throw zero();
      return Math.floor(a / b);
    },
    big: bigFloorDiv,
  },
  FloorMod: {
    num: floorMod,
    int: (a, b) => {
      if (b === 0) throw zero();
      return floorMod(a, b);
    },
    big: (a, b) => a - bigFloorDiv(a, b) * b,
  },
  Mod: truncMod,
  TruncateMod: truncMod,
  Maximum: { num: maximum, big: bigMax },
  Minimum: { num: minimum, big: bigMin },
  SquaredDifference: {
    num: (a, b) => (a - b) * (a - b),
    int32: (a, b) => Math.imul(a - b, a - b),
    big: (a, b) => (a - b) * (a - b),
    complex: true,
  },
  Pow: { num: (a, b) => (a === 1 ? 1 : a ** b), int: intPower, big: bigPower, complex: true },
  Atan2: { num: Math.atan2 },
  Xdivy: { num: (a, b) => (a === 0 ? 0 : a / b) },
  Xlogy: { num: (a, b) => (a === 0 ? 0 : a * Math.log(b)) },
  Xlog1py: { num: (a, b) => (a === 0 ? 0 : a * Math.log1p(b)) },
  BitwiseAnd: { num: (a, b) => a & b, big: (a, b) => a & b },
  BitwiseOr: { num: (a, b) => a | b, big: (a, b) => a | b },
  BitwiseXor: { num: (a, b) => a ^ b, big: (a, b) => a ^ b },
  LogicalAnd: { num: (a, b) => a & b },
  LogicalOr: { num: (a, b) => a | b },
  SigmoidGrad: { num: (y, dy) => dy * y * (1 - y) },
  TanhGrad: { num: (y, dy) => dy * (1 - y * y) },
  Relu6Grad: { num: (dy, x) => (x > 0 && x < 6 ? dy : 0) },
  EluGrad: { num: (dy, y) => (y < 0 ? (y + 1) * dy : dy) },
  SeluGrad: { num: (dy, y) => (y < 0 ? dy * (y + 1.7580993408473766) : dy * 1.0507009873554805) },
  SoftplusGrad: { num: (dy, x) => dy / (Math.exp(-x) + 1) },
  SoftsignGrad: { num: (dy, x) => dy / (1 + Math.abs(x)) ** 2 },
  SqrtGrad: { num: (y, dy) => (dy * 0.5) / y },
  RsqrtGrad: { num: (y, dy) => -0.5 * dy * y ** 3 },
  ReciprocalGrad: { num: (y, dy) => -dy * y * y },
  InvGrad: { num: (y, dy) => -dy * y * y },
  ReluGrad: { num: (dy, x) => (x > 0 ? dy : 0) },
};

const SIGNED_SHIFT: Readonly<Record<string, number>> = {
  DT_INT8: 7,
  DT_INT16: 15,
  DT_INT32: 31,
  DT_INT64: 63,
};
const BITS: Readonly<Record<string, number>> = {
  DT_INT8: 8,
  DT_UINT8: 8,
  DT_INT16: 16,
  DT_UINT16: 16,
  DT_INT32: 32,
  DT_UINT32: 32,
};

function isInteger(dtype: Value["dtype"]): boolean {
  return dtype !== "DT_FLOAT" && dtype !== "DT_DOUBLE";
}

function sameDtype(node: string, a: Value, b: Value): void {
  if (a.dtype === b.dtype) return;
  throw invalid(
    `cannot compute ${node} as input #1(zero-based) was expected to be a ${dtypeName(a.dtype)} tensor but is a ${dtypeName(b.dtype)} tensor`,
  );
}

/** Elementwise result of two operands of one dtype. */
export function applyBinary(opName: string, op: BinaryOp, a: Value, b: Value): Value {
  sameDtype(opName, a, b);
  const kind = arithmeticOf(a.dtype);
  if (kind === "complex" && op.complex) return complexBinary(opName, a, b);
  const plan = broadcast(a.shape, b.shape);
  const data = allocate(a.dtype, plan.shape);
  const result: Value = { dtype: a.dtype, shape: plan.shape, data };
  if (kind === "bigint" && op.big) {
    const f = op.big;
    const out = data as BigArray;
    const x = a.data as BigArray;
    const y = b.data as BigArray;
    eachRow(plan, (o, i, si, j, sj, n) => {
      for (let k = 0; k < n; k++) out[o + k] = f(x[i + k * si]!, y[j + k * sj]!);
    });
    return result;
  }
  if (kind !== "number") throw unimplemented(`${opName} of ${dtypeName(a.dtype)} is not supported`, [opName]);
  if (a.dtype === "DT_FLOAT" && op.fast) {
    const fast = op.fast;
    const out = data as Float32Array;
    const x = a.data as Float32Array;
    const y = b.data as Float32Array;
    eachRow(plan, (o, i, si, j, sj, n) => fast(out, x, y, o, i, si, j, sj, n));
    return result;
  }
  const wide = a.dtype === "DT_INT32" || a.dtype === "DT_UINT32" || a.dtype === "DT_QINT32";
  const f = (wide && op.int32) || (isInteger(a.dtype) && op.int) || op.num;
  const out = data as NumberArray;
  const x = a.data as NumberArray;
  const y = b.data as NumberArray;
  eachRow(plan, (o, i, si, j, sj, n) => {
    for (let k = 0; k < n; k++) out[o + k] = f(x[i + k * si]!, y[j + k * sj]!);
  });
  return result;
}

function shift(name: string, a: Value, b: Value): Value {
  sameDtype(name, a, b);
  const plan = broadcast(a.shape, b.shape);
  const data = allocate(a.dtype, plan.shape);
  const left = name === "LeftShift";
  eachRow(plan, (o, i, si, j, sj, n) => {
    for (let k = 0; k < n; k++) {
      if (arithmeticOf(a.dtype) === "bigint") {
        const x = (a.data as BigArray)[i + k * si]!;
        const by = (b.data as BigArray)[j + k * sj]!;
        const clamped = by < 0n ? 0n : by > 63n ? 63n : by;
        (data as BigArray)[o + k] = left ? x << clamped : x >> clamped;
      } else {
        const x = (a.data as NumberArray)[i + k * si]!;
        const most = (BITS[a.dtype] ?? 32) - 1;
        const by = Math.max(0, Math.min(most, (b.data as NumberArray)[j + k * sj]!));
        (data as NumberArray)[o + k] = left ? x << by : a.dtype in SIGNED_SHIFT ? x >> by : x >>> by;
      }
    }
  });
  return { dtype: a.dtype, shape: plan.shape, data };
}

const COMPARISONS: Readonly<Record<string, (a: never, b: never) => boolean>> = {
  Equal: (a: unknown, b: unknown) => a === b,
  NotEqual: (a: unknown, b: unknown) => a !== b,
  Less: (a: number, b: number) => a < b,
  LessEqual: (a: number, b: number) => a <= b,
  Greater: (a: number, b: number) => a > b,
  GreaterEqual: (a: number, b: number) => a >= b,
};

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

function compare(name: string, a: Value, b: Value, incompatibleShapeError: boolean): Value {
  sameDtype(name, a, b);
  const holds = COMPARISONS[name] as (a: unknown, b: unknown) => boolean;
  let plan: ReturnType<typeof broadcast>;
  try {
    plan = broadcast(a.shape, b.shape);
  } catch (error) {
    // Equal and NotEqual may answer for unequal shapes instead of failing.
    if (incompatibleShapeError || (name !== "Equal" && name !== "NotEqual")) throw error;
    return { dtype: "DT_BOOL", shape: [], data: Uint8Array.of(name === "NotEqual" ? 1 : 0) };
  }
  const data = allocate("DT_BOOL", plan.shape) as Uint8Array;
  const kind = arithmeticOf(a.dtype);
  if (kind === "string") {
    const x = a.data as readonly Uint8Array[];
    const y = b.data as readonly Uint8Array[];
    eachRow(plan, (o, i, si, j, sj, n) => {
      for (let k = 0; k < n; k++)
        data[o + k] = holds(compareBytes(x[i + k * si]!, y[j + k * sj]!), 0) ? 1 : 0;
    });
  } else if (kind === "complex") {
    const x = a.data as Float32Array;
    const y = b.data as Float32Array;
    const equal = name === "Equal";
    eachRow(plan, (o, i, si, j, sj, n) => {
      for (let k = 0; k < n; k++) {
        const p = 2 * (i + k * si);
        const q = 2 * (j + k * sj);
        data[o + k] = (x[p] === y[q] && x[p + 1] === y[q + 1]) === equal ? 1 : 0;
      }
    });
  } else {
    const x = a.data as ArrayLike<unknown>;
    const y = b.data as ArrayLike<unknown>;
    eachRow(plan, (o, i, si, j, sj, n) => {
      for (let k = 0; k < n; k++) data[o + k] = holds(x[i + k * si], y[j + k * sj]) ? 1 : 0;
    });
  }
  return { dtype: "DT_BOOL", shape: plan.shape, data };
}

function addN(name: string, op: string, inputs: readonly Value[]): Value {
  let sum = inputs[0]!;
  for (const [i, input] of inputs.entries()) {
    if (input.shape.length !== sum.shape.length || input.shape.some((size, d) => size !== sum.shape[d])) {
      throw invalid(
        `Inputs to operation ${name} of type ${op} must have the same size and shape.  Input 0: [${inputs[0]!.shape.join(",")}] != input ${i}: [${input.shape.join(",")}]`,
      );
    }
    if (i > 0) sum = applyBinary("Add", add, sum, input);
  }
  return sum;
}

const approximately: KernelFactory = (node) => {
  const tolerance = node.attrs.float("tolerance");
  return ([a, b]) => {
    const plan = broadcast(a!.shape, b!.shape);
    const data = allocate("DT_BOOL", plan.shape) as Uint8Array;
    const x = a!.data as NumberArray;
    const y = b!.data as NumberArray;
    eachRow(plan, (o, i, si, j, sj, n) => {
      for (let k = 0; k < n; k++) data[o + k] = Math.abs(x[i + k * si]! - y[j + k * sj]!) < tolerance ? 1 : 0;
    });
    return { dtype: "DT_BOOL", shape: plan.shape, data };
  };
};

/** Elementwise ops of two operands. */
export const binaryKernels: KernelTable = tableThroughFloat({
  ...Object.fromEntries(
    Object.entries(OPS).map(([name, op]): [string, KernelFactory] => [
      name,
      () =>
        ([a, b]) =>
          applyBinary(name, op, a!, b!),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(COMPARISONS).map((name): [string, KernelFactory] => [
      name,
      (node) => {
        const strict =
          name === "Equal" || name === "NotEqual" ? node.attrs.bool("incompatible_shape_error") : true;
        return ([a, b]) => compare(name, a!, b!, strict);
      },
    ]),
  ),
  LeftShift:
    () =>
    ([a, b]) =>
      shift("LeftShift", a!, b!),
  RightShift:
    () =>
    ([a, b]) =>
      shift("RightShift", a!, b!),
  NextAfter:
    () =>
    ([a, b]) =>
      applyBinary("NextAfter", { num: (x, y) => nextAfter(x, y, a!.dtype === "DT_FLOAT") }, a!, b!),
  AddN: (node) => (inputs) => addN(node.name, node.op, inputs),
  AccumulateNV2: (node) => (inputs) => addN(node.name, node.op, inputs),
  ApproximateEqual: approximately,
});
