import { invalid } from "../graph-error.ts";
import type { Kernel, KernelFactory, KernelNode, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  type BigArray,
  ints,
  type NumberArray,
  scalarInt,
  type Value,
} from "../value.ts";
import { cast } from "./cast.ts";
import { widen } from "./half.ts";
import { take } from "./rearrange.ts";
import { seededDraw, seededWords } from "./stateless-random.ts";

/** Without a seed these ops promise a distribution, not numbers; in TensorFlow too the answers differ from run to run. */
function drawn(node: KernelNode, kind: "uniform" | "normal" | "truncated", draw: () => number): Kernel {
  const dtype = node.attrs.dtype("dtype");
  const seeded = seededDraw(node, kind, dtype);
  return ([shape]) => {
    const size = ints(shape!);
    if (seeded) return seeded(size);
    const data = allocate("DT_FLOAT", size) as Float32Array;
    for (let i = 0; i < data.length; i++) data[i] = draw();
    return cast({ dtype: "DT_FLOAT", shape: size, data }, dtype);
  };
}

function normal(): number {
  const u = 1 - Math.random();
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * Math.random());
}

/** A normal number within two standard deviations. */
export function truncatedNormal(): number {
  for (;;) {
    const x = normal();
    if (Math.abs(x) < 2) return x;
  }
}

const uniformInteger: KernelFactory = (node) => {
  const seeded = seededDraw(node, "integer", node.attrs.dtype("Tout"));
  return ([shape, low, high]): Value => {
    const size = ints(shape!);
    if (seeded) return seeded(size, low, high);
    const data = allocate(low!.dtype, size);
    const from = Number((low!.data as ArrayLike<number | bigint>)[0]);
    const to = Number((high!.data as ArrayLike<number | bigint>)[0]);
    if (from >= to) throw invalid(`Need minval < maxval, got ${from} >= ${to}`);
    for (let i = 0; i < data.length; i++) {
      const v = from + Math.floor(Math.random() * (to - from));
      if (arithmeticOf(low!.dtype) === "bigint") (data as BigArray)[i] = BigInt(v);
      else (data as NumberArray)[i] = v;
    }
    return { dtype: low!.dtype, shape: size, data };
  };
};

const shuffle: KernelFactory = (node) => {
  const seeded = seededWords(node);
  return ([x]) => {
    if (x!.shape.length === 0) return x!;
    const size = x!.shape[0]!;
    const pick = seeded?.(size) ?? ((n: number) => Math.floor(Math.random() * n));
    const order = Array.from({ length: size }, (_, i) => i);
    for (let i = 0; i + 1 < size; i++) {
      const k = i + pick(size - i);
      [order[i], order[k]] = [order[k]!, order[i]!];
    }
    return take(x!, 0, order);
  };
};

const multinomial: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("output_dtype");
  return ([given, countValue]) => {
    const logits = widen(given!);
    const [batch, classes] = logits.shape as [number, number];
    const count = scalarInt(countValue!);
    const data = allocate(dtype, [batch, count]) as unknown as (number | bigint)[];
    const source = logits.data as Float32Array;
    for (let b = 0; b < batch; b++) {
      const row = source.subarray(b * classes, (b + 1) * classes);
      const highest = Math.max(...row);
      const weights = Array.from(row, (v) => Math.exp(v - highest));
      const total = weights.reduce((sum, v) => sum + v, 0);
      for (let s = 0; s < count; s++) {
        let rest = Math.random() * total;
        let c = 0;
        while (c < classes - 1 && rest >= weights[c]!) rest -= weights[c++]!;
        data[b * count + s] = dtype === "DT_INT64" ? BigInt(c) : c;
      }
    }
    return { dtype, shape: [batch, count], data: data as unknown as Value["data"] };
  };
};

/** Random numbers from a generator that each op keeps. */
export const randomKernels: KernelTable = {
  RandomUniform: (node) => drawn(node, "uniform", () => Math.min(Math.random(), 1 - 2 ** -24)),
  RandomStandardNormal: (node) => drawn(node, "normal", normal),
  TruncatedNormal: (node) => drawn(node, "truncated", truncatedNormal),
  RandomUniformInt: uniformInteger,
  RandomShuffle: shuffle,
  Multinomial: multinomial,
};
