import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, ints, product, scalarInt, shapeText, type Value } from "../value.ts";
import { tableThroughFloat } from "./half.ts";

type Floats = Float32Array | Float64Array;

/** Diagonals k[0]..k[1] of matrices, and where a band's row begins. */
interface Band {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
  readonly columns: number;
  readonly longest: number;
  /** Row of the packed band, and offset in it, of the element (i, j). */
  place(i: number, j: number): { row: number; at: number };
}

function band(k: Value, rows: number, columns: number, align: string): Band {
  const given = ints(k);
  const low = given[0]!;
  const high = given[1] ?? low;
  if (low > high)
    throw invalid(`lower_diag_index must not be larger than upper_diag_index: ${low} > ${high}`);
  const length = (d: number): number => Math.min(rows + Math.min(d, 0), columns - Math.max(d, 0));
  const longest = Math.min(rows + Math.min(high, 0), columns - Math.max(low, 0));
  const [above = "RIGHT", below = "LEFT"] = align.split("_");
  return {
    low,
    high,
    rows,
    columns,
    longest,
    place: (i, j) => {
      const d = j - i;
      const right = d >= 0 ? above === "RIGHT" : below === "RIGHT";
      const offset = right ? longest - length(d) : 0;
      return { row: high - d, at: offset + Math.min(i, j) };
    },
  };
}

function bandShape(b: Band): number[] {
  return b.low === b.high ? [b.longest] : [b.high - b.low + 1, b.longest];
}

const alignOf = (node: Parameters<KernelFactory>[0]): string =>
  node.attrs.has("align") && node.op.endsWith("V3") ? node.attrs.string("align") : "LEFT_LEFT";

const diag: KernelFactory = (node) => {
  const align = alignOf(node);
  return ([diagonal, k, rowsGiven, columnsGiven, padding]) => {
    const given = ints(k!);
    const low = given[0]!;
    const high = given[1] ?? low;
    const rank = diagonal!.shape.length;
    const wide = low !== high;
    const longest = diagonal!.shape[rank - 1]!;
    let rows = scalarInt(rowsGiven!);
    let columns = scalarInt(columnsGiven!);
    const leastRows = longest - Math.min(high, 0);
    const leastColumns = longest + Math.max(low, 0);
    if (rows < 0 && columns < 0) rows = columns = Math.max(leastRows, leastColumns);
    else if (rows < 0) rows = leastRows;
    else if (columns < 0) columns = leastColumns;
    const b = band(k!, rows, columns, align);
    const batchShape = diagonal!.shape.slice(0, wide ? -2 : -1);
    const shape = [...batchShape, rows, columns];
    const data = allocate(diagonal!.dtype, shape) as unknown as unknown[];
    data.fill((padding!.data as ArrayLike<unknown>)[0]);
    const source = diagonal!.data as ArrayLike<unknown>;
    const each = product(diagonal!.shape, batchShape.length);
    for (let n = 0; n < product(batchShape); n++) {
      for (let i = 0; i < rows; i++) {
        for (let j = Math.max(0, i + low); j <= Math.min(columns - 1, i + high); j++) {
          const { row, at } = b.place(i, j);
          data[(n * rows + i) * columns + j] = source[n * each + row * longest + at];
        }
      }
    }
    return { dtype: diagonal!.dtype, shape, data: data as unknown as Value["data"] };
  };
};

const diagPart: KernelFactory = (node) => {
  const align = alignOf(node);
  return ([x, k, padding]) => {
    const [rows, columns] = x!.shape.slice(-2) as [number, number];
    const b = band(k!, rows, columns, align);
    const batchShape = x!.shape.slice(0, -2);
    const shape = [...batchShape, ...bandShape(b)];
    const data = allocate(x!.dtype, shape) as unknown as unknown[];
    data.fill((padding!.data as ArrayLike<unknown>)[0]);
    const source = x!.data as ArrayLike<unknown>;
    const each = product(bandShape(b));
    for (let n = 0; n < product(batchShape); n++) {
      for (let i = 0; i < rows; i++) {
        for (let j = Math.max(0, i + b.low); j <= Math.min(columns - 1, i + b.high); j++) {
          const { row, at } = b.place(i, j);
          data[n * each + row * b.longest + at] = source[(n * rows + i) * columns + j];
        }
      }
    }
    return { dtype: x!.dtype, shape, data: data as unknown as Value["data"] };
  };
};

const setDiag: KernelFactory = (node) => {
  const align = alignOf(node);
  return ([x, diagonal, k]) => {
    const [rows, columns] = x!.shape.slice(-2) as [number, number];
    const b = band(k!, rows, columns, align);
    const data = (Array.isArray(x!.data) ? [...x!.data] : (x!.data as Float32Array).slice()) as unknown[];
    const source = diagonal!.data as ArrayLike<unknown>;
    const each = product(bandShape(b));
    for (let n = 0; n < product(x!.shape, 0, x!.shape.length - 2); n++) {
      for (let i = 0; i < rows; i++) {
        for (let j = Math.max(0, i + b.low); j <= Math.min(columns - 1, i + b.high); j++) {
          const { row, at } = b.place(i, j);
          data[(n * rows + i) * columns + j] = source[n * each + row * b.longest + at];
        }
      }
    }
    return { ...x!, data: data as unknown as Value["data"] };
  };
};

function square(x: Value): { n: number; batches: number } {
  const [rows, columns] = x.shape.slice(-2);
  if (x.shape.length < 2 || rows !== columns)
    throw invalid(`Input matrix must be square, got ${shapeText(x.shape)}`);
  return { n: rows!, batches: product(x.shape, 0, x.shape.length - 2) };
}

/** Solves A · X = B by elimination with pivoting, in double precision. @returns the determinant of A */
function eliminate(a: Float64Array, n: number, b: Float64Array, m: number): number {
  let determinant = 1;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(a[r * n + c]!) > Math.abs(a[pivot * n + c]!)) pivot = r;
    const top = a[pivot * n + c]!;
    if (top === 0) return 0;
    if (pivot !== c) {
      determinant = -determinant;
      for (let k = 0; k < n; k++) [a[c * n + k], a[pivot * n + k]] = [a[pivot * n + k]!, a[c * n + k]!];
      for (let k = 0; k < m; k++) [b[c * m + k], b[pivot * m + k]] = [b[pivot * m + k]!, b[c * m + k]!];
    }
    determinant *= top;
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = a[r * n + c]! / top;
      if (factor === 0) continue;
      for (let k = c; k < n; k++) a[r * n + k]! -= factor * a[c * n + k]!;
      for (let k = 0; k < m; k++) b[r * m + k]! -= factor * b[c * m + k]!;
    }
  }
  for (let r = 0; r < n; r++) for (let k = 0; k < m; k++) b[r * m + k]! /= a[r * n + r]!;
  return determinant;
}

function part(x: Value, batch: number, n: number, m: number, transposed: boolean): Float64Array {
  const out = new Float64Array(n * m);
  const source = x.data as Floats;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++)
      out[i * m + j] = source[batch * n * m + (transposed ? j * n + i : i * m + j)]!;
  }
  return out;
}

function solve(a: Value, b: Value | undefined, adjoint: boolean): Value {
  const { n, batches } = square(a);
  const m = b ? b.shape[b.shape.length - 1]! : n;
  const shape = b ? b.shape : a.shape;
  const data = allocate(a.dtype, shape) as Floats;
  for (let i = 0; i < batches; i++) {
    const right = b ? part(b, i, n, m, false) : new Float64Array(n * n);
    if (!b) for (let k = 0; k < n; k++) right[k * n + k] = 1;
    if (eliminate(part(a, i, n, n, adjoint), n, right, m) === 0)
      throw invalid(b ? "Input matrix is not invertible." : "Input is not invertible.");
    data.set(right, i * n * m);
  }
  return { dtype: a.dtype, shape, data };
}

function determinant(x: Value): Value {
  const { n, batches } = square(x);
  const shape = x.shape.slice(0, -2);
  const data = allocate(x.dtype, shape) as Floats;
  for (let i = 0; i < batches; i++) data[i] = eliminate(part(x, i, n, n, false), n, new Float64Array(0), 0);
  return { dtype: x.dtype, shape, data };
}

function cholesky(x: Value): Value {
  const { n, batches } = square(x);
  const data = allocate(x.dtype, x.shape) as Floats;
  for (let b = 0; b < batches; b++) {
    const a = part(x, b, n, n, false);
    const l = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = a[i * n + j]!;
        for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
        if (i === j) {
          if (sum <= 0) {
            throw invalid("Cholesky decomposition was not successful. The input might not be valid.");
          }
          l[i * n + i] = Math.sqrt(sum);
        } else l[i * n + j] = sum / l[j * n + j]!;
      }
    }
    data.set(l, b * n * n);
  }
  return { dtype: x.dtype, shape: x.shape, data };
}

/** Solves with a triangular matrix. */
function triangular(a: Value, b: Value, lower: boolean, adjoint: boolean): Value {
  const { n, batches } = square(a);
  const m = b.shape[b.shape.length - 1]!;
  const data = allocate(b.dtype, b.shape) as Floats;
  for (let i = 0; i < batches; i++) {
    const matrix = part(a, i, n, n, false);
    for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) if (lower ? c > r : c < r) matrix[r * n + c] = 0;
    const used = new Float64Array(n * n);
    for (let r = 0; r < n; r++)
      for (let c = 0; c < n; c++) used[r * n + c] = adjoint ? matrix[c * n + r]! : matrix[r * n + c]!;
    const right = part(b, i, n, m, false);
    if (eliminate(used, n, right, m) === 0) throw invalid("Input matrix is not invertible.");
    data.set(right, i * n * m);
  }
  return { dtype: b.dtype, shape: b.shape, data };
}

function cross(a: Value, b: Value): Value {
  if (a.shape[a.shape.length - 1] !== 3)
    throw new GraphError("INVALID_ARGUMENT", "Cross-products are only defined for 3-element vectors.");
  const data = allocate(a.dtype, a.shape) as Floats;
  const x = a.data as Floats;
  const y = b.data as Floats;
  for (let i = 0; i < data.length; i += 3) {
    data[i] = x[i + 1]! * y[i + 2]! - x[i + 2]! * y[i + 1]!;
    data[i + 1] = x[i + 2]! * y[i]! - x[i]! * y[i + 2]!;
    data[i + 2] = x[i]! * y[i + 1]! - x[i + 1]! * y[i]!;
  }
  return { dtype: a.dtype, shape: a.shape, data };
}

/** Diagonals and small linear algebra. */
export const matrixKernels: KernelTable = {
  ...tableThroughFloat({
    MatrixInverse: (node) => {
      const adjoint = node.attrs.bool("adjoint");
      return ([x]) => solve(x!, undefined, adjoint);
    },
    MatrixSolve: (node) => {
      const adjoint = node.attrs.bool("adjoint");
      return ([a, b]) => solve(a!, b!, adjoint);
    },
    MatrixTriangularSolve: (node) => {
      const lower = node.attrs.bool("lower");
      const adjoint = node.attrs.bool("adjoint");
      return ([a, b]) => triangular(a!, b!, lower, adjoint);
    },
    MatrixDeterminant:
      () =>
      ([x]) =>
        determinant(x!),
    Cholesky:
      () =>
      ([x]) =>
        cholesky(x!),
    Cross:
      () =>
      ([a, b]) =>
        cross(a!, b!),
  }),
  MatrixDiagV2: diag,
  MatrixDiagV3: diag,
  MatrixDiagPartV2: diagPart,
  MatrixDiagPartV3: diagPart,
  MatrixSetDiagV2: setDiag,
  MatrixSetDiagV3: setDiag,
};
