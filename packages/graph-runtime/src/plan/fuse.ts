import type { Epilogue } from "../gemm/operands.ts";
import type { Kernel, KernelNode, PlainKernel } from "../kernel.ts";
import { conv2d, depthwiseConv2d, windowAttributes } from "../kernels/conv.ts";
import { matMul } from "../kernels/matmul.ts";
import { normalisation } from "../kernels/nn.ts";
import { unaryKernels } from "../kernels/unary.ts";
import type { Value } from "../value.ts";
import type { PlanNode, Ref } from "./plan-node.ts";

type AddNode = (name: string, inputs: Ref[], kernel: Kernel, functionName: string | undefined) => PlanNode;

/** What follows a product and can be done while its result is still in registers. */
interface Tail {
  scale: Float32Array | undefined;
  shift: Float32Array | undefined;
  low: number;
  high: number;
}

/**
 * Joins convolutions and matrix products with what only follows them: bias, normalisation with known statistics, ReLU.
 * The sums are the same; the factor of a normalisation is applied to the sum, not to the weights.
 */
export function fuse(
  order: readonly PlanNode[],
  results: Ref[],
  keep: ReadonlySet<PlanNode>,
  add: AddNode,
): void {
  const readers = new Map<PlanNode, { node: PlanNode; input: number; index: number }[]>();
  const controls = new Set<PlanNode>(keep);
  for (const node of order) {
    for (const [input, ref] of node.inputs.entries()) {
      const list = readers.get(ref.node);
      const reader = { node, input, index: ref.index };
      if (list) list.push(reader);
      else readers.set(ref.node, [reader]);
    }
    for (const control of node.controls) controls.add(control);
  }
  for (const ref of results) controls.add(ref.node);
  for (const node of order) joinSwish(node);
  const replaced = new Map<PlanNode, PlanNode>();
  const replacedMembers = new Set<PlanNode>();
  for (const node of order) {
    if (node.constant || replacedMembers.has(node)) continue;
    const product = productOf(node) ?? affineOf(node) ?? sumOf(node);
    if (!product) continue;
    const tail: Tail = {
      scale: undefined,
      shift: undefined,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    };
    if (product.first !== undefined) absorb(node, product.first, product.columns, tail);
    const chain: PlanNode[] = [node];
    for (let last = node; ; ) {
      const next = readers.get(last);
      if (controls.has(last) || next?.length !== 1 || next[0]!.index !== 0) break;
      const reader = next[0]!;
      const others = readers.get(reader.node) ?? [];
      if (
        others.some(({ index }) => index !== 0) ||
        !absorb(reader.node, reader.input, product.columns, tail)
      )
        break;
      chain.push(reader.node);
      last = reader.node;
      if (last.op === "Relu" || last.op === "Relu6") break;
    }
    if (chain.length === 1) continue;
    for (const member of chain) replacedMembers.add(member);
    const end = chain[chain.length - 1]!;
    const epilogue: Epilogue = { scale: tail.scale, shift: tail.shift, low: tail.low, high: tail.high };
    const made = add(end.name, product.inputs, product.kernel(epilogue, chain), end.functionName);
    const inside = new Set(chain);
    made.controls = chain.flatMap((member) => member.controls.filter((control) => !inside.has(control)));
    replaced.set(end, made);
  }
  if (replaced.size === 0) return;
  const current = (ref: Ref): Ref => {
    const made = replaced.get(ref.node);
    return made ? { node: made, index: 0 } : ref;
  };
  for (const node of [...order, ...replaced.values()]) {
    node.inputs = node.inputs.map(current);
    node.controls = node.controls.map((control) => replaced.get(control) ?? control);
  }
  for (const [i, ref] of results.entries()) results[i] = current(ref);
}

function constantInput(node: PlanNode, input: number): Value | undefined {
  const ref = node.inputs[input];
  const constant = ref?.node.constant?.[ref.index];
  const value = constant?.ref ? constant.ref.value : constant;
  return value?.dtype === "DT_FLOAT" ? value : undefined;
}

/** The start of a chain that can be joined. */
interface Start {
  /** Numbers a column that the tail may hold; -1: none, only a clamp can follow. */
  readonly columns: number;
  readonly inputs: Ref[];
  /** The input by which data come in, if the node itself goes into the tail. */
  readonly first?: number;
  readonly kernel: (epilogue: Epilogue, chain: readonly PlanNode[]) => Kernel;
}

/** `x · sigmoid(x)` in one go. */
function joinSwish(node: PlanNode): void {
  if (node.op !== "Mul" || node.constant || node.inputs.length !== 2) return;
  const [a, b] = node.inputs as [Ref, Ref];
  const same = (x: Ref, gate: Ref): boolean =>
    gate.node.op === "Sigmoid" &&
    gate.node.inputs[0]?.node === x.node &&
    gate.node.inputs[0].index === x.index;
  const x = same(a, b) ? a : same(b, a) ? b : undefined;
  if (!x) return;
  const plain = node.kernel as PlainKernel;
  node.inputs = [x];
  node.kernel = (inputs, run) => {
    const value = inputs[0]!;
    if (value.dtype !== "DT_FLOAT") {
      const gate = unaryKernels["Sigmoid"]!({} as KernelNode) as PlainKernel;
      return plain([value, gate(inputs, run) as Value], run);
    }
    const data = new Float32Array(value.data.length);
    run.gemm.sigmoid(value.data as Float32Array, data, true);
    return { dtype: "DT_FLOAT", shape: value.shape, data };
  };
}

/** A factor or summand a column that follows no product: normalisation before the convolution. */
function affineOf(node: PlanNode): Start | undefined {
  const first = [0, 1].find((input) => node.inputs[input] && !node.inputs[input].node.constant);
  if (first === undefined || node.op === "Relu" || node.op === "Relu6") return undefined;
  const other = constantInput(node, node.op.startsWith("FusedBatchNorm") ? 1 : 1 - first);
  const columns = other?.data.length ?? 0;
  // A scalar is not worth it, and one column may be repeated.
  if (columns < 2 || other!.shape[other!.shape.length - 1] !== columns) return undefined;
  const trial: Tail = { scale: undefined, shift: undefined, low: 0, high: 0 };
  if (!absorb(node, first, columns, trial)) return undefined;
  return {
    columns,
    first,
    inputs: [node.inputs[first]!],
    kernel: ({ scale, shift, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }, chain) => {
      const byOne = chain.map((member) => ({ member, constants: constantsOf(member) }));
      return ([x], run) => {
        if (x!.dtype !== "DT_FLOAT" || x!.shape[x!.shape.length - 1] !== columns) {
          let value = x!;
          for (const { member, constants } of byOne) {
            const made = (member.kernel as PlainKernel)(
              constants.map((constant) => constant ?? value),
              run,
            );
            value = Array.isArray(made) ? (made as readonly Value[])[0]! : (made as Value);
          }
          return value;
        }
        const source = x!.data as Float32Array;
        const data = new Float32Array(source.length);
        const f = scale ?? new Float32Array(columns).fill(1);
        const s = shift ?? new Float32Array(columns);
        for (let i = 0; i < data.length; i += columns) {
          for (let c = 0; c < columns; c++) {
            let v = source[i + c]! * f[c]! + s[c]!;
            if (v < low) v = low;
            if (v > high) v = high;
            data[i + c] = v;
          }
        }
        return { dtype: "DT_FLOAT", shape: x!.shape, data };
      };
    },
  };
}

function constantsOf(node: PlanNode): (Value | undefined)[] {
  return node.inputs.map((ref) => {
    const constant = ref.node.constant?.[ref.index];
    return constant?.ref ? constant.ref.value : constant;
  });
}

/** The sum of two branches, with the ReLU that follows it. */
function sumOf(node: PlanNode): Start | undefined {
  if (node.op !== "Add" && node.op !== "AddV2") return undefined;
  if (node.inputs.some((ref) => ref.node.constant)) return undefined;
  return {
    columns: -1,
    inputs: node.inputs,
    kernel: ({ low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }, chain) => {
      const add = node.kernel as PlainKernel;
      const clamp = chain[1]!.kernel as PlainKernel;
      return (inputs, run) => {
        const sum = add(inputs, run) as Value;
        if (sum.dtype !== "DT_FLOAT") return clamp([sum], run);
        // The sum is new and nobody else's, so it is changed in place.
        const data = sum.data as Float32Array;
        for (let i = 0; i < data.length; i++) {
          const v = data[i]!;
          if (v < low) data[i] = low;
          else if (v > high) data[i] = high;
        }
        return sum;
      };
    },
  };
}

function productOf(node: PlanNode): Start | undefined {
  if (node.op !== "Conv2D" && node.op !== "DepthwiseConv2dNative" && node.op !== "MatMul") return undefined;
  const filter = constantInput(node, 1);
  if (!filter) return undefined;
  const { attrs } = node.def;
  if (node.op === "MatMul") {
    if (filter.shape.length !== 2) return undefined;
    const transposeA = attrs.bool("transpose_a");
    const transposeB = attrs.bool("transpose_b");
    return {
      inputs: node.inputs.slice(0, 2),
      columns: filter.shape[transposeB ? 0 : 1]!,
      kernel:
        (epilogue) =>
        ([a, b], run) =>
          matMul(a!, b!, transposeA, transposeB, true, run, epilogue),
    };
  }
  if (filter.shape.length !== 4) return undefined;
  const w = windowAttributes({ op: node.op, attrs });
  if (w.channelsFirst) return undefined;
  const [, , depth, outputs] = filter.shape as [number, number, number, number];
  if (node.op === "Conv2D") {
    return {
      inputs: node.inputs.slice(0, 2),
      columns: outputs,
      kernel:
        (epilogue) =>
        ([x, f], run) =>
          conv2d(x!, f!, w, true, run, epilogue),
    };
  }
  return {
    inputs: node.inputs.slice(0, 2),
    columns: depth * outputs,
    kernel:
      (epilogue) =>
      ([x, f], run) =>
        depthwiseConv2d(x!, f!, w, run, epilogue),
  };
}

/** A constant that holds one number a column. */
function perColumn(of: Value | undefined, columns: number): Float32Array | undefined {
  if (!of || of.data.length !== columns || of.shape[of.shape.length - 1] !== columns) return undefined;
  return of.data as Float32Array;
}

function addTo(tail: Tail, by: Float32Array, sign: number): void {
  const shift = tail.shift ?? new Float32Array(by.length);
  tail.shift = shift.map((v, c) => v + sign * by[c]!);
}

function multiply(tail: Tail, by: Float32Array): void {
  tail.scale = tail.scale ? tail.scale.map((v, c) => v * by[c]!) : by.slice();
  tail.shift = tail.shift?.map((v, c) => v * by[c]!);
}

/** Takes a node into the tail, if it can be. `input` is where the product's result comes in. */
function absorb(node: PlanNode, input: number, columns: number, tail: Tail): boolean {
  switch (node.op) {
    case "Relu":
      tail.low = 0;
      return true;
    case "Relu6":
      tail.low = 0;
      tail.high = 6;
      return true;
    case "BiasAdd":
    case "Add":
    case "AddV2": {
      if (node.op === "BiasAdd" && (input !== 0 || node.def.attrs.string("data_format") !== "NHWC"))
        return false;
      const by = perColumn(constantInput(node, 1 - input), columns);
      if (!by) return false;
      addTo(tail, by, 1);
      return true;
    }
    case "Sub": {
      const by = input === 0 ? perColumn(constantInput(node, 1), columns) : undefined;
      if (!by) return false;
      addTo(tail, by, -1);
      return true;
    }
    case "Mul": {
      const by = perColumn(constantInput(node, 1 - input), columns);
      if (!by) return false;
      multiply(tail, by);
      return true;
    }
    case "FusedBatchNorm":
    case "FusedBatchNormV2":
    case "FusedBatchNormV3": {
      const { attrs } = node.def;
      if (input !== 0 || attrs.bool("is_training") || attrs.string("data_format") !== "NHWC") return false;
      const [scale, offset, mean, variance] = [1, 2, 3, 4].map((i) =>
        perColumn(constantInput(node, i), columns),
      );
      if (!scale || !offset || !mean || !variance) return false;
      const { factor, summand } = normalisation(scale, offset, mean, variance, attrs.float("epsilon"));
      multiply(tail, factor);
      addTo(tail, summand, 1);
      return true;
    }
    default:
      return false;
  }
}
