import type { Epilogue } from "../gemm/operands.ts";
import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable, RunContext } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  type BigArray,
  dtypeName,
  type NumberArray,
  product,
  shapeText,
  type Value,
} from "../value.ts";
import { broadcastShape, broadcastStrides, eachStrided } from "./broadcast.ts";
import { tableThroughFloat } from "./half.ts";
import { transpose } from "./strided.ts";

function swapped(of: Value): Value {
  const rank = of.shape.length;
  const perm = of.shape.map((_, d) => (d === rank - 2 ? rank - 1 : d === rank - 1 ? rank - 2 : d));
  return transpose(of, perm);
}

/** Rows and columns swapped, complex numbers conjugated. */
function adjoint(of: Value): Value {
  const turned = swapped(of);
  if (arithmeticOf(of.dtype) !== "complex") return turned;
  const data = (turned.data as Float32Array).slice();
  for (let i = 1; i < data.length; i += 2) data[i] = -data[i]!;
  return { ...turned, data };
}

/** Products of any number type by the book. */
function plainProduct(
  a: Value,
  aFrom: number,
  b: Value,
  bFrom: number,
  out: Value,
  outFrom: number,
  m: number,
  k: number,
  n: number,
): void {
  if (arithmeticOf(a.dtype) === "bigint") {
    const x = a.data as BigArray;
    const y = b.data as BigArray;
    const o = out.data as BigArray;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0n;
        for (let p = 0; p < k; p++) sum += x[aFrom + i * k + p]! * y[bFrom + p * n + j]!;
        o[outFrom + i * n + j] = sum;
      }
    }
    return;
  }
  if (arithmeticOf(a.dtype) === "complex") {
    const [x, y, o] = [a.data, b.data, out.data] as [Float32Array, Float32Array, Float32Array];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let re = 0;
        let im = 0;
        for (let p = 0; p < k; p++) {
          const l = 2 * (aFrom + i * k + p);
          const r = 2 * (bFrom + p * n + j);
          re += x[l]! * y[r]! - x[l + 1]! * y[r + 1]!;
          im += x[l]! * y[r + 1]! + x[l + 1]! * y[r]!;
        }
        o[2 * (outFrom + i * n + j)] = re;
        o[2 * (outFrom + i * n + j) + 1] = im;
      }
    }
    return;
  }
  if (arithmeticOf(a.dtype) !== "number")
    throw unimplemented(`MatMul of ${dtypeName(a.dtype)} is not supported`, ["MatMul"]);
  const x = a.data as NumberArray;
  const y = b.data as NumberArray;
  const o = out.data as NumberArray;
  const whole = a.dtype === "DT_INT32" || a.dtype === "DT_UINT32";
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      if (whole)
        for (let p = 0; p < k; p++) sum = (sum + Math.imul(x[aFrom + i * k + p]!, y[bFrom + p * n + j]!)) | 0;
      else for (let p = 0; p < k; p++) sum += x[aFrom + i * k + p]! * y[bFrom + p * n + j]!;
      o[outFrom + i * n + j] = sum;
    }
  }
}

/**
 * a · b for matrices.
 * @param constantB `b` is the same in each run, so its packed form is kept
 */
export function matMul(
  a: Value,
  b: Value,
  transposeA: boolean,
  transposeB: boolean,
  constantB: boolean,
  run: RunContext,
  epilogue?: Epilogue,
): Value {
  if (a.shape.length < 2) throw invalid("In[0] ndims must be >= 2");
  if (b.shape.length < 2) throw invalid("In[1] ndims must be >= 2");
  if (a.shape.length !== 2 || b.shape.length !== 2) {
    throw invalid(`In[0] and In[1] has different ndims: ${shapeText(a.shape)} vs. ${shapeText(b.shape)}`);
  }
  const m = a.shape[transposeA ? 1 : 0]!;
  const k = a.shape[transposeA ? 0 : 1]!;
  const kb = b.shape[transposeB ? 1 : 0]!;
  const n = b.shape[transposeB ? 0 : 1]!;
  if (k !== kb)
    throw invalid(`Matrix size-incompatible: In[0]: ${shapeText(a.shape)}, In[1]: ${shapeText(b.shape)}`);
  const out: Value = { dtype: a.dtype, shape: [m, n], data: allocate(a.dtype, [m, n]) };
  const left = transposeA ? swapped(a) : a;
  if (a.dtype === "DT_FLOAT" && b.dtype === "DT_FLOAT") {
    const packed = run.gemm.pack(b.data as Float32Array, 0, k, n, transposeB, constantB);
    run.gemm.multiply(left.data as Float32Array, 0, m, packed, out.data as Float32Array, 0, epilogue);
    return out;
  }
  plainProduct(left, 0, transposeB ? swapped(b) : b, 0, out, 0, m, k, n);
  return out;
}

/** a · b for stacks of matrices, whose leading dimensions are broadcast. */
export function batchMatMul(
  a: Value,
  b: Value,
  adjointA: boolean,
  adjointB: boolean,
  constantB: boolean,
  run: RunContext,
): Value {
  const ra = a.shape.length;
  const rb = b.shape.length;
  if (ra < 2 || rb < 2) throw invalid(`In[${ra < 2 ? 0 : 1}] ndims must be >= 2: ${ra < 2 ? ra : rb}`);
  const m = a.shape[ra - (adjointA ? 1 : 2)]!;
  const k = a.shape[ra - (adjointA ? 2 : 1)]!;
  const kb = b.shape[rb - (adjointB ? 1 : 2)]!;
  const n = b.shape[rb - (adjointB ? 2 : 1)]!;
  if (k !== kb)
    throw invalid(
      `Matrix size-incompatible: In[0]: ${shapeText(a.shape)}, In[1]: ${shapeText(b.shape)} ${Number(adjointA)} ${Number(adjointB)}`,
    );
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = broadcastShape(batchA, batchB, () =>
    invalid(
      `In[0] and In[1] must have compatible batch dimensions: ${shapeText(a.shape)} vs. ${shapeText(b.shape)}`,
    ),
  );
  const shape = [...batch, m, n];
  const out: Value = { dtype: a.dtype, shape, data: allocate(a.dtype, shape) };
  const left = adjointA ? adjoint(a) : a;
  const single = a.dtype === "DT_FLOAT";
  if (single && batchB.every((size) => size === 1)) {
    // One matrix on the right: a single product over all rows.
    const packed = run.gemm.pack(b.data as Float32Array, 0, k, n, adjointB, constantB);
    run.gemm.multiply(left.data as Float32Array, 0, product(batch) * m, packed, out.data as Float32Array, 0);
    return out;
  }
  const right = single || !adjointB ? b : adjoint(b);
  const strideA = broadcastStrides(batchA, batch);
  const strideB = broadcastStrides(batchB, batch);
  const fromB: number[] = [];
  eachStrided(batch, strideB, (_, at) => fromB.push(at));
  eachStrided(batch, strideA, (i, at) => {
    const bAt = fromB[i]! * k * n;
    if (single) {
      const packed = run.gemm.pack(b.data as Float32Array, bAt, k, n, adjointB, false);
      run.gemm.multiply(
        left.data as Float32Array,
        at * m * k,
        m,
        packed,
        out.data as Float32Array,
        i * m * n,
      );
    } else plainProduct(left, at * m * k, right, bAt, out, i * m * n, m, k, n);
  });
  return out;
}

const batched: KernelFactory = (node) => {
  const adjointX = node.attrs.bool("adj_x");
  const adjointY = node.attrs.bool("adj_y");
  const constantB = node.constant(1) !== undefined;
  return ([a, b], run) => batchMatMul(a!, b!, adjointX, adjointY, constantB, run);
};

/** Labels of an einsum's operands and result; `...` as upper-case letters from the right. */
function einsum(equation: string, inputs: readonly Value[], run: RunContext): Value {
  const text = equation.replace(/\s/g, "");
  const [left = "", rightGiven] = text.split("->");
  const terms = left.split(",");
  if (terms.length !== inputs.length)
    throw invalid(`Expected ${terms.length} inputs for equation ${equation} but got: ${inputs.length}`);
  let ellipsisRank = 0;
  for (const [i, term] of terms.entries()) {
    if (term.includes("..."))
      ellipsisRank = Math.max(ellipsisRank, inputs[i]!.shape.length - (term.length - 3));
  }
  const spread = (count: number): string =>
    Array.from({ length: count }, (_, i) => String.fromCharCode(0x100 + ellipsisRank - count + i)).join("");
  const labels = terms.map((term, i) =>
    term.replace("...", spread(Math.max(0, inputs[i]!.shape.length - (term.length - 3)))),
  );
  let right = rightGiven?.replace("...", spread(ellipsisRank));
  if (right === undefined) {
    const all = [...labels.join("")];
    right =
      spread(ellipsisRank) +
      all
        .filter((c) => c.charCodeAt(0) < 0x100 && all.filter((d) => d === c).length === 1)
        .sort()
        .join("");
  }
  const sizes = new Map<string, number>();
  for (const [i, term] of labels.entries()) {
    if (term.length !== inputs[i]!.shape.length) {
      throw invalid(`Expected input ${i} to have rank ${term.length} but got: ${inputs[i]!.shape.length}`);
    }
    for (const [d, label] of [...term].entries()) {
      const size = inputs[i]!.shape[d]!;
      const known = sizes.get(label);
      if (
        known !== undefined &&
        known !== size &&
        known !== 1 &&
        !(label.charCodeAt(0) >= 0x100 && size === 1)
      ) {
        throw invalid(
          `Expected dimension ${known} at axis ${d} of the input shaped ${shapeText(inputs[i]!.shape)} but got dimension ${size}`,
        );
      }
      if (known === undefined || known === 1) sizes.set(label, size);
    }
  }
  let current = inputs[0]!;
  let currentLabels = labels[0]!;
  [current, currentLabels] = diagonal(current, currentLabels);
  if (inputs.length === 1) {
    const gone = [...currentLabels].filter((c) => !right.includes(c));
    const summed = sumLabels(current, currentLabels, gone);
    return broadcastLabels(
      reorder(summed, [...currentLabels].filter((c) => !gone.includes(c)).join(""), right),
      right,
      sizes,
    );
  }
  for (let i = 1; i < inputs.length; i++) {
    const later = labels.slice(i + 1).join("");
    const [next, nextLabels] = diagonal(inputs[i]!, labels[i]!);
    [current, currentLabels] = contract(current, currentLabels, next, nextLabels, right + later, run);
  }
  return reorder(current, currentLabels, right);
}

function reorder(of: Value, from: string, to: string): Value {
  const missing = [...to].filter((c) => !from.includes(c));
  const shaped = { ...of, shape: [...of.shape, ...missing.map(() => 1)] };
  const order = from + missing.join("");
  return transpose(
    shaped,
    [...to].map((c) => order.indexOf(c)),
  );
}

function broadcastLabels(of: Value, labels: string, sizes: ReadonlyMap<string, number>): Value {
  const want = [...labels].map((c) => sizes.get(c)!);
  if (want.every((n, d) => n === of.shape[d])) return of;
  const data = allocate(of.dtype, want);
  const source = of.data as unknown as number[];
  const out = data as unknown as number[];
  eachStrided(want, broadcastStrides(of.shape, want), (o, s) => {
    out[o] = source[s]!;
  });
  return { dtype: of.dtype, shape: want, data };
}

/** Repeated labels of one operand pick its diagonal. */
function diagonal(of: Value, labels: string): [Value, string] {
  const unique = [...new Set(labels)].join("");
  if (unique.length === labels.length) return [of, labels];
  const strides: number[] = [];
  let stride = 1;
  const own = new Array<number>(labels.length);
  for (let d = labels.length - 1; d >= 0; d--) {
    own[d] = stride;
    stride *= of.shape[d]!;
  }
  const shape = [...unique].map((c) => {
    strides.push([...labels].reduce((sum, l, d) => (l === c ? sum + own[d]! : sum), 0));
    return of.shape[labels.indexOf(c)]!;
  });
  const data = allocate(of.dtype, shape);
  const source = of.data as unknown as number[];
  const out = data as unknown as number[];
  eachStrided(shape, strides, (o, s) => {
    out[o] = source[s]!;
  });
  return [{ dtype: of.dtype, shape, data }, unique];
}

function sumLabels(of: Value, labels: string, gone: readonly string[]): Value {
  if (gone.length === 0) return of;
  const kept = [...labels].filter((c) => !gone.includes(c));
  const moved = reorder(of, labels, [...kept, ...gone].join(""));
  const shape = moved.shape.slice(0, kept.length);
  const data = allocate(of.dtype, shape) as NumberArray;
  const count = product(moved.shape, kept.length);
  const source = moved.data as NumberArray;
  const big = arithmeticOf(of.dtype) === "bigint";
  for (let o = 0, at = 0; o < data.length; o++) {
    let sum = (big ? 0n : 0) as number;
    for (let i = 0; i < count; i++) sum += source[at++]!;
    data[o] = sum;
  }
  return { dtype: of.dtype, shape, data };
}

/** Contracts two operands over the labels that nothing later wants, as one stack of matrix products. */
function contract(
  a: Value,
  la: string,
  b: Value,
  lb: string,
  wanted: string,
  run: RunContext,
): [Value, string] {
  const aOnlyGone = [...la].filter((c) => !lb.includes(c) && !wanted.includes(c));
  const bOnlyGone = [...lb].filter((c) => !la.includes(c) && !wanted.includes(c));
  const left = sumLabels(a, la, aOnlyGone);
  const leftLabels = [...la].filter((c) => !aOnlyGone.includes(c));
  const right = sumLabels(b, lb, bOnlyGone);
  const rightLabels = [...lb].filter((c) => !bOnlyGone.includes(c));
  const batch = leftLabels.filter((c) => rightLabels.includes(c) && wanted.includes(c));
  const summed = leftLabels.filter((c) => rightLabels.includes(c) && !wanted.includes(c));
  const rows = leftLabels.filter((c) => !rightLabels.includes(c));
  const columns = rightLabels.filter((c) => !leftLabels.includes(c));
  const x = reorder(left, leftLabels.join(""), [...batch, ...rows, ...summed].join(""));
  const y = reorder(right, rightLabels.join(""), [...batch, ...summed, ...columns].join(""));
  const sizeIn = (v: Value, from: number, count: number): number => product(v.shape, from, from + count);
  const m = sizeIn(x, batch.length, rows.length);
  const n = sizeIn(y, batch.length + summed.length, columns.length);
  // A summed label of size one is broadcast against the other operand's.
  const k = Math.max(
    sizeIn(x, batch.length + rows.length, summed.length),
    sizeIn(y, batch.length, summed.length),
  );
  const made = batchMatMul(
    { dtype: x.dtype, data: x.data, shape: [...x.shape.slice(0, batch.length), m, k] },
    { dtype: y.dtype, data: y.data, shape: [...y.shape.slice(0, batch.length), k, n] },
    false,
    false,
    false,
    run,
  );
  const shape = [
    ...made.shape.slice(0, batch.length),
    ...x.shape.slice(batch.length, batch.length + rows.length),
    ...y.shape.slice(batch.length + summed.length),
  ];
  return [{ ...made, shape }, [...batch, ...rows, ...columns].join("")];
}

/** Matrix products. */
export const matMulKernels: KernelTable = tableThroughFloat({
  MatMul: (node) => {
    const transposeA = node.attrs.bool("transpose_a");
    const transposeB = node.attrs.bool("transpose_b");
    const constantB = node.constant(1) !== undefined;
    return ([a, b], run) => matMul(a!, b!, transposeA, transposeB, constantB, run);
  },
  BatchMatMul: batched,
  BatchMatMulV2: batched,
  BatchMatMulV3: batched,
  Einsum: (node) => {
    const equation = node.attrs.string("equation");
    return (inputs, run) => einsum(equation, inputs, run);
  },
});
