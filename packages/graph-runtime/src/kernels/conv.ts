import { type ConvGeometry, windowSize } from "../gemm/geometry.ts";
import type { Epilogue } from "../gemm/operands.ts";
import { plainDepthwise, plainPool } from "../gemm/plain.ts";
import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelNode, KernelTable, RunContext } from "../kernel.ts";
import { allocate, dtypeName, ints, type NumberArray, shapeText, type Value } from "../value.ts";
import { tableThroughFloat } from "./half.ts";
import { transpose } from "./strided.ts";

const TO_NHWC = [0, 2, 3, 1];
const TO_NCHW = [0, 3, 1, 2];

/** Window attributes, with batch and channel dimensions left out. */
export interface WindowAttributes {
  readonly channelsFirst: boolean;
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly padding: "SAME" | "VALID" | "EXPLICIT";
  /** Top, bottom, left, right. */
  readonly pads: readonly number[];
}

export function windowAttributes(node: Pick<KernelNode, "op" | "attrs">): WindowAttributes {
  const format = node.attrs.has("data_format") ? node.attrs.string("data_format") : "NHWC";
  if (format !== "NHWC" && format !== "NCHW")
    throw unimplemented(`data format ${format} is not supported`, [node.op]);
  const channelsFirst = format === "NCHW";
  const pick = (values: readonly number[]): [number, number] =>
    values.length < 4 ? [1, 1] : channelsFirst ? [values[2]!, values[3]!] : [values[1]!, values[2]!];
  const list = (name: string): number[] => (node.attrs.has(name) ? node.attrs.ints(name) : []);
  const explicit = list("explicit_paddings");
  const padding = node.attrs.string("padding") as "SAME" | "VALID" | "EXPLICIT";
  const at = channelsFirst ? 4 : 2;
  return {
    channelsFirst,
    stride: pick(list("strides")),
    dilation: pick(list("dilations")),
    kernel: pick(list("ksize")),
    padding,
    pads: padding === "EXPLICIT" ? explicit.slice(at, at + 4) : [0, 0, 0, 0],
  };
}

/** Sizes of a window over images of this NHWC shape. */
export function geometry(
  shape: readonly number[],
  w: WindowAttributes,
  kernel: readonly [number, number],
  groupChannels: number,
): ConvGeometry {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const rows = windowSize(height, kernel[0], w.stride[0], w.dilation[0], w.padding, w.pads[0], w.pads[1]);
  const columns = windowSize(width, kernel[1], w.stride[1], w.dilation[1], w.padding, w.pads[2], w.pads[3]);
  return {
    batch,
    height,
    width,
    channels,
    groupChannels,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideHeight: w.stride[0],
    strideWidth: w.stride[1],
    dilationHeight: w.dilation[0],
    dilationWidth: w.dilation[1],
    padTop: rows.before,
    padLeft: columns.before,
    outHeight: rows.out,
    outWidth: columns.out,
  };
}

/** Columns of one group's filters, cut out of [kh, kw, channels, outputs]; kept by the caller's cache. */
const groupFilters = new WeakMap<Float32Array, Float32Array[]>();

function filtersByGroup(
  filter: Float32Array,
  rows: number,
  outputs: number,
  groups: number,
  keep: boolean,
): Float32Array[] {
  const known = groupFilters.get(filter);
  if (known) return known;
  const n = outputs / groups;
  const parts = Array.from({ length: groups }, (_, g) => {
    const part = new Float32Array(rows * n);
    for (let r = 0; r < rows; r++)
      part.set(filter.subarray(r * outputs + g * n, r * outputs + (g + 1) * n), r * n);
    return part;
  });
  if (keep) groupFilters.set(filter, parts);
  return parts;
}

/** Convolution of NHWC images with [kh, kw, channels / groups, outputs] filters. */
export function conv2d(
  inputGiven: Value,
  filter: Value,
  w: WindowAttributes,
  constantFilter: boolean,
  run: RunContext,
  epilogue: Epilogue = {},
): Value {
  if (inputGiven.shape.length !== 4)
    throw invalid(`input must be 4-dimensional: ${shapeText(inputGiven.shape)}`);
  if (filter.shape.length !== 4) throw invalid(`filter must be 4-dimensional: ${shapeText(filter.shape)}`);
  const input = w.channelsFirst ? transpose(inputGiven, TO_NHWC) : inputGiven;
  const [kh, kw, depth, outputs] = filter.shape as [number, number, number, number];
  const channels = input.shape[3]!;
  if (depth === 0 || channels % depth !== 0) {
    throw invalid(`input depth must be evenly divisible by filter depth: ${channels} vs ${depth}`);
  }
  const groups = channels / depth;
  if (outputs % Math.max(1, groups) !== 0)
    throw invalid(`output depth must be evenly divisible by number of groups: ${outputs} vs ${groups}`);
  const g = geometry(input.shape, w, [kh, kw], depth);
  const shape = [g.batch, g.outHeight, g.outWidth, outputs];
  const data = allocate(input.dtype, shape);
  if (input.dtype === "DT_FLOAT") {
    const out = data as Float32Array;
    const x = input.data as Float32Array;
    const f = filter.data as Float32Array;
    if (groups === 1) {
      const packed = run.gemm.pack(f, 0, kh * kw * depth, outputs, false, constantFilter);
      run.gemm.convolve(x, g, 0, packed, out, outputs, 0, epilogue);
    } else if (depth === 1 && outputs === channels) run.gemm.depthwise(x, g, f, out, epilogue);
    else {
      const n = outputs / groups;
      const rows = kh * kw * depth;
      for (const [i, part] of filtersByGroup(f, rows, outputs, groups, constantFilter).entries()) {
        const packed = run.gemm.pack(part, 0, rows, n, false, constantFilter);
        run.gemm.convolve(x, g, i * depth, packed, out, outputs, i * n, {
          ...epilogue,
          scale: epilogue.scale?.subarray(i * n, (i + 1) * n),
          shift: epilogue.shift?.subarray(i * n, (i + 1) * n),
        });
      }
    }
  } else
    plainConv(
      input.data as NumberArray,
      filter.data as NumberArray,
      g,
      outputs,
      groups,
      data as NumberArray,
      input.dtype,
    );
  const out: Value = { dtype: input.dtype, shape, data };
  return w.channelsFirst ? transpose(out, TO_NCHW) : out;
}

function plainConv(
  x: NumberArray,
  f: NumberArray,
  g: ConvGeometry,
  outputs: number,
  groups: number,
  out: NumberArray,
  dtype: Value["dtype"],
): void {
  if (dtype !== "DT_DOUBLE" && dtype !== "DT_INT32")
    throw unimplemented(`Conv2D of ${dtypeName(dtype)} is not supported`, ["Conv2D"]);
  const perGroup = outputs / groups;
  let at = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let y = 0; y < g.outHeight; y++) {
      for (let xx = 0; xx < g.outWidth; xx++) {
        for (let o = 0; o < outputs; o++) {
          const first = Math.floor(o / perGroup) * g.groupChannels;
          let sum = 0;
          for (let ky = 0; ky < g.kernelHeight; ky++) {
            const iy = y * g.strideHeight - g.padTop + ky * g.dilationHeight;
            if (iy < 0 || iy >= g.height) continue;
            for (let kx = 0; kx < g.kernelWidth; kx++) {
              const ix = xx * g.strideWidth - g.padLeft + kx * g.dilationWidth;
              if (ix < 0 || ix >= g.width) continue;
              const base = ((n * g.height + iy) * g.width + ix) * g.channels + first;
              const tap = (ky * g.kernelWidth + kx) * g.groupChannels * outputs + o;
              for (let c = 0; c < g.groupChannels; c++) sum += x[base + c]! * f[tap + c * outputs]!;
            }
          }
          out[at++] = sum;
        }
      }
    }
  }
}

/** Convolution of each channel by itself, with [kh, kw, channels, multiplier] filters. */
export function depthwiseConv2d(
  inputGiven: Value,
  filter: Value,
  w: WindowAttributes,
  run: RunContext,
  epilogue: Epilogue = {},
): Value {
  if (inputGiven.shape.length !== 4)
    throw invalid(`input must be 4-dimensional${shapeText(inputGiven.shape)}`);
  if (filter.shape.length !== 4) throw invalid(`filter must be 4-dimensional: ${shapeText(filter.shape)}`);
  const input = w.channelsFirst ? transpose(inputGiven, TO_NHWC) : inputGiven;
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number];
  if (channels !== input.shape[3])
    throw invalid(`input and filter must have the same depth: ${input.shape[3]} vs ${channels}`);
  const g = geometry(input.shape, w, [kh, kw], 1);
  const shape = [g.batch, g.outHeight, g.outWidth, channels * multiplier];
  const data = allocate(input.dtype, shape);
  if (input.dtype === "DT_FLOAT" && multiplier === 1) {
    run.gemm.depthwise(
      input.data as Float32Array,
      g,
      filter.data as Float32Array,
      data as Float32Array,
      epilogue,
    );
  } else if (input.dtype === "DT_FLOAT" || input.dtype === "DT_DOUBLE") {
    plainDepthwise(
      input.data as Float32Array,
      g,
      filter.data as Float32Array,
      multiplier,
      data as Float32Array,
      epilogue,
    );
  } else
    throw unimplemented(`DepthwiseConv2dNative of ${dtypeName(input.dtype)} is not supported`, [
      "DepthwiseConv2dNative",
    ]);
  const out: Value = { dtype: input.dtype, shape, data };
  return w.channelsFirst ? transpose(out, TO_NCHW) : out;
}

function pool(kind: "max" | "avg", w: WindowAttributes): (x: Value, run: RunContext) => Value {
  return (given, run) => {
    if (given.shape.length !== 4) throw invalid(`tensor_in must be 4-dimensional`);
    const x = w.channelsFirst ? transpose(given, TO_NHWC) : given;
    const g = geometry(x.shape, w, w.kernel, x.shape[3]!);
    const shape = [g.batch, g.outHeight, g.outWidth, g.channels];
    const data = allocate(x.dtype, shape);
    if (x.dtype === "DT_FLOAT") run.gemm.pool(x.data as Float32Array, g, kind, data as Float32Array);
    else plainPool(x.data as NumberArray, g, kind, data as NumberArray);
    const out: Value = { dtype: x.dtype, shape, data };
    return w.channelsFirst ? transpose(out, TO_NCHW) : out;
  };
}

/** Transposed convolution: each input pixel adds its filter's values around its place in the result. */
const conv2dBackpropInput: KernelFactory = (node) => {
  const w = windowAttributes(node);
  return ([sizes, filter, gradientGiven]) => {
    const wantedGiven = ints(sizes!);
    const gradient = w.channelsFirst ? transpose(gradientGiven!, TO_NHWC) : gradientGiven!;
    let wanted = wantedGiven;
    if (wanted.length === 2) {
      wanted = [gradient.shape[0]!, wanted[0]!, wanted[1]!, filter!.shape[2]!];
    } else if (w.channelsFirst) wanted = [wanted[0]!, wanted[2]!, wanted[3]!, wanted[1]!];
    const [kh, kw, depth, outputs] = filter!.shape as [number, number, number, number];
    const g = geometry(wanted, w, [kh, kw], depth);
    const [n, oh, ow, oc] = gradient.shape as [number, number, number, number];
    if (g.outHeight !== oh || g.outWidth !== ow || n !== wanted[0]) {
      throw invalid(
        `${node.op}: Size of out_backprop doesn't match computed: actual = ${oh}, computed = ${g.outHeight} spatial_dim: 1 input: ${g.height} filter: ${kh} output: ${oh} stride: ${g.strideHeight} dilation: ${g.dilationHeight}`,
      );
    }
    if (oc !== outputs) throw invalid(`${node.op}: filter and out_backprop must have the same out_depth`);
    const data = allocate(gradient.dtype, wanted) as Float32Array;
    const sums = gradient.dtype === "DT_FLOAT" ? new Float64Array(data.length) : data;
    const f = filter!.data as Float32Array;
    const x = gradient.data as Float32Array;
    for (let b = 0; b < n; b++) {
      for (let y = 0; y < oh; y++) {
        for (let xx = 0; xx < ow; xx++) {
          const from = ((b * oh + y) * ow + xx) * outputs;
          for (let ky = 0; ky < kh; ky++) {
            const iy = y * g.strideHeight - g.padTop + ky * g.dilationHeight;
            if (iy < 0 || iy >= g.height) continue;
            for (let kx = 0; kx < kw; kx++) {
              const ix = xx * g.strideWidth - g.padLeft + kx * g.dilationWidth;
              if (ix < 0 || ix >= g.width) continue;
              const to = ((b * g.height + iy) * g.width + ix) * depth;
              const tap = (ky * kw + kx) * depth * outputs;
              for (let c = 0; c < depth; c++) {
                let sum = 0;
                const row = tap + c * outputs;
                for (let o = 0; o < outputs; o++) sum += x[from + o]! * f[row + o]!;
                sums[to + c]! += sum;
              }
            }
          }
        }
      }
    }
    if (sums !== data) data.set(sums);
    const out: Value = { dtype: gradient.dtype, shape: wanted, data };
    return w.channelsFirst ? transpose(out, TO_NCHW) : out;
  };
};

/** Convolution and pooling. */
export const convKernels: KernelTable = tableThroughFloat({
  Conv2D: (node) => {
    const w = windowAttributes(node);
    const constantFilter = node.constant(1) !== undefined;
    return ([x, filter], run) => conv2d(x!, filter!, w, constantFilter, run);
  },
  DepthwiseConv2dNative: (node) => {
    const w = windowAttributes(node);
    return ([x, filter], run) => depthwiseConv2d(x!, filter!, w, run);
  },
  Conv2DBackpropInput: conv2dBackpropInput,
  MaxPool: (node) => {
    const run = pool("max", windowAttributes(node));
    return ([x], context) => run(x!, context);
  },
  AvgPool: (node) => {
    const run = pool("avg", windowAttributes(node));
    return ([x], context) => run(x!, context);
  },
  MaxPoolV2: (node) => {
    const w = windowAttributes(node);
    return ([x, size, stride], context) => {
      const at = w.channelsFirst ? 2 : 1;
      const kernel = ints(size!);
      const step = ints(stride!);
      return pool("max", {
        ...w,
        kernel: [kernel[at]!, kernel[at + 1]!],
        stride: [step[at]!, step[at + 1]!],
      })(x!, context);
    };
  },
});
