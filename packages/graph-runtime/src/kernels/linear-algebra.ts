/** A matrix in double precision, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

function identity(n: number): Float64Array {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return data;
}

export function multiply(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p]!;
      for (let j = 0; j < n; j++) out[i * n + j]! += x * b[p * n + j]!;
    }
  return out;
}

export function transposed(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j]!;
  return out;
}

/** Householder's QR, with the signs that Eigen and LAPACK give. @returns Q [m, m] and R [m, n] */
export function qr({ rows: m, columns: n, data }: Matrix): { q: Float64Array; r: Float64Array } {
  const r = data.slice();
  const q = identity(m);
  for (let c = 0; c < Math.min(m - 1, n); c++) {
    let tail = 0;
    for (let i = c + 1; i < m; i++) tail += r[i * n + c]! ** 2;
    if (tail === 0) continue;
    const head = r[c * n + c]!;
    const beta = head >= 0 ? -Math.sqrt(head * head + tail) : Math.sqrt(head * head + tail);
    const v = new Float64Array(m);
    v[c] = 1;
    for (let i = c + 1; i < m; i++) v[i] = r[i * n + c]! / (head - beta);
    const tau = (beta - head) / beta;
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let i = c; i < m; i++) dot += v[i]! * r[i * n + j]!;
      for (let i = c; i < m; i++) r[i * n + j]! -= tau * v[i]! * dot;
    }
    for (let i = 0; i < m; i++) {
      let dot = 0;
      for (let j = c; j < m; j++) dot += q[i * m + j]! * v[j]!;
      for (let j = c; j < m; j++) q[i * m + j]! -= tau * dot * v[j]!;
    }
  }
  for (let i = 1; i < m; i++) for (let j = 0; j < Math.min(i, n); j++) r[i * n + j] = 0;
  return { q, r };
}

/** First `count` columns of an m × n matrix. */
export function columnsOf(a: Float64Array, m: number, n: number, count: number): Float64Array {
  if (count === n) return a;
  const out = new Float64Array(m * count);
  for (let i = 0; i < m; i++) for (let j = 0; j < count; j++) out[i * count + j] = a[i * n + j]!;
  return out;
}

/** Eigenvalues in rising order, and their vectors as columns, of the matrix that the lower triangle stands for. */
export function symmetricEigen(matrix: Matrix): { values: Float64Array; vectors: Float64Array } {
  const n = matrix.rows;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = matrix.data[i * n + j]!;
  const v = identity(n);
  // Jacobi's rotations until what is off the diagonal has vanished.
  for (let sweep = 0; sweep < 100; sweep++) {
    let off = 0;
    let on = 0;
    for (let i = 0; i < n; i++) {
      on += a[i * n + i]! ** 2;
      for (let j = 0; j < i; j++) off += a[i * n + j]! ** 2;
    }
    if (!(off > 1e-32 * on)) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!;
        if (apq === 0) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const x = a[k * n + p]!;
          const y = a[k * n + q]!;
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const x = a[p * n + k]!;
          const y = a[q * n + k]!;
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
          const vx = v[k * n + p]!;
          const vy = v[k * n + q]!;
          v[k * n + p] = c * vx - s * vy;
          v[k * n + q] = s * vx + c * vy;
        }
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((x, y) => a[x * n + x]! - a[y * n + y]!);
  const vectors = new Float64Array(n * n);
  for (const [to, from] of order.entries())
    for (let k = 0; k < n; k++) vectors[k * n + to] = v[k * n + from]!;
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors };
}

export interface Svd {
  /** Falling, min(m, n) of them. */
  readonly s: Float64Array;
  /** [m, p] and [n, p]. */
  readonly u: Float64Array;
  readonly v: Float64Array;
}

/** One-sided Jacobi: rotates columns until they are orthogonal. */
export function svd({ rows: m, columns: n, data }: Matrix): Svd {
  if (m < n) {
    const flipped = svd({ rows: n, columns: m, data: transposed(data, m, n) });
    return { s: flipped.s, u: flipped.v, v: flipped.u };
  }
  const a = data.slice();
  const v = identity(n);
  for (let sweep = 0; sweep < 100; sweep++) {
    let turned = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        let alpha = 0;
        let beta = 0;
        let gamma = 0;
        for (let i = 0; i < m; i++) {
          alpha += a[i * n + p]! ** 2;
          beta += a[i * n + q]! ** 2;
          gamma += a[i * n + p]! * a[i * n + q]!;
        }
        if (Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta) || gamma === 0) continue;
        turned = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        const s = c * t;
        const rotate = (x: Float64Array, rows: number): void => {
          for (let i = 0; i < rows; i++) {
            const left = x[i * n + p]!;
            const right = x[i * n + q]!;
            x[i * n + p] = c * left - s * right;
            x[i * n + q] = s * left + c * right;
          }
        };
        rotate(a, m);
        rotate(v, n);
      }
    }
    if (!turned) break;
  }
  const norms = Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += a[i * n + j]! ** 2;
    return Math.sqrt(sum);
  });
  const order = norms.map((_, j) => j).sort((x, y) => norms[y]! - norms[x]!);
  const u = new Float64Array(m * n);
  const sorted = new Float64Array(n * n);
  for (const [to, from] of order.entries()) {
    for (let i = 0; i < n; i++) sorted[i * n + to] = v[i * n + from]!;
    const norm = norms[from]!;
    if (norm > 0) for (let i = 0; i < m; i++) u[i * n + to] = a[i * n + from]! / norm;
  }
  complete(u, m, n, norms.filter((norm) => norm > 0).length);
  return { s: Float64Array.from(order, (j) => norms[j]!), u, v: sorted };
}

/** Makes the columns from `from` on orthonormal to those before. */
function complete(u: Float64Array, m: number, n: number, from: number): void {
  let unit = 0;
  for (let c = from; c < n; c++) {
    for (; unit < m; unit++) {
      const column = new Float64Array(m);
      column[unit] = 1;
      for (let pass = 0; pass < 2; pass++) {
        for (let k = 0; k < c; k++) {
          let dot = 0;
          for (let i = 0; i < m; i++) dot += u[i * n + k]! * column[i]!;
          for (let i = 0; i < m; i++) column[i]! -= dot * u[i * n + k]!;
        }
      }
      const norm = Math.hypot(...column);
      if (norm < 1e-6) continue;
      for (let i = 0; i < m; i++) u[i * n + c] = column[i]! / norm;
      unit++;
      break;
    }
  }
}

export function widened(a: Float64Array, m: number, p: number): Float64Array {
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i++) for (let j = 0; j < p; j++) out[i * m + j] = a[i * p + j]!;
  complete(out, m, m, p);
  return out;
}

/** Rows swapped so that each pivot is the largest left. @returns L and U in one matrix, and the original row of each */
export function lu({ rows: n, data }: Matrix): { packed: Float64Array; order: number[]; sign: number } {
  const a = data.slice();
  const order = Array.from({ length: n }, (_, i) => i);
  let sign = 1;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(a[r * n + c]!) > Math.abs(a[pivot * n + c]!)) pivot = r;
    if (pivot !== c) {
      sign = -sign;
      for (let k = 0; k < n; k++) [a[c * n + k], a[pivot * n + k]] = [a[pivot * n + k]!, a[c * n + k]!];
      [order[c], order[pivot]] = [order[pivot]!, order[c]!];
    }
    const top = a[c * n + c]!;
    if (top === 0) continue;
    for (let r = c + 1; r < n; r++) {
      const factor = a[r * n + c]! / top;
      a[r * n + c] = factor;
      for (let k = c + 1; k < n; k++) a[r * n + k]! -= factor * a[c * n + k]!;
    }
  }
  return { packed: a, order, sign };
}

export function inverse(a: Float64Array, n: number): Float64Array {
  const work = a.slice();
  const out = identity(n);
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++)
      if (Math.abs(work[r * n + c]!) > Math.abs(work[pivot * n + c]!)) pivot = r;
    for (let k = 0; k < n; k++) {
      [work[c * n + k], work[pivot * n + k]] = [work[pivot * n + k]!, work[c * n + k]!];
      [out[c * n + k], out[pivot * n + k]] = [out[pivot * n + k]!, out[c * n + k]!];
    }
    const top = work[c * n + c]!;
    for (let k = 0; k < n; k++) {
      work[c * n + k]! /= top;
      out[c * n + k]! /= top;
    }
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = work[r * n + c]!;
      for (let k = 0; k < n; k++) {
        work[r * n + k]! -= factor * work[c * n + k]!;
        out[r * n + k]! -= factor * out[c * n + k]!;
      }
    }
  }
  return out;
}

/** Principal square root by Denman's and Beavers' iteration. */
export function squareRoot({ rows: n, data }: Matrix): Float64Array {
  let y = data.slice();
  let z: Float64Array = identity(n);
  for (let i = 0; i < 60; i++) {
    const [iy, iz] = [inverse(y, n), inverse(z, n)];
    let change = 0;
    const nextY = y.map((v, k) => (v + iz[k]!) / 2);
    z = z.map((v, k) => (v + iy[k]!) / 2);
    for (let k = 0; k < nextY.length; k++) change = Math.max(change, Math.abs(nextY[k]! - y[k]!));
    y = nextY;
    if (!(change > 1e-15 * Math.max(...y.map(Math.abs)))) break;
  }
  return y;
}
