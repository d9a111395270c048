import { elementCount } from "../storage.ts";
import { TensorError } from "../tensor-error.ts";

export interface ResizeOptions {
  /** Corners of input and output coincide (the old `align_corners`). Default false. */
  readonly alignCorners?: boolean | undefined;
  /** Pixels have their centres at halves, as `tf.image.resize` of TF 2. Default true. */
  readonly halfPixelCenters?: boolean | undefined;
  /** Widen the filter when shrinking (`antialias=True`; the op ScaleAndTranslate). Default false. */
  readonly antialias?: boolean | undefined;
}

interface Axis {
  /** Per output position: two neighbours and the weight of the upper. */
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly weight: Float32Array;
}

const f = Math.fround;

/** Scale from output to input positions, in float32 as TensorFlow computes it. */
function resizeScale(input: number, output: number, alignCorners: boolean): number {
  return alignCorners && output > 1 ? f((input - 1) / (output - 1)) : f(input / output);
}

function bilinearAxis(input: number, output: number, options: ResizeOptions): Axis {
  const scale = resizeScale(input, output, options.alignCorners ?? false);
  const half = options.halfPixelCenters ?? true;
  const lower = new Int32Array(output);
  const upper = new Int32Array(output);
  const weight = new Float32Array(output);
  for (let i = 0; i < output; i++) {
    const position = half ? f(f(f(i + 0.5) * scale) - 0.5) : f(i * scale);
    const floor = Math.floor(position);
    lower[i] = Math.max(floor, 0);
    upper[i] = Math.min(Math.ceil(position), input - 1);
    // beyond the first centre both neighbours are the first pixel
    if (floor < 0) upper[i] = Math.max(upper[i]!, 0);
    weight[i] = f(position - floor);
  }
  return { lower, upper, weight };
}

/**
 * Bilinear resize of NHWC pixels as the op ResizeBilinear does (`tf.image.resize` with its defaults: half-pixel
 * centres, no antialias), or with `antialias` as ScaleAndTranslate with a triangle kernel.
 * @param shape batch, height, width, channels of `input`.
 * @returns float32 pixels of shape [batch, height, width, channels].
 * @throws TensorError for shapes that do not fit.
 */
export function resizeBilinear(
  input: ArrayLike<number>,
  shape: readonly number[],
  height: number,
  width: number,
  options: ResizeOptions = {},
): Float32Array {
  const [batch = 0, inHeight = 0, inWidth = 0, channels = 0] = shape;
  if (shape.length !== 4 || elementCount(shape) !== input.length) {
    throw new TensorError(
      "invalid-shape",
      `[${shape.join(",")}] is not a batch of pictures of ${input.length} values`,
    );
  }
  if (!(height > 0 && width > 0))
    throw new TensorError("invalid-shape", "output dimensions must be positive");
  const out = new Float32Array(elementCount([batch, height, width, channels]));
  if (out.length === 0) return out;
  if (inHeight === 0 || inWidth === 0)
    throw new TensorError("invalid-shape", "input image must be of non-zero size");
  if (options.antialias === true) {
    antialiased(input, [batch, inHeight, inWidth, channels], out, height, width);
    return out;
  }
  const rows = bilinearAxis(inHeight, height, options);
  const columns = bilinearAxis(inWidth, width, options);
  let at = 0;
  for (let image = 0; image < batch; image++) {
    const base = image * inHeight * inWidth * channels;
    for (let y = 0; y < height; y++) {
      const top = base + rows.lower[y]! * inWidth * channels;
      const bottom = base + rows.upper[y]! * inWidth * channels;
      const dy = rows.weight[y]!;
      for (let x = 0; x < width; x++) {
        const left = columns.lower[x]! * channels;
        const right = columns.upper[x]! * channels;
        const dx = columns.weight[x]!;
        for (let c = 0; c < channels; c++) {
          const a = input[top + left + c]!;
          const b = input[bottom + left + c]!;
          const above = f(a + f(f(input[top + right + c]! - a) * dx));
          const below = f(b + f(f(input[bottom + right + c]! - b) * dx));
          out[at++] = f(above + f(f(below - above) * dy));
        }
      }
    }
  }
  return out;
}

interface Spans {
  readonly starts: Int32Array;
  readonly sizes: Int32Array;
  readonly weights: Float32Array;
  readonly width: number;
}

/** Input pixels and weights of each output pixel for a triangle kernel of radius 1, widened when shrinking. */
function triangleSpans(input: number, output: number): Spans {
  const inverse = f(1 / f(output / input));
  const kernelScale = Math.max(inverse, 1);
  const width = Math.min(2 * Math.ceil(kernelScale) + 1, input);
  const starts = new Int32Array(output);
  const sizes = new Int32Array(output);
  const weights = new Float32Array(output * width);
  for (let i = 0; i < output; i++) {
    const sample = f(f(i + 0.5) * inverse);
    if (sample < 0 || sample > input) continue;
    const first = Math.min(Math.max(Math.ceil(f(f(sample - kernelScale) - 0.5)), 0), input - 1);
    const last = Math.min(Math.max(Math.floor(f(f(sample + kernelScale) - 0.5)), 0), input - 1);
    let total = 0;
    for (let source = first; source <= last; source++) {
      const distance = Math.abs(f(f(f(source + 0.5) - sample) * f(1 / kernelScale)));
      const weight = distance < 1 ? f(1 - distance) : 0;
      weights[i * width + source - first] = weight;
      total = f(total + weight);
    }
    starts[i] = first;
    sizes[i] = last - first + 1;
    if (total > 0) for (let k = 0; k < sizes[i]!; k++) weights[i * width + k]! /= total;
  }
  return { starts, sizes, weights, width };
}

/** First down, then across, as ScaleAndTranslate gathers. */
function antialiased(
  input: ArrayLike<number>,
  [batch, inHeight, inWidth, channels]: readonly [number, number, number, number],
  out: Float32Array,
  height: number,
  width: number,
): void {
  const rows = triangleSpans(inHeight, height);
  const columns = triangleSpans(inWidth, width);
  const line = inWidth * channels;
  const between = new Float32Array(line);
  let at = 0;
  for (let image = 0; image < batch; image++) {
    const base = image * inHeight * line;
    for (let y = 0; y < height; y++) {
      between.fill(0);
      for (let k = 0; k < rows.sizes[y]!; k++) {
        const weight = rows.weights[y * rows.width + k]!;
        const from = base + (rows.starts[y]! + k) * line;
        for (let i = 0; i < line; i++) between[i] = between[i]! + weight * input[from + i]!;
      }
      for (let x = 0; x < width; x++) {
        const start = columns.starts[x]!;
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let k = 0; k < columns.sizes[x]!; k++) {
            sum += columns.weights[x * columns.width + k]! * between[(start + k) * channels + c]!;
          }
          out[at++] = sum;
        }
      }
    }
  }
}
