import { windowSize } from "../gemm/geometry.ts";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, integers, scalarInt, type Value } from "../value.ts";
import { windowAttributes } from "./conv.ts";
import { throughFloat } from "./half.ts";

type Overlap = (i: number, j: number) => number;

/** Intersection over union of boxes given by two opposite corners. */
function intersectionOverUnion(boxes: Float32Array): Overlap {
  const corner = (i: number): [number, number, number, number] => {
    const [a, b, c, d] = boxes.subarray(i * 4, i * 4 + 4) as unknown as [number, number, number, number];
    return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  };
  return (i, j) => {
    const p = corner(i);
    const q = corner(j);
    const areaP = (p[2] - p[0]) * (p[3] - p[1]);
    const areaQ = (q[2] - q[0]) * (q[3] - q[1]);
    if (areaP <= 0 || areaQ <= 0) return 0;
    const height = Math.max(0, Math.min(p[2], q[2]) - Math.max(p[0], q[0]));
    const width = Math.max(0, Math.min(p[3], q[3]) - Math.max(p[1], q[1]));
    const shared = height * width;
    return shared / (areaP + areaQ - shared);
  };
}

interface Suppression {
  readonly most: number;
  readonly overlap: number;
  readonly score: number;
  /** 0: hard suppression; else the width of the Gaussian by which scores fall. */
  readonly sigma: number;
}

/** Picks boxes by score and drops those that overlap a picked one, as TensorFlow's DoNonMaxSuppressionOp does. */
function suppress(
  scores: Float32Array,
  overlap: Overlap,
  { most, overlap: limit, score: lowest, sigma }: Suppression,
): { picked: number[]; scores: number[] } {
  const candidates = Array.from(scores, (score, index) => ({ index, score, begin: 0 })).filter(
    ({ score }) => score > lowest,
  );
  const before = (a: { score: number; index: number }, b: { score: number; index: number }): number =>
    b.score - a.score || a.index - b.index;
  candidates.sort(before);
  const picked: number[] = [];
  const kept: number[] = [];
  const scale = sigma > 0 ? -0.5 / sigma : 0;
  while (picked.length < most && candidates.length > 0) {
    const next = candidates.shift()!;
    const old = next.score;
    let hard = false;
    for (let j = picked.length - 1; j >= next.begin; j--) {
      const similarity = overlap(next.index, picked[j]!);
      next.score = Math.fround(
        next.score *
          (similarity <= limit
            ? Math.exp(scale * similarity * similarity)
            : sigma > 0
              ? Math.exp(scale * similarity * similarity)
              : 0),
      );
      if (sigma === 0 && similarity > limit) {
        hard = true;
        break;
      }
      if (next.score <= lowest) break;
    }
    next.begin = picked.length;
    if (hard) continue;
    if (next.score === old) {
      picked.push(next.index);
      kept.push(next.score);
    } else if (next.score > lowest) {
      const at = candidates.findIndex((other) => before(next, other) < 0);
      if (at < 0) candidates.push(next);
      else candidates.splice(at, 0, next);
    }
  }
  return { picked, scores: kept };
}

function scalarFloat(of: Value | undefined, fallback: number): number {
  return of ? Number((of.data as ArrayLike<number>)[0]) : fallback;
}

const nonMax: KernelFactory = (node) => {
  const version = node.op.endsWith("Suppression") ? 1 : Number(node.op.slice(-1));
  const pads = version >= 4 && node.attrs.bool("pad_to_max_output_size");
  const threshold = version === 1 ? node.attrs.float("iou_threshold") : 0.5;
  return ([boxes, scores, size, iou, score, sigma]) => {
    if (boxes!.shape.length !== 2 || boxes!.shape[1] !== 4) throw invalid("boxes must have 4 columns");
    if (scores!.shape[0] !== boxes!.shape[0]) throw invalid("scores has incompatible shape");
    const most = Math.max(0, scalarInt(size!));
    const limit = version === 1 ? threshold : scalarFloat(iou, 0.5);
    if (limit < 0 || limit > 1) throw invalid("iou_threshold must be in [0, 1]");
    const result = suppress(
      scores!.data as Float32Array,
      intersectionOverUnion(boxes!.data as Float32Array),
      {
        most,
        overlap: limit,
        score: scalarFloat(score, Number.NEGATIVE_INFINITY),
        sigma: scalarFloat(sigma, 0),
      },
    );
    const valid = result.picked.length;
    while (pads && result.picked.length < most) {
      result.picked.push(0);
      result.scores.push(0);
    }
    const indices = integers("DT_INT32", [result.picked.length], result.picked);
    const count = integers("DT_INT32", [], [valid]);
    if (version < 4) return indices;
    if (version === 4) return [indices, count];
    return [
      indices,
      { dtype: "DT_FLOAT", shape: [result.scores.length], data: Float32Array.from(result.scores) },
      count,
    ];
  };
};

const combined: KernelFactory = (node) => {
  const perClass = node.attrs.bool("pad_per_class");
  const clip = node.attrs.bool("clip_boxes");
  return ([boxes, scores, perClassSize, totalSize, iou, threshold]) => {
    const [batch, count, q] = boxes!.shape as [number, number, number, number];
    const classes = scores!.shape[2]!;
    const eachClass = scalarInt(perClassSize!);
    const total = scalarInt(totalSize!);
    const slots = perClass ? Math.min(total, eachClass * classes) : total;
    const outBoxes = new Float32Array(batch * slots * 4);
    const outScores = new Float32Array(batch * slots);
    const outClasses = new Float32Array(batch * slots);
    const valid: number[] = [];
    const allBoxes = boxes!.data as Float32Array;
    const allScores = scores!.data as Float32Array;
    for (let b = 0; b < batch; b++) {
      const found: { score: number; kind: number; box: Float32Array }[] = [];
      for (let kind = 0; kind < classes; kind++) {
        const own = new Float32Array(count * 4);
        const ownScores = new Float32Array(count);
        for (let i = 0; i < count; i++) {
          const from = ((b * count + i) * q + (q > 1 ? kind : 0)) * 4;
          own.set(allBoxes.subarray(from, from + 4), i * 4);
          ownScores[i] = allScores[(b * count + i) * classes + kind]!;
        }
        const { picked } = suppress(ownScores, intersectionOverUnion(own), {
          most: Math.min(eachClass, count),
          overlap: scalarFloat(iou, 0.5),
          score: scalarFloat(threshold, Number.NEGATIVE_INFINITY),
          sigma: 0,
        });
        for (const i of picked) found.push({ score: ownScores[i]!, kind, box: own.slice(i * 4, i * 4 + 4) });
      }
      found.sort((x, y) => y.score - x.score);
      const kept = found.slice(0, slots);
      valid.push(kept.length);
      for (const [i, { score, kind, box }] of kept.entries()) {
        outScores[b * slots + i] = score;
        outClasses[b * slots + i] = kind;
        outBoxes.set(clip ? box.map((v) => Math.min(1, Math.max(0, v))) : box, (b * slots + i) * 4);
      }
    }
    return [
      { dtype: "DT_FLOAT", shape: [batch, slots, 4], data: outBoxes },
      { dtype: "DT_FLOAT", shape: [batch, slots], data: outScores },
      { dtype: "DT_FLOAT", shape: [batch, slots], data: outClasses },
      integers("DT_INT32", [batch], valid),
    ];
  };
};

const patches: KernelFactory = (node) => {
  const sizes = node.attrs.ints("ksizes");
  const strides = node.attrs.ints("strides");
  const rates = node.attrs.ints("rates");
  const padding = node.attrs.string("padding") as "SAME" | "VALID";
  return ([x]) => {
    const [n, h, w, c] = x!.shape as [number, number, number, number];
    const [kh, kw] = [sizes[1]!, sizes[2]!];
    const rows = windowSize(h, kh, strides[1]!, rates[1]!, padding);
    const columns = windowSize(w, kw, strides[2]!, rates[2]!, padding);
    const shape = [n, rows.out, columns.out, kh * kw * c];
    const data = allocate(x!.dtype, shape) as Float32Array;
    const source = x!.data as Float32Array;
    let o = 0;
    for (let b = 0; b < n; b++) {
      for (let y = 0; y < rows.out; y++) {
        for (let xx = 0; xx < columns.out; xx++) {
          for (let ky = 0; ky < kh; ky++) {
            for (let kx = 0; kx < kw; kx++) {
              const iy = y * strides[1]! - rows.before + ky * rates[1]!;
              const ix = xx * strides[2]! - columns.before + kx * rates[2]!;
              const inside = iy >= 0 && iy < h && ix >= 0 && ix < w;
              for (let k = 0; k < c; k++) {
                if (inside) data[o] = source[((b * h + iy) * w + ix) * c + k]!;
                o++;
              }
            }
          }
        }
      }
    }
    return { dtype: x!.dtype, shape, data };
  };
};

/** Rounds to the grid that 8-bit quantisation would leave. */
function fakeQuant(
  x: Value,
  low: number,
  high: number,
  bits: number,
  narrow: boolean,
  channel: number,
  channels: number,
  out: Float32Array,
): void {
  const least = narrow ? 1 : 0;
  const most = 2 ** bits - 1;
  const source = x.data as Float32Array;
  if (low === 0 && high === 0) return;
  const scale = Math.fround((high - low) / (most - least));
  const zero = Math.fround(least - Math.fround(low / scale));
  const nudged = zero < least ? least : zero > most ? most : Math.floor(zero + 0.5);
  const min = Math.fround((least - nudged) * scale);
  const max = Math.fround((most - nudged) * scale);
  const inverse = Math.fround(1 / scale);
  for (let i = channel; i < out.length; i += channels) {
    const clamped = Math.min(max, Math.max(min, source[i]!));
    out[i] = Math.fround(Math.floor(Math.fround(Math.fround(clamped - min) * inverse) + 0.5) * scale) + min;
  }
}

const fakeQuantVars: KernelFactory = (node) => {
  const bits = node.attrs.int("num_bits");
  const narrow = node.attrs.bool("narrow_range");
  const perChannel = node.op.endsWith("PerChannel");
  return ([x, low, high]) => {
    const data = new Float32Array(x!.data.length);
    const channels = perChannel ? x!.shape[x!.shape.length - 1]! : 1;
    for (let c = 0; c < channels; c++) {
      fakeQuant(
        x!,
        (low!.data as Float32Array)[c]!,
        (high!.data as Float32Array)[c]!,
        bits,
        narrow,
        c,
        channels,
        data,
      );
    }
    return { dtype: "DT_FLOAT", shape: x!.shape, data };
  };
};

const dilation: KernelFactory = (node) => {
  const w = windowAttributes(node);
  const rates = node.attrs.ints("rates");
  return ([x, filter]) => {
    const [n, h, width, c] = x!.shape as [number, number, number, number];
    const [kh, kw] = filter!.shape as [number, number, number];
    const rows = windowSize(h, kh, w.stride[0], rates[1]!, w.padding);
    const columns = windowSize(width, kw, w.stride[1], rates[2]!, w.padding);
    const shape = [n, rows.out, columns.out, c];
    const data = allocate(x!.dtype, shape) as Float32Array;
    const source = x!.data as Float32Array;
    const f = filter!.data as Float32Array;
    let o = 0;
    for (let b = 0; b < n; b++) {
      for (let y = 0; y < rows.out; y++) {
        for (let xx = 0; xx < columns.out; xx++) {
          for (let k = 0; k < c; k++) {
            let best = Number.NEGATIVE_INFINITY;
            for (let ky = 0; ky < kh; ky++) {
              const iy = y * w.stride[0] - rows.before + ky * rates[1]!;
              if (iy < 0 || iy >= h) continue;
              for (let kx = 0; kx < kw; kx++) {
                const ix = xx * w.stride[1] - columns.before + kx * rates[2]!;
                if (ix < 0 || ix >= width) continue;
                best = Math.max(
                  best,
                  source[((b * h + iy) * width + ix) * c + k]! + f[(ky * kw + kx) * c + k]!,
                );
              }
            }
            data[o++] = best;
          }
        }
      }
    }
    return { dtype: x!.dtype, shape, data };
  };
};

/** Ops of object detection, image patches and simulated quantisation. */
export const detectionKernels: KernelTable = {
  NonMaxSuppression: nonMax,
  NonMaxSuppressionV2: nonMax,
  NonMaxSuppressionV3: throughFloat(nonMax),
  NonMaxSuppressionV4: throughFloat(nonMax),
  NonMaxSuppressionV5: throughFloat(nonMax),
  CombinedNonMaxSuppression: combined,
  ExtractImagePatches: patches,
  Dilation2D: dilation,
  FakeQuantWithMinMaxArgs: (node) => {
    const low = node.attrs.float("min");
    const high = node.attrs.float("max");
    const bits = node.attrs.int("num_bits");
    const narrow = node.attrs.bool("narrow_range");
    return ([x]) => {
      const data = new Float32Array(x!.data.length);
      fakeQuant(x!, low, high, bits, narrow, 0, 1, data);
      return { dtype: "DT_FLOAT", shape: x!.shape, data };
    };
  },
  FakeQuantWithMinMaxVars: fakeQuantVars,
  FakeQuantWithMinMaxVarsPerChannel: fakeQuantVars,
};
