import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, dtypeName, integers, product, shapeText, type Value } from "../value.ts";
import {
  columnsOf,
  lu,
  type Matrix,
  multiply,
  qr,
  squareRoot,
  svd,
  symmetricEigen,
  transposed,
  widened,
} from "./linear-algebra.ts";

type Floats = Float32Array | Float64Array;

export function matrices(of: Value, op: string): { batch: readonly number[]; items: Matrix[] } {
  if (of.dtype !== "DT_FLOAT" && of.dtype !== "DT_DOUBLE")
    throw unimplemented(`${op} of ${dtypeName(of.dtype)} is not supported`, [op]);
  if (of.shape.length < 2) throw invalid(`Input tensor must have rank >= 2, got ${shapeText(of.shape)}`);
  const batch = of.shape.slice(0, -2);
  const [rows, columns] = of.shape.slice(-2) as [number, number];
  const size = rows * columns;
  const source = of.data as Floats;
  const items = Array.from({ length: product(batch) }, (_, b) => ({
    rows,
    columns,
    data: Float64Array.from(source.subarray(b * size, (b + 1) * size)),
  }));
  return { batch, items };
}

export function stack(
  dtype: Value["dtype"],
  batch: readonly number[],
  dims: readonly number[],
  parts: readonly Float64Array[],
): Value {
  const shape = [...batch, ...dims];
  const data = allocate(dtype, shape) as Floats;
  const size = product(dims);
  for (const [i, part] of parts.entries()) data.set(part, i * size);
  return { dtype, shape, data };
}

const svdKernel: KernelFactory = (node) => {
  const wanted = node.attrs.bool("compute_uv");
  const full = node.attrs.bool("full_matrices");
  return ([x]) => {
    const { batch, items } = matrices(x!, "Svd");
    const [m, n] = x!.shape.slice(-2) as [number, number];
    const p = Math.min(m, n);
    const made = items.map(svd);
    const s = stack(
      x!.dtype,
      batch,
      [p],
      made.map((part) => part.s),
    );
    if (!wanted) {
      const none: Value = { dtype: x!.dtype, shape: [0], data: allocate(x!.dtype, [0]) };
      return [s, none, none];
    }
    return [
      s,
      stack(
        x!.dtype,
        batch,
        [m, full ? m : p],
        made.map(({ u }) => (full ? widened(u, m, p) : u)),
      ),
      stack(
        x!.dtype,
        batch,
        [n, full ? n : p],
        made.map(({ v }) => (full ? widened(v, n, p) : v)),
      ),
    ];
  };
};

function squareOnly(x: Value): number {
  const [rows, columns] = x.shape.slice(-2);
  if (rows !== columns) throw invalid(`Input matrix must be square, got shape ${shapeText(x.shape)}`);
  return rows!;
}

const luKernel: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("output_idx_type");
  return ([x]) => {
    const n = squareOnly(x!);
    const { batch, items } = matrices(x!, "Lu");
    const made = items.map(lu);
    for (const { packed } of made) {
      for (let i = 0; i < n; i++) if (packed[i * n + i] === 0) throw invalid("Input is not invertible.");
    }
    return [
      stack(
        x!.dtype,
        batch,
        [n, n],
        made.map(({ packed }) => packed),
      ),
      integers(
        dtype,
        [...batch, n],
        made.flatMap(({ order }) => order),
      ),
    ];
  };
};

const logDeterminant: KernelFactory =
  () =>
  ([x]) => {
    const n = squareOnly(x!);
    const { batch, items } = matrices(x!, "LogMatrixDeterminant");
    const signs = allocate(x!.dtype, batch) as Floats;
    const logs = allocate(x!.dtype, batch) as Floats;
    for (const [b, item] of items.entries()) {
      const { packed, sign } = lu(item);
      let positive = sign;
      let sum = 0;
      for (let i = 0; i < n; i++) {
        positive *= Math.sign(packed[i * n + i]!);
        sum += Math.log(Math.abs(packed[i * n + i]!));
      }
      signs[b] = positive;
      logs[b] = sum;
    }
    return [
      { dtype: x!.dtype, shape: batch, data: signs },
      { dtype: x!.dtype, shape: batch, data: logs },
    ];
  };

const leastSquares: KernelFactory =
  () =>
  ([a, b, regularizer]) => {
    const { batch, items } = matrices(a!, "MatrixSolveLs");
    const right = matrices(b!, "MatrixSolveLs").items;
    const l2 = Number((regularizer!.data as ArrayLike<number>)[0]);
    const [, n] = a!.shape.slice(-2) as [number, number];
    const k = b!.shape[b!.shape.length - 1]!;
    const parts = items.map((item, i) => {
      const { s, u, v } = svd(item);
      const p = s.length;
      const coefficients = multiply(transposed(u, item.rows, p), right[i]!.data, p, item.rows, k);
      const least = s[0]! * 1e-12;
      for (let r = 0; r < p; r++) {
        const scale = s[r]! <= least ? 0 : s[r]! / (s[r]! * s[r]! + l2);
        for (let c = 0; c < k; c++) coefficients[r * k + c]! *= scale;
      }
      return multiply(v, coefficients, n, p, k);
    });
    return stack(a!.dtype, batch, [n, k], parts);
  };

export const decompositionKernels: KernelTable = {
  Qr: (node) => {
    const full = node.attrs.bool("full_matrices");
    return ([x]) => {
      const { batch, items } = matrices(x!, "Qr");
      const [m, n] = x!.shape.slice(-2) as [number, number];
      const p = full ? m : Math.min(m, n);
      const made = items.map(qr);
      return [
        stack(
          x!.dtype,
          batch,
          [m, p],
          made.map(({ q }) => columnsOf(q, m, m, p)),
        ),
        stack(
          x!.dtype,
          batch,
          [p, n],
          made.map(({ r }) => r.subarray(0, p * n)),
        ),
      ];
    };
  },
  Svd: svdKernel,
  SelfAdjointEigV2: (node) => {
    const vectors = node.attrs.bool("compute_v");
    return ([x]) => {
      const n = squareOnly(x!);
      const { batch, items } = matrices(x!, "SelfAdjointEigV2");
      const made = items.map(symmetricEigen);
      return [
        stack(
          x!.dtype,
          batch,
          [n],
          made.map(({ values }) => values),
        ),
        vectors
          ? stack(
              x!.dtype,
              batch,
              [n, n],
              made.map((part) => part.vectors),
            )
          : { dtype: x!.dtype, shape: [0], data: allocate(x!.dtype, [0]) },
      ];
    };
  },
  Lu: luKernel,
  LogMatrixDeterminant: logDeterminant,
  MatrixSolveLs: leastSquares,
  MatrixSquareRoot:
    () =>
    ([x]) => {
      const n = squareOnly(x!);
      const { batch, items } = matrices(x!, "MatrixSquareRoot");
      return stack(x!.dtype, batch, [n, n], items.map(squareRoot));
    },
};
