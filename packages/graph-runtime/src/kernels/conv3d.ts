import { windowSize } from "../gemm/geometry.ts";
import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.ts";
import { allocate, dtypeName, ints, type NumberArray, shapeText, type Value } from "../value.ts";
import { tableThroughFloat } from "./half.ts";
import { transpose } from "./strided.ts";

type Triple = readonly [number, number, number];

export interface Window3d {
  readonly channelsFirst: boolean;
  readonly stride: Triple;
  readonly dilation: Triple;
  readonly kernel: Triple;
  readonly padding: "SAME" | "VALID";
}

/** Window attributes of an op on volumes. */
export function window3d(node: KernelNode): Window3d {
  const channelsFirst = node.attrs.has("data_format") && node.attrs.string("data_format") === "NCDHW";
  const pick = (name: string): Triple => {
    const values = node.attrs.has(name) ? node.attrs.ints(name) : [];
    if (values.length < 5) return [1, 1, 1];
    const at = channelsFirst ? 2 : 1;
    return [values[at]!, values[at + 1]!, values[at + 2]!];
  };
  return {
    channelsFirst,
    stride: pick("strides"),
    dilation: pick("dilations"),
    kernel: pick("ksize"),
    padding: node.attrs.string("padding") as "SAME" | "VALID",
  };
}

export interface Volume {
  readonly batch: number;
  readonly size: Triple;
  readonly channels: number;
  readonly out: Triple;
  readonly pad: Triple;
  readonly kernel: Triple;
  readonly stride: Triple;
  readonly dilation: Triple;
}

/** Sizes of a window over volumes. */
export function volume(x: Value, w: Window3d, kernel: Triple): Volume {
  if (x.shape.length !== 5) throw invalid(`input must be 5-dimensional: ${shapeText(x.shape)}`);
  const [batch, d, h, width, channels] = x.shape as [number, number, number, number, number];
  const size: Triple = [d, h, width];
  const sized = size.map((n, i) => windowSize(n, kernel[i]!, w.stride[i]!, w.dilation[i]!, w.padding));
  return {
    batch,
    size,
    channels,
    out: sized.map(({ out }) => out) as unknown as Triple,
    pad: sized.map(({ before }) => before) as unknown as Triple,
    kernel,
    stride: w.stride,
    dilation: w.dilation,
  };
}

/** Calls `tap(input pixel, kernel tap)` for each tap inside the input, for each output pixel in order. */
export function slide(
  v: Volume,
  image: number,
  begin: (pixel: number) => void,
  tap: (pixel: number, at: number) => void,
): void {
  const [od, oh, ow] = v.out;
  const [d, h, w] = v.size;
  let pixel = 0;
  for (let z = 0; z < od; z++) {
    for (let y = 0; y < oh; y++) {
      for (let x = 0; x < ow; x++, pixel++) {
        begin(pixel);
        for (let kz = 0; kz < v.kernel[0]; kz++) {
          const iz = z * v.stride[0] - v.pad[0] + kz * v.dilation[0];
          if (iz < 0 || iz >= d) continue;
          for (let ky = 0; ky < v.kernel[1]; ky++) {
            const iy = y * v.stride[1] - v.pad[1] + ky * v.dilation[1];
            if (iy < 0 || iy >= h) continue;
            for (let kx = 0; kx < v.kernel[2]; kx++) {
              const ix = x * v.stride[2] - v.pad[2] + kx * v.dilation[2];
              if (ix < 0 || ix >= w) continue;
              tap(((image * d + iz) * h + iy) * w + ix, (kz * v.kernel[1] + ky) * v.kernel[2] + kx);
            }
          }
        }
      }
    }
  }
}

const conv3d: KernelFactory = (node) => {
  const w = window3d(node);
  const constantFilter = node.constant(1) !== undefined;
  return ([given, filter], run) => {
    const x = w.channelsFirst ? transpose(given!, [0, 2, 3, 4, 1]) : given!;
    const [kd, kh, kw, depth, outputs] = filter!.shape as [number, number, number, number, number];
    if (x.dtype !== "DT_FLOAT")
      throw unimplemented(`Conv3D of ${dtypeName(x.dtype)} is not supported`, ["Conv3D"]);
    const v = volume(x, w, [kd, kh, kw]);
    if (v.channels !== depth)
      throw invalid(`input depth must be evenly divisible by filter depth: ${v.channels} vs ${depth}`);
    const shape = [v.batch, ...v.out, outputs];
    const data = allocate("DT_FLOAT", shape) as Float32Array;
    const pixels = v.out[0] * v.out[1] * v.out[2];
    const k = kd * kh * kw * depth;
    const rows = allocate("DT_FLOAT", [pixels, k]) as Float32Array;
    const source = x.data as Float32Array;
    const packed = run.gemm.pack(filter!.data as Float32Array, 0, k, outputs, false, constantFilter);
    for (let image = 0; image < v.batch; image++) {
      rows.fill(0);
      let row = 0;
      slide(
        v,
        image,
        (pixel) => {
          row = pixel * k;
        },
        (pixel, at) => {
          for (let c = 0; c < depth; c++) rows[row + at * depth + c] = source[pixel * depth + c]!;
        },
      );
      run.gemm.multiply(rows, 0, pixels, packed, data, image * pixels * outputs);
    }
    const out: Value = { dtype: "DT_FLOAT", shape, data };
    return w.channelsFirst ? transpose(out, [0, 4, 1, 2, 3]) : out;
  };
};

/** Transposed convolution of volumes. */
const conv3dBackpropInput: KernelFactory = (node) => {
  const w = window3d(node);
  return ([sizes, filter, gradientGiven]) => {
    const gradient = w.channelsFirst ? transpose(gradientGiven!, [0, 2, 3, 4, 1]) : gradientGiven!;
    // The first form of the op takes the input itself for its sizes.
    const given = node.op === "Conv3DBackpropInput" ? [...sizes!.shape] : ints(sizes!);
    const shape = w.channelsFirst ? [given[0]!, given[2]!, given[3]!, given[4]!, given[1]!] : given;
    const [kd, kh, kw, depth, outputs] = filter!.shape as [number, number, number, number, number];
    const v = volume({ dtype: gradient.dtype, shape, data: gradient.data }, w, [kd, kh, kw]);
    if (v.out.some((n, d) => n !== gradient.shape[d + 1]) || outputs !== gradient.shape[4]) {
      throw invalid(
        `${node.op}: Size of out_backprop doesn't match computed: actual = ${shapeText(gradient.shape.slice(1, 4))}, computed = ${shapeText(v.out)}`,
      );
    }
    const data = allocate(gradient.dtype, shape) as NumberArray;
    const sums = new Float64Array(data.length);
    const x = gradient.data as NumberArray;
    const f = filter!.data as NumberArray;
    const pixels = v.out[0] * v.out[1] * v.out[2];
    for (let image = 0; image < v.batch; image++) {
      let from = 0;
      slide(
        v,
        image,
        (pixel) => {
          from = (image * pixels + pixel) * outputs;
        },
        (pixel, at) => {
          for (let c = 0; c < depth; c++) {
            let sum = 0;
            const row = (at * depth + c) * outputs;
            for (let o = 0; o < outputs; o++) sum += x[from + o]! * f[row + o]!;
            sums[pixel * depth + c]! += sum;
          }
        },
      );
    }
    data.set(sums as unknown as Float32Array);
    const out: Value = { dtype: gradient.dtype, shape, data };
    return w.channelsFirst ? transpose(out, [0, 4, 1, 2, 3]) : out;
  };
};

function pool3d(kind: "max" | "avg"): KernelFactory {
  return (node) => {
    const w = window3d(node);
    return ([given]) => {
      const x = w.channelsFirst ? transpose(given!, [0, 2, 3, 4, 1]) : given!;
      const v = volume(x, w, w.kernel);
      const c = v.channels;
      const shape = [v.batch, ...v.out, c];
      const data = allocate(x.dtype, shape) as NumberArray;
      const counts = new Float64Array(v.batch * v.out[0] * v.out[1] * v.out[2]);
      const source = x.data as NumberArray;
      const pixels = v.out[0] * v.out[1] * v.out[2];
      if (kind === "max") data.fill(Number.NEGATIVE_INFINITY);
      for (let image = 0; image < v.batch; image++) {
        let out = 0;
        slide(
          v,
          image,
          (pixel) => {
            out = image * pixels + pixel;
          },
          (pixel) => {
            counts[out]!++;
            for (let k = 0; k < c; k++) {
              const value = source[pixel * c + k]!;
              const at = out * c + k;
              if (kind === "avg") data[at]! += value;
              else if (value > data[at]!) data[at] = value;
            }
          },
        );
      }
      if (kind === "avg") for (let i = 0; i < data.length; i++) data[i]! /= counts[Math.floor(i / c)]!;
      const out: Value = { dtype: x.dtype, shape, data };
      return w.channelsFirst ? transpose(out, [0, 4, 1, 2, 3]) : out;
    };
  };
}

/** Convolution and pooling of volumes. */
export const conv3dKernels: KernelTable = tableThroughFloat({
  Conv3D: conv3d,
  Conv3DBackpropInput: conv3dBackpropInput,
  Conv3DBackpropInputV2: conv3dBackpropInput,
  MaxPool3D: pool3d("max"),
  AvgPool3D: pool3d("avg"),
});
