import type { KernelTable } from "../kernel.ts";
import { allocate, product, scalarInt, type Value } from "../value.ts";
import { copyRun } from "./gather.ts";

function bandPart(x: Value, lower: number, upper: number): Value {
  const [m, n] = x.shape.slice(-2) as [number, number];
  const data = allocate(x.dtype, x.shape);
  const batches = product(x.shape, 0, x.shape.length - 2);
  for (let b = 0; b < batches; b++) {
    for (let i = 0; i < m; i++) {
      const from = lower < 0 ? 0 : Math.max(0, i - lower);
      const to = upper < 0 ? n : Math.min(n, i + upper + 1);
      if (to > from) copyRun(data, (b * m + i) * n + from, x.data, (b * m + i) * n + from, to - from);
    }
  }
  return { dtype: x.dtype, shape: x.shape, data };
}

function matrixDiag(x: Value): Value {
  const n = x.shape[x.shape.length - 1]!;
  const shape = [...x.shape, n];
  const data = allocate(x.dtype, shape) as unknown as unknown[];
  const source = x.data as ArrayLike<unknown>;
  for (let i = 0; i < source.length; i++) {
    const row = Math.floor(i / n);
    const k = i % n;
    data[(row * n + k) * n + k] = source[i];
  }
  return { dtype: x.dtype, shape, data: data as unknown as Value["data"] };
}

function matrixDiagPart(x: Value): Value {
  const [m, n] = x.shape.slice(-2) as [number, number];
  const k = Math.min(m, n);
  const shape = [...x.shape.slice(0, -2), k];
  const data = allocate(x.dtype, shape) as unknown as unknown[];
  const source = x.data as ArrayLike<unknown>;
  const batches = product(x.shape, 0, x.shape.length - 2);
  for (let b = 0; b < batches; b++) for (let i = 0; i < k; i++) data[b * k + i] = source[(b * m + i) * n + i];
  return { dtype: x.dtype, shape, data: data as unknown as Value["data"] };
}

export const matrixDiagonalKernels: KernelTable = {
  MatrixBandPart:
    () =>
    ([x, lower, upper]) =>
      bandPart(x!, scalarInt(lower!), scalarInt(upper!)),
  BatchMatrixBandPart:
    () =>
    ([x, lower, upper]) =>
      bandPart(x!, scalarInt(lower!), scalarInt(upper!)),
  MatrixDiag:
    () =>
    ([x]) =>
      matrixDiag(x!),
  MatrixDiagPart:
    () =>
    ([x]) =>
      matrixDiagPart(x!),
  Diag:
    () =>
    ([x]) => {
      const n = product(x!.shape);
      const flat = matrixDiag({ ...x!, shape: [n] });
      return { ...flat, shape: [...x!.shape, ...x!.shape] };
    },
  DiagPart:
    () =>
    ([x]) => {
      const half = x!.shape.slice(0, x!.shape.length / 2);
      const n = product(half);
      return { ...matrixDiagPart({ ...x!, shape: [n, n] }), shape: half };
    },
  MatrixSetDiag:
    () =>
    ([x, diagonal]) => {
      const [m, n] = x!.shape.slice(-2) as [number, number];
      const k = Math.min(m, n);
      const data = (Array.isArray(x!.data) ? [...x!.data] : (x!.data as Uint8Array).slice()) as unknown[];
      const source = diagonal!.data as ArrayLike<unknown>;
      const batches = product(x!.shape, 0, x!.shape.length - 2);
      for (let b = 0; b < batches; b++)
        for (let i = 0; i < k; i++) data[(b * m + i) * n + i] = source[b * k + i];
      return { ...x!, data: data as unknown as Value["data"] };
    },
};
