/** Columns of a panel: what the product kernel takes at a time. */
export const PANEL = 8;

/** A matrix [k, n] laid out for the product kernel, in panels of eight columns. */
export interface PackedMatrix {
  readonly k: number;
  readonly n: number;
  readonly panels: number;
  /** Byte offset in the module's memory; -1 if `data` holds it (plain JavaScript). */
  readonly offset: number;
  readonly data: Float32Array | undefined;
}

/** What is done to each column of a product: `min(max(x · scale + shift, low), high)`. */
export interface Epilogue {
  readonly scale?: Float32Array | undefined;
  readonly shift?: Float32Array | undefined;
  readonly low?: number;
  readonly high?: number;
}

/** Lays `source` [k, n], from an offset on, out in panels. */
export function fillPanels(
  target: Float32Array,
  at: number,
  source: Float32Array,
  from: number,
  k: number,
  n: number,
  transposed: boolean,
): void {
  const panels = Math.ceil(n / PANEL);
  for (let p = 0; p < panels; p++) {
    const first = p * PANEL;
    const width = Math.min(PANEL, n - first);
    let out = at + p * k * PANEL;
    if (width === PANEL && !transposed) {
      for (let i = 0, at = from + first; i < k; i++, out += PANEL, at += n) {
        target[out] = source[at]!;
        target[out + 1] = source[at + 1]!;
        target[out + 2] = source[at + 2]!;
        target[out + 3] = source[at + 3]!;
        target[out + 4] = source[at + 4]!;
        target[out + 5] = source[at + 5]!;
        target[out + 6] = source[at + 6]!;
        target[out + 7] = source[at + 7]!;
      }
      continue;
    }
    for (let i = 0; i < k; i++, out += PANEL) {
      const base = transposed ? from + first * k + i : from + i * n + first;
      const step = transposed ? k : 1;
      for (let j = 0; j < width; j++) target[out + j] = source[base + j * step]!;
      for (let j = width; j < PANEL; j++) target[out + j] = 0;
    }
  }
}
