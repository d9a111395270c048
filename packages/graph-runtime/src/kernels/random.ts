import type { Kernel, KernelNode, KernelTable } from "../kernel.ts";
import { allocate, arithmeticOf, type BigArray, ints, type NumberArray, type Value } from "../value.ts";
import { cast } from "./cast.ts";

/** Stateful random ops promise a distribution, not numbers; the answers differ from run to run in TensorFlow as well. */
function drawn(node: KernelNode, draw: () => number): Kernel {
  const dtype = node.attrs.dtype("dtype");
  return ([shape]) => {
    const size = ints(shape!);
    const data = allocate("DT_FLOAT", size) as Float32Array;
    for (let i = 0; i < data.length; i++) data[i] = draw();
    return cast({ dtype: "DT_FLOAT", shape: size, data }, dtype);
  };
}

function normal(): number {
  const u = 1 - Math.random();
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * Math.random());
}

function truncatedNormal(): number {
  for (;;) {
    const x = normal();
    if (Math.abs(x) < 2) return x;
  }
}

/** Random numbers without a seed. */
export const randomKernels: KernelTable = {
  RandomUniform: (node) => drawn(node, () => Math.min(Math.random(), 1 - 2 ** -24)),
  RandomStandardNormal: (node) => drawn(node, normal),
  TruncatedNormal: (node) => drawn(node, truncatedNormal),
  RandomUniformInt:
    () =>
    ([shape, low, high]): Value => {
      const size = ints(shape!);
      const data = allocate(low!.dtype, size);
      const from = Number((low!.data as ArrayLike<number | bigint>)[0]);
      const to = Number((high!.data as ArrayLike<number | bigint>)[0]);
      for (let i = 0; i < data.length; i++) {
        const v = from + Math.floor(Math.random() * (to - from));
        if (arithmeticOf(low!.dtype) === "bigint") (data as BigArray)[i] = BigInt(v);
        else (data as NumberArray)[i] = v;
      }
      return { dtype: low!.dtype, shape: size, data };
    },
};
