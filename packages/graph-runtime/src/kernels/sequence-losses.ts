import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, dtypeName, integers, ints, type NumberArray, shapeText, type Value } from "../value.ts";
import { broadcastShape, broadcastStrides } from "./broadcast.ts";
import { tableThroughFloat } from "./half.ts";

/** Logits of one step: [batch, classes] at `time`. */
function rowAt(inputs: Value, time: number, batch: number): NumberArray {
  const [, batches, classes] = inputs.shape as [number, number, number];
  const from = (time * batches + batch) * classes;
  return (inputs.data as NumberArray).subarray(from, from + classes) as NumberArray;
}

function checkCtc(inputs: Value, lengths: Value): number[] {
  if (inputs.shape.length !== 3) throw invalid("inputs is not a 3-Tensor");
  const [time, batches] = inputs.shape as [number, number];
  const steps = ints(lengths);
  if (steps.length !== batches)
    throw invalid(
      `len(sequence_length) != batch_size.  len(sequence_length):  ${steps.length} batch_size: ${batches}`,
    );
  for (const [b, n] of steps.entries()) if (n > time) throw invalid(`sequence_length(${b}) <= ${time}`);
  return steps;
}

/** Decoded labels of each row as a sparse tensor in its three parts. */
function sparseLabels(rows: readonly (readonly number[])[]): [Value, Value, Value] {
  const indices: number[] = [];
  for (const [b, row] of rows.entries()) for (let k = 0; k < row.length; k++) indices.push(b, k);
  const flat = rows.flat();
  const widest = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return [
    integers("DT_INT64", [flat.length, 2], indices),
    integers("DT_INT64", [flat.length], flat),
    integers("DT_INT64", [2], [rows.length, widest]),
  ];
}

const greedy: KernelFactory = (node) => {
  const merge = node.attrs.bool("merge_repeated");
  const blankGiven = node.attrs.int("blank_index");
  return ([inputs, lengths]) => {
    const steps = checkCtc(inputs!, lengths!);
    const classes = inputs!.shape[2]!;
    const blank = blankGiven < 0 ? classes + blankGiven : blankGiven;
    const scores = allocate(inputs!.dtype, [steps.length, 1]) as NumberArray;
    const rows = steps.map((count, b) => {
      const labels: number[] = [];
      let previous = -1;
      let sum = 0;
      for (let t = 0; t < count; t++) {
        const row = rowAt(inputs!, t, b);
        let best = 0;
        for (let c = 1; c < classes; c++) if (row[c]! > row[best]!) best = c;
        sum -= row[best]!;
        if (best !== blank && !(merge && best === previous)) labels.push(best);
        previous = best;
      }
      scores[b] = sum;
      return labels;
    });
    return [...sparseLabels(rows), { dtype: inputs!.dtype, shape: [steps.length, 1], data: scores }];
  };
};

function logSum(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  if (b === Number.NEGATIVE_INFINITY) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

interface Beam {
  readonly labels: readonly number[];
  blank: number;
  label: number;
}

/** Prefixes with the highest probability, in falling order. */
function beamSearch(
  rows: readonly Float64Array[],
  width: number,
): { labels: readonly number[]; score: number }[] {
  let beams = new Map<string, Beam>([["", { labels: [], blank: 0, label: Number.NEGATIVE_INFINITY }]]);
  for (const row of rows) {
    const blank = row.length - 1;
    const next = new Map<string, Beam>();
    const at = (labels: readonly number[]): Beam => {
      const key = labels.join(",");
      let beam = next.get(key);
      if (!beam) {
        beam = { labels, blank: Number.NEGATIVE_INFINITY, label: Number.NEGATIVE_INFINITY };
        next.set(key, beam);
      }
      return beam;
    };
    for (const beam of beams.values()) {
      const total = logSum(beam.blank, beam.label);
      const last = beam.labels[beam.labels.length - 1];
      const same = at(beam.labels);
      same.blank = logSum(same.blank, total + row[blank]!);
      if (last !== undefined) same.label = logSum(same.label, beam.label + row[last]!);
      for (let c = 0; c < blank; c++) {
        const longer = at([...beam.labels, c]);
        longer.label = logSum(longer.label, (c === last ? beam.blank : total) + row[c]!);
      }
    }
    const kept = [...next].sort(([, a], [, b]) => logSum(b.blank, b.label) - logSum(a.blank, a.label));
    beams = new Map(kept.slice(0, width));
  }
  return [...beams.values()].map(({ labels, blank, label }) => ({ labels, score: logSum(blank, label) }));
}

const beam: KernelFactory = (node) => {
  const merge = node.attrs.bool("merge_repeated");
  const width = node.attrs.int("beam_width");
  const paths = node.attrs.int("top_paths");
  return ([inputs, lengths]) => {
    const steps = checkCtc(inputs!, lengths!);
    const classes = inputs!.shape[2]!;
    const scores = allocate(inputs!.dtype, [steps.length, paths]) as NumberArray;
    const byPath: number[][][] = Array.from({ length: paths }, () => []);
    for (const [b, count] of steps.entries()) {
      const rows = Array.from({ length: count }, (_, t) => {
        const row = Float64Array.from(rowAt(inputs!, t, b));
        const highest = row.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
        let sum = 0;
        for (const v of row) sum += Math.exp(v - highest);
        const offset = highest + Math.log(sum);
        return row.map((v) => v - offset);
      });
      const found = beamSearch(rows, width);
      if (found.length < paths) throw invalid("Less leaves in the beam search than requested.");
      for (let p = 0; p < paths; p++) {
        const { labels, score } = found[p]!;
        byPath[p]!.push(
          merge ? labels.filter((label, i) => i === 0 || label !== labels[i - 1]) : [...labels],
        );
        scores[b * paths + p] = score;
      }
    }
    if (classes < 1) throw invalid("num_classes is 0");
    const parts = byPath.map(sparseLabels);
    return [
      ...[0, 1, 2].flatMap((k) => parts.map((part) => part[k]!)),
      { dtype: inputs!.dtype, shape: [steps.length, paths], data: scores },
    ];
  };
};

const crossEntropy: KernelFactory =
  () =>
  ([features, labels]) => {
    const shape = broadcastShape(features!.shape, labels!.shape);
    if (shape.length !== 2)
      throw invalid(
        `features and labels must be 2-D, got ${shapeText(features!.shape)} and ${shapeText(labels!.shape)}`,
      );
    const [batch, classes] = shape as [number, number];
    const [fs, ls] = [broadcastStrides(features!.shape, shape), broadcastStrides(labels!.shape, shape)];
    const x = features!.data as NumberArray;
    const y = labels!.data as NumberArray;
    const loss = allocate(features!.dtype, [batch]) as NumberArray;
    const gradient = allocate(features!.dtype, shape) as NumberArray;
    for (let b = 0; b < batch; b++) {
      const at = (c: number): number => x[b * fs[0]! + c * fs[1]!]!;
      let highest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) highest = Math.max(highest, at(c));
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += Math.exp(at(c) - highest);
      let total = 0;
      for (let c = 0; c < classes; c++) {
        const label = y[b * ls[0]! + c * ls[1]!]!;
        total += label === 0 ? 0 : label * (Math.log(sum) - (at(c) - highest));
        gradient[b * classes + c] = Math.exp(at(c) - highest) / sum - label;
      }
      loss[b] = total;
    }
    return [
      { dtype: features!.dtype, shape: [batch], data: loss },
      { dtype: features!.dtype, shape, data: gradient },
    ];
  };

const sparseCrossEntropy: KernelFactory =
  () =>
  ([features, labels]) => {
    if (features!.shape.length !== 2)
      throw invalid(`logits must be 2-D, but got shape ${shapeText(features!.shape)}`);
    const [batch, classes] = features!.shape as [number, number];
    const wanted = ints(labels!);
    const x = features!.data as NumberArray;
    const loss = allocate(features!.dtype, [batch]) as NumberArray;
    const gradient = allocate(features!.dtype, features!.shape) as NumberArray;
    for (const label of wanted) {
      if (label < 0 || label >= classes) {
        throw invalid(
          `Received a label value of ${label} which is outside the valid range of [0, ${classes}).  Label values: ${wanted.join(" ")}`,
        );
      }
    }
    for (let b = 0; b < batch; b++) {
      let highest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) highest = Math.max(highest, x[b * classes + c]!);
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += Math.exp(x[b * classes + c]! - highest);
      loss[b] = Math.log(sum) - (x[b * classes + wanted[b]!]! - highest);
      for (let c = 0; c < classes; c++)
        gradient[b * classes + c] = Math.exp(x[b * classes + c]! - highest) / sum - (c === wanted[b] ? 1 : 0);
    }
    return [
      { dtype: features!.dtype, shape: [batch], data: loss },
      { dtype: features!.dtype, shape: features!.shape, data: gradient },
    ];
  };

const nthElement: KernelFactory = (node) => {
  const reverse = node.attrs.bool("reverse");
  return ([x, nValue]) => {
    const n = ints(nValue!)[0]!;
    const width = x!.shape[x!.shape.length - 1]!;
    if (n < 0 || n >= width)
      throw invalid(`Input must have at least n+1 columns but got ${width} with n=${n}`);
    const shape = x!.shape.slice(0, -1);
    const data = allocate(x!.dtype, shape) as NumberArray;
    const source = x!.data as NumberArray;
    for (let r = 0; r < data.length; r++) {
      const row = Array.from(source.subarray(r * width, (r + 1) * width)).sort((a, b) => a - b);
      data[r] = row[reverse ? width - 1 - n : n]!;
    }
    if (x!.dtype === "DT_INT64") throw invalid(`NthElement of ${dtypeName(x!.dtype)} is not supported`);
    return { dtype: x!.dtype, shape, data };
  };
};

/** Decoding of label sequences, and the losses that evaluation signatures compute. */
export const sequenceLossKernels: KernelTable = tableThroughFloat({
  CTCGreedyDecoder: greedy,
  CTCBeamSearchDecoder: beam,
  SoftmaxCrossEntropyWithLogits: crossEntropy,
  SparseSoftmaxCrossEntropyWithLogits: sparseCrossEntropy,
  NthElement: nthElement,
});
