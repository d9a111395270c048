import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, floats, product, shapeText, type Value } from "../value.ts";
import { narrow, tableThroughFloat, widen } from "./half.ts";
import { transpose } from "./strided.ts";

type Floats = Float32Array | Float64Array;

function bias(x: Value, b: Value, channelsFirst: boolean): Value {
  const rank = x.shape.length;
  if (rank < 2) throw invalid(`Input tensor must be at least 2D: ${shapeText(x.shape)}`);
  if (b.shape.length !== 1) throw invalid(`Biases must be 1D: ${shapeText(b.shape)}`);
  const axis = channelsFirst && rank > 2 ? 1 : rank - 1;
  const n = x.shape[axis]!;
  if (b.shape[0] !== n) {
    throw invalid(
      `Must provide as many biases as the last dimension of the input tensor: ${shapeText(b.shape)} vs. ${shapeText(x.shape)}`,
    );
  }
  const data = allocate(x.dtype, x.shape) as Floats;
  const source = x.data as Floats;
  const by = b.data as Floats;
  const inner = product(x.shape, axis + 1);
  if (inner === 1) {
    for (let i = 0; i < data.length; i += n)
      for (let c = 0; c < n; c++) data[i + c] = source[i + c]! + by[c]!;
  } else {
    for (let i = 0; i < data.length; i++) data[i] = source[i]! + by[Math.floor(i / inner) % n]!;
  }
  return { dtype: x.dtype, shape: x.shape, data };
}

const biasAdd: KernelFactory = (node) => {
  const channelsFirst = node.attrs.has("data_format") && node.attrs.string("data_format").startsWith("NC");
  return ([x, b]) => bias(x!, b!, channelsFirst);
};

/** Factor and summand of each channel that normalisation with given mean and variance comes to. */
export function normalisation(
  scale: Floats,
  offset: Floats,
  mean: Floats,
  variance: Floats,
  epsilon: number,
): { factor: Float32Array; summand: Float32Array } {
  const factor = new Float32Array(scale.length);
  const summand = new Float32Array(scale.length);
  for (let c = 0; c < scale.length; c++) {
    const f = scale[c]! / Math.sqrt(variance[c]! + epsilon);
    factor[c] = f;
    summand[c] = offset[c]! - mean[c]! * f;
  }
  return { factor, summand };
}

const fusedBatchNorm: KernelFactory = (node) => {
  const epsilon = node.attrs.float("epsilon");
  const training = node.attrs.bool("is_training");
  const format = node.attrs.string("data_format");
  if (format !== "NHWC" && format !== "NCHW")
    throw unimplemented(`${node.op} with data format ${format} is not supported`, [node.op]);
  return ([given, scale, offset, meanGiven, varianceGiven]) => {
    if (given!.shape.length !== 4) throw invalid(`input must be 4-dimensional ${shapeText(given!.shape)}`);
    // Only the images may be half or bfloat16; the statistics are float32 in any case.
    const wide = widen(given!);
    const x = format === "NCHW" ? transpose(wide, [0, 2, 3, 1]) : wide;
    const n = x.shape[3]!;
    for (const [name, v] of [
      ["scale", scale],
      ["offset", offset],
    ] as const) {
      if (v!.shape.length !== 1 || v!.shape[0] !== n) {
        throw invalid(
          `${name} must have the same number of elements as the channels of x, got ${product(v!.shape)} and ${n}`,
        );
      }
    }
    const source = x.data as Float32Array;
    let mean = meanGiven!;
    let variance = varianceGiven!;
    if (training) {
      const sums = new Float64Array(n);
      const rows = source.length / n;
      for (let i = 0; i < source.length; i++) sums[i % n]! += source[i]!;
      const m = Float32Array.from(sums, (s) => s / rows);
      const squares = new Float64Array(n);
      for (let i = 0; i < source.length; i++) squares[i % n]! += (source[i]! - m[i % n]!) ** 2;
      mean = { dtype: "DT_FLOAT", shape: [n], data: m };
      variance = { dtype: "DT_FLOAT", shape: [n], data: Float32Array.from(squares, (s) => s / rows) };
    } else if (product(mean.shape) !== n || product(variance.shape) !== n) {
      throw invalid(
        `mean must have the same number of elements as the channels of x, got ${product(mean.shape)} and ${n}`,
      );
    }
    const { factor, summand } = normalisation(
      floats(scale!),
      floats(offset!),
      floats(mean),
      floats(variance),
      epsilon,
    );
    const data = new Float32Array(source.length);
    for (let i = 0; i < source.length; i += n)
      for (let c = 0; c < n; c++) data[i + c] = source[i + c]! * factor[c]! + summand[c]!;
    const made: Value = { dtype: "DT_FLOAT", shape: x.shape, data };
    const y = format === "NCHW" ? transpose(made, [0, 3, 1, 2]) : made;
    return [
      narrow(y, given!.dtype),
      mean,
      variance,
      mean,
      variance,
      { dtype: "DT_FLOAT", shape: [0], data: new Float32Array(0) },
    ].slice(0, node.op === "FusedBatchNormV3" ? 6 : 5) as Value[];
  };
};

function softmax(x: Value, log: boolean): Value {
  const rank = x.shape.length;
  if (rank < 1) throw invalid(`logits must have >= 1 dimension, got ${shapeText(x.shape)}`);
  const n = x.shape[rank - 1]!;
  const data = allocate(x.dtype, x.shape) as Floats;
  const source = x.data as Floats;
  for (let row = 0; row < data.length; row += n) {
    let top = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      const v = source[row + i]!;
      if (v > top || Number.isNaN(v)) top = v;
    }
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const e = Math.exp(source[row + i]! - top);
      if (!log) data[row + i] = e;
      sum += e;
    }
    const logSum = Math.log(sum);
    for (let i = 0; i < n; i++) data[row + i] = log ? source[row + i]! - top - logSum : data[row + i]! / sum;
  }
  return { dtype: x.dtype, shape: x.shape, data };
}

const lrn: KernelFactory = (node) => {
  const radius = node.attrs.int("depth_radius");
  const offset = node.attrs.float("bias");
  const alpha = node.attrs.float("alpha");
  const beta = node.attrs.float("beta");
  return ([x]) => {
    const n = x!.shape[3]!;
    const source = floats(x!);
    const data = new Float32Array(source.length);
    for (let row = 0; row < data.length; row += n) {
      for (let c = 0; c < n; c++) {
        let sum = 0;
        for (let i = Math.max(0, c - radius); i <= Math.min(n - 1, c + radius); i++)
          sum += source[row + i]! ** 2;
        data[row + c] = source[row + c]! / (offset + alpha * sum) ** beta;
      }
    }
    return { dtype: x!.dtype, shape: x!.shape, data };
  };
};

const l2Loss: KernelFactory =
  () =>
  ([x]) => {
    let sum = 0;
    for (const v of x!.data as Floats) sum += v * v;
    const data = allocate(x!.dtype, []) as Floats;
    data[0] = sum / 2;
    return { dtype: x!.dtype, shape: [], data };
  };

const elementwise: KernelTable = tableThroughFloat({
  BiasAdd: biasAdd,
  BiasAddV1: biasAdd,
  Softmax:
    () =>
    ([x]) =>
      softmax(x!, false),
  LogSoftmax:
    () =>
    ([x]) =>
      softmax(x!, true),
  LRN: lrn,
  L2Loss: l2Loss,
});

/** Bias, normalisation and softmax. */
export const nnKernels: KernelTable = {
  ...elementwise,
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
};
