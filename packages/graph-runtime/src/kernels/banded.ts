import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, type NumberArray, product } from "../value.ts";
import { matrices, stack } from "./decompositions.ts";
import { inverse, multiply, transposed } from "./linear-algebra.ts";

const tridiagonalSolve: KernelFactory =
  () =>
  ([diagonals, rhs]) => {
    const [n, k] = rhs!.shape.slice(-2) as [number, number];
    const { items } = matrices(diagonals!, "TridiagonalSolve");
    const { batch, items: right } = matrices(rhs!, "TridiagonalSolve");
    const parts = items.map(({ data }, b) => {
      const a = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        if (i + 1 < n) a[i * n + i + 1] = data[i]!;
        a[i * n + i] = data[n + i]!;
        if (i > 0) a[i * n + i - 1] = data[2 * n + i]!;
      }
      return multiply(inverse(a, n), right[b]!.data, n, n, k);
    });
    return stack(rhs!.dtype, batch, [n, k], parts);
  };

const tridiagonalProduct: KernelFactory =
  () =>
  ([above, main, below, rhs]) => {
    const [n, k] = rhs!.shape.slice(-2) as [number, number];
    const data = allocate(rhs!.dtype, rhs!.shape) as NumberArray;
    const x = rhs!.data as NumberArray;
    const [u, d, l] = [above!.data, main!.data, below!.data] as unknown as NumberArray[];
    for (let b = 0; b < product(rhs!.shape, 0, rhs!.shape.length - 2); b++) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < k; j++) {
          const at = (row: number): number => x[(b * n + row) * k + j]!;
          let sum = d![b * n + i]! * at(i);
          if (i + 1 < n) sum += u![b * n + i]! * at(i + 1);
          if (i > 0) sum += l![b * n + i]! * at(i - 1);
          data[(b * n + i) * k + j] = sum;
        }
      }
    }
    return { dtype: rhs!.dtype, shape: rhs!.shape, data };
  };

const bandedSolve: KernelFactory = (node) => {
  const lower = node.attrs.bool("lower");
  const adjoint = node.attrs.bool("adjoint");
  return ([bands, rhs]) => {
    const { items } = matrices(bands!, "BandedTriangularSolve");
    const { batch, items: right } = matrices(rhs!, "BandedTriangularSolve");
    const [n, k] = rhs!.shape.slice(-2) as [number, number];
    const parts = right.map(({ data: b }, at) => {
      const { rows: count, data } = items[items.length === 1 ? 0 : at]!;
      const a = new Float64Array(n * n);
      for (let band = 0; band < count; band++) {
        for (let j = 0; j < n; j++) {
          // Bands are kept row-aligned for lower matrices, with the diagonal first; last for upper ones.
          const i = j;
          const column = lower ? i - band : i + (count - 1 - band);
          if (column >= 0 && column < n) a[i * n + column] = data[band * n + j]!;
        }
      }
      const whole = adjoint ? transposed(a, n, n) : a;
      return multiply(inverse(whole, n), b, n, n, k);
    });
    return stack(rhs!.dtype, batch, [n, k], parts);
  };
};

export const bandedKernels: KernelTable = {
  TridiagonalSolve: tridiagonalSolve,
  TridiagonalMatMul: tridiagonalProduct,
  BandedTriangularSolve: bandedSolve,
};
