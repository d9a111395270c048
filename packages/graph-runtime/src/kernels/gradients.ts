import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable, PlainKernel } from "../kernel.ts";
import { allocate, integers, ints, type NumberArray, product, type Value } from "../value.ts";
import { geometry, windowAttributes } from "./conv.ts";
import { slide, volume, window3d } from "./conv3d.ts";
import { tableThroughFloat } from "./half.ts";
import { sliceMasks, sliceSpec } from "./slice.ts";
import { stridesOf, transpose } from "./strided.ts";

const TO_NHWC = [0, 2, 3, 1];
const TO_NCHW = [0, 3, 1, 2];

/** Axes along which each operand of a broadcast was repeated, for its gradient to be summed along. */
const broadcastArgs: PlainKernel = ([a, b]) => {
  const [x, y] = [ints(a!), ints(b!)];
  const rank = Math.max(x.length, y.length);
  const at = (shape: readonly number[], d: number): number => shape[d - (rank - shape.length)] ?? 1;
  const gone: [number[], number[]] = [[], []];
  for (let d = 0; d < rank; d++) {
    const [p, q] = [at(x, d), at(y, d)];
    if (p === q) {
      // Both are one: either may be summed, and TensorFlow sums both.
      if (p === 1) {
        gone[0].push(d);
        gone[1].push(d);
      }
    } else if (p === 1) gone[0].push(d);
    else if (q === 1) gone[1].push(d);
    else throw invalid(`Incompatible shapes: [${x.join(",")}] vs. [${y.join(",")}]`);
  }
  // Equal shapes need no sums at all.
  const same = x.length === y.length && x.every((n, d) => n === y[d]);
  return gone.map((axes) => integers(a!.dtype, [same ? 0 : axes.length], same ? [] : axes));
};

const biasAddGrad: KernelFactory = (node) => {
  const first = node.attrs.has("data_format") && node.attrs.string("data_format") === "NCHW";
  return ([dy]) => {
    const axis = first ? 1 : dy!.shape.length - 1;
    const n = dy!.shape[axis]!;
    const inner = product(dy!.shape, axis + 1);
    const sums = new Float64Array(n);
    const source = dy!.data as NumberArray;
    for (let i = 0; i < source.length; i++) sums[Math.floor(i / inner) % n]! += source[i]!;
    const data = allocate(dy!.dtype, [n]) as Float32Array;
    data.set(sums);
    return { dtype: dy!.dtype, shape: [n], data };
  };
};

const stridedSliceGrad: KernelFactory = (node) => {
  const masks = sliceMasks(node);
  return ([shapeValue, begin, end, stride, dy]) => {
    const shape = ints(shapeValue!);
    const spec = sliceSpec(shape, ints(begin!), ints(end!), ints(stride!), masks);
    const strides = stridesOf(shape);
    const data = allocate(dy!.dtype, shape) as NumberArray;
    const source = dy!.data as NumberArray;
    const own = stridesOf(spec.size);
    for (let i = 0; i < source.length; i++) {
      let at = 0;
      for (let d = 0; d < shape.length; d++) {
        const index = spec.size[d] === 0 ? 0 : Math.floor(i / own[d]!) % spec.size[d]!;
        at += (spec.begin[d]! + index * spec.stride[d]!) * strides[d]!;
      }
      data[at] = source[i]!;
    }
    return { dtype: dy!.dtype, shape, data };
  };
};

/** Calls `tap` for each place of a window inside an image, pixel by pixel of the result. */
function eachTap(
  g: ReturnType<typeof geometry>,
  pixel: (out: number) => void,
  tap: (input: number, kernel: number) => void,
): void {
  for (let n = 0, out = 0; n < g.batch; n++) {
    for (let y = 0; y < g.outHeight; y++) {
      for (let x = 0; x < g.outWidth; x++, out++) {
        pixel(out);
        for (let ky = 0; ky < g.kernelHeight; ky++) {
          const iy = y * g.strideHeight - g.padTop + ky * g.dilationHeight;
          if (iy < 0 || iy >= g.height) continue;
          for (let kx = 0; kx < g.kernelWidth; kx++) {
            const ix = x * g.strideWidth - g.padLeft + kx * g.dilationWidth;
            if (ix < 0 || ix >= g.width) continue;
            tap((n * g.height + iy) * g.width + ix, ky * g.kernelWidth + kx);
          }
        }
      }
    }
  }
}

const maxPoolGrad: KernelFactory = (node) => {
  const w = windowAttributes(node);
  return ([given, , dyGiven]) => {
    const x = w.channelsFirst ? transpose(given!, TO_NHWC) : given!;
    const dy = w.channelsFirst ? transpose(dyGiven!, TO_NHWC) : dyGiven!;
    const c = x.shape[3]!;
    const g = geometry(x.shape, w, w.kernel, c);
    const data = allocate(x.dtype, x.shape) as NumberArray;
    const source = x.data as NumberArray;
    const best = new Int32Array(dy.data.length).fill(-1);
    let at = 0;
    eachTap(
      g,
      (out) => {
        at = out * c;
      },
      (input) => {
        for (let k = 0; k < c; k++) {
          const known = best[at + k]!;
          if (known < 0 || source[input * c + k]! > source[known]!) best[at + k] = input * c + k;
        }
      },
    );
    const up = dy.data as NumberArray;
    for (let i = 0; i < best.length; i++) if (best[i]! >= 0) data[best[i]!]! += up[i]!;
    const out: Value = { dtype: x.dtype, shape: x.shape, data };
    return w.channelsFirst ? transpose(out, TO_NCHW) : out;
  };
};

const averagePoolGrad: KernelFactory = (node) => {
  const w = windowAttributes(node);
  return ([shapeValue, dyGiven]) => {
    const given = ints(shapeValue!);
    const shape = w.channelsFirst ? TO_NHWC.map((d) => given[d]!) : given;
    const dy = w.channelsFirst ? transpose(dyGiven!, TO_NHWC) : dyGiven!;
    const c = shape[3]!;
    const g = geometry(shape, w, w.kernel, c);
    const counts = new Float64Array(dy.data.length / Math.max(1, c));
    let at = 0;
    const pixel = (out: number): void => {
      at = out;
    };
    eachTap(g, pixel, () => {
      counts[at]!++;
    });
    const data = allocate(dy.dtype, shape) as NumberArray;
    const up = dy.data as NumberArray;
    eachTap(g, pixel, (input) => {
      for (let k = 0; k < c; k++) data[input * c + k]! += up[at * c + k]! / counts[at]!;
    });
    const out: Value = { dtype: dy.dtype, shape, data };
    return w.channelsFirst ? transpose(out, TO_NCHW) : out;
  };
};

const filterGrad =
  (depthwise: boolean): KernelFactory =>
  (node) => {
    const w = windowAttributes(node);
    return ([given, sizes, dyGiven]) => {
      const x = w.channelsFirst ? transpose(given!, TO_NHWC) : given!;
      const dy = w.channelsFirst ? transpose(dyGiven!, TO_NHWC) : dyGiven!;
      const shape = ints(sizes!);
      const [kh, kw, depth, last] = shape as [number, number, number, number];
      const c = x.shape[3]!;
      const outputs = dy.shape[3]!;
      if (!depthwise && depth !== c) throw invalid(`${node.op}: grouped filters have no gradient here`);
      const g = geometry(x.shape, w, [kh, kw], depth);
      const sums = new Float64Array(product(shape));
      const [source, up] = [x.data as NumberArray, dy.data as NumberArray];
      let at = 0;
      eachTap(
        g,
        (out) => {
          at = out * outputs;
        },
        (input, kernel) => {
          for (let k = 0; k < c; k++) {
            const value = source[input * c + k]!;
            const row = (kernel * c + k) * last;
            const from = depthwise ? at + k * last : at;
            for (let o = 0; o < last; o++) sums[row + o]! += value * up[from + o]!;
          }
        },
      );
      const data = allocate(x.dtype, shape) as Float32Array;
      data.set(sums);
      return { dtype: x.dtype, shape, data };
    };
  };

const depthwiseInputGrad: KernelFactory = (node) => {
  const w = windowAttributes(node);
  return ([sizes, filter, dyGiven]) => {
    const given = ints(sizes!);
    const shape = w.channelsFirst ? TO_NHWC.map((d) => given[d]!) : given;
    const dy = w.channelsFirst ? transpose(dyGiven!, TO_NHWC) : dyGiven!;
    const [kh, kw, c, multiplier] = filter!.shape as [number, number, number, number];
    const g = geometry(shape, w, [kh, kw], 1);
    const sums = new Float64Array(product(shape));
    const [up, f] = [dy.data as NumberArray, filter!.data as NumberArray];
    let at = 0;
    eachTap(
      g,
      (out) => {
        at = out * c * multiplier;
      },
      (input, kernel) => {
        for (let k = 0; k < c; k++) {
          let sum = 0;
          for (let o = 0; o < multiplier; o++)
            sum += up[at + k * multiplier + o]! * f[(kernel * c + k) * multiplier + o]!;
          sums[input * c + k]! += sum;
        }
      },
    );
    const data = allocate(dy.dtype, shape) as Float32Array;
    data.set(sums);
    const out: Value = { dtype: dy.dtype, shape, data };
    return w.channelsFirst ? transpose(out, TO_NCHW) : out;
  };
};

const maxPoolWithArgmax: KernelFactory = (node) => {
  const w = windowAttributes(node);
  const dtype = node.attrs.dtype("Targmax");
  const withBatch = node.attrs.bool("include_batch_in_index");
  return ([x]) => {
    const c = x!.shape[3]!;
    const g = geometry(x!.shape, w, w.kernel, c);
    const shape = [g.batch, g.outHeight, g.outWidth, c];
    const data = allocate(x!.dtype, shape) as NumberArray;
    const best = new Array<number>(data.length).fill(-1);
    const source = x!.data as NumberArray;
    const image = g.height * g.width * c;
    let at = 0;
    eachTap(
      g,
      (out) => {
        at = out * c;
      },
      (input) => {
        for (let k = 0; k < c; k++) {
          const known = best[at + k]!;
          if (known >= 0 && source[input * c + k]! <= source[known]!) continue;
          best[at + k] = input * c + k;
          data[at + k] = source[input * c + k]!;
        }
      },
    );
    return [
      { dtype: x!.dtype, shape, data },
      integers(dtype, shape, withBatch ? best : best.map((i) => i % image)),
    ];
  };
};

const volumePatches: KernelFactory = (node) => {
  const [, kd, kh, kw] = node.attrs.ints("ksizes") as [number, number, number, number];
  const w = { ...window3d(node), kernel: [kd, kh, kw] as const };
  return ([x]) => {
    const v = volume(x!, w, [kd, kh, kw]);
    const c = v.channels;
    const shape = [v.batch, ...v.out, kd * kh * kw * c];
    const data = allocate(x!.dtype, shape) as NumberArray;
    const source = x!.data as NumberArray;
    const pixels = v.out[0] * v.out[1] * v.out[2];
    for (let image = 0; image < v.batch; image++) {
      let row = 0;
      slide(
        v,
        image,
        (pixel) => {
          row = (image * pixels + pixel) * kd * kh * kw * c;
        },
        (pixel, at) => {
          for (let k = 0; k < c; k++) data[row + at * c + k] = source[pixel * c + k]!;
        },
      );
    }
    return { dtype: x!.dtype, shape, data };
  };
};

/** What models that explain their answers need: gradients of the common layers, and pooling with positions. */
export const gradientKernels: KernelTable = {
  BroadcastGradientArgs: () => broadcastArgs,
  ...tableThroughFloat({
    BiasAddGrad: biasAddGrad,
    StridedSliceGrad: stridedSliceGrad,
    MaxPoolGrad: maxPoolGrad,
    AvgPoolGrad: averagePoolGrad,
    Conv2DBackpropFilter: filterGrad(false),
    DepthwiseConv2dNativeBackpropFilter: filterGrad(true),
    DepthwiseConv2dNativeBackpropInput: depthwiseInputGrad,
    LeakyReluGrad: (node) => {
      const alpha = node.attrs.float("alpha");
      return ([dy, x]) => {
        const data = allocate(dy!.dtype, dy!.shape) as NumberArray;
        const [up, source] = [dy!.data as NumberArray, x!.data as NumberArray];
        for (let i = 0; i < data.length; i++) data[i] = source[i]! > 0 ? up[i]! : up[i]! * alpha;
        return { dtype: dy!.dtype, shape: dy!.shape, data };
      };
    },
    MaxPoolWithArgmax: maxPoolWithArgmax,
    ExtractVolumePatches: volumePatches,
  }),
};
