import {
  addDims,
  dimOf,
  merge,
  mergeDims,
  multiplyDims,
  refuse,
  type Shape,
  subtractDims,
  UNKNOWN,
  unknownOfRank,
  withRank,
} from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunction, type ShapeFunctions } from "../shape-context.ts";

/** Which dimension is the batch, which the channels, which lie in space. */
interface Layout {
  readonly channel: number;
  readonly space: readonly number[];
}

/** Layout by `data_format`, or undefined for one that packs channels. */
function layoutOf(c: ShapeContext, inSpace: number): Layout | undefined {
  const format = c.text("data_format") ?? (inSpace === 2 ? "NHWC" : "NDHWC");
  const from = format === "NHWC" || format === "NDHWC" ? 1 : format === "NCHW" || format === "NCDHW" ? 2 : 0;
  if (from === 0) return undefined;
  return {
    channel: from === 1 ? inSpace + 1 : 1,
    space: Array.from({ length: inSpace }, (_, index) => from + index),
  };
}

function laidOut(layout: Layout, batch: number, space: readonly number[], channels: number): Shape {
  const dims = new Array<number>(space.length + 2).fill(batch);
  dims[layout.channel] = channels;
  for (const [index, at] of layout.space.entries()) dims[at] = space[index]!;
  return dims;
}

/** How often a window fits into a dimension. @throws ShapeMismatch */
function windows(
  size: number,
  window: number,
  stride: number,
  dilation: number,
  padding: string,
  around: number,
): number {
  if (stride <= 0) refuse(`a stride must not be ${stride}`);
  if (dilation < 1) refuse(`a dilation must not be ${dilation}`);
  if (padding === "SAME") return size < 0 ? UNKNOWN : Math.floor((size + stride - 1) / stride);
  const reach = dilation === 1 || window < 0 ? window : (window - 1) * dilation + 1;
  const inside = addDims(size, padding === "EXPLICIT" ? around : 0);
  const left = window < 0 ? UNKNOWN : subtractDims(inside, reach);
  return left < 0 ? UNKNOWN : Math.floor((left + stride) / stride);
}

/** A list of one number a dimension. @throws ShapeMismatch */
function perDim(c: ShapeContext, name: string, rank: number, needed: boolean): readonly number[] {
  const values = c.ints(name);
  if (values.length === rank) return values;
  if (values.length === 0 && !needed) return new Array<number>(rank).fill(1);
  return refuse(`${name} must have ${rank} values, but has ${values.length}`);
}

/** Padding before and after a dimension together. */
function aroundOf(c: ShapeContext, dim: number, rank: number): number {
  const values = c.ints("explicit_paddings");
  return values.length === 2 * rank ? values[2 * dim]! + values[2 * dim + 1]! : 0;
}

/** What a filter, whose first dimensions are those of space, leaves of the input's space. */
function filtered(c: ShapeContext, layout: Layout, input: Shape, filter: Shape): readonly number[] {
  const rank = layout.space.length + 2;
  const strides = perDim(c, "strides", rank, true);
  const dilations = perDim(c, "dilations", rank, false);
  const padding = c.text("padding") ?? "";
  return layout.space.map((at, index) =>
    windows(
      dimOf(input, at),
      dimOf(filter, index),
      strides[at]!,
      dilations[at]!,
      padding,
      aroundOf(c, at, rank),
    ),
  );
}

/** Conv2D and Conv3D: the filter is [space…, channels in, channels out]. */
const convolution =
  (inSpace: number): ShapeFunction =>
  (c) => {
    const rank = inSpace + 2;
    const layout = layoutOf(c, inSpace);
    if (layout === undefined) return undefined;
    const input = withRank(c.input(0), rank, "the input");
    const filter = withRank(c.input(1), rank, "the filter");
    const space = filtered(c, layout, input, filter);
    const channels = dimOf(input, layout.channel);
    const wanted = dimOf(filter, inSpace);
    const made = dimOf(filter, inSpace + 1);
    if (channels >= 0 && wanted >= 0) {
      if (wanted === 0) refuse("the filter has no channels");
      if (channels % wanted !== 0)
        refuse(`the input has ${channels} channels, which is no multiple of the ${wanted} of the filter`);
      const groups = channels / wanted;
      if (groups > 0 && made >= 0 && made % groups !== 0)
        refuse(`the filter makes ${made} channels, which is no multiple of the ${groups} groups`);
    }
    return [laidOut(layout, dimOf(input, 0), space, made)];
  };

function depthwise(c: ShapeContext): readonly Shape[] | undefined {
  const layout = layoutOf(c, 2);
  if (layout === undefined) return undefined;
  const input = withRank(c.input(0), 4, "the input");
  const filter = withRank(c.input(1), 4, "the filter");
  const channels = mergeDims(dimOf(input, layout.channel), dimOf(filter, 2));
  const space = filtered(c, layout, input, filter);
  return [laidOut(layout, dimOf(input, 0), space, multiplyDims(channels, dimOf(filter, 3)))];
}

/** Conv2DBackpropInput, the transposed convolution: (sizes, filter, what comes out of the convolution). */
function transposed(c: ShapeContext): readonly Shape[] | undefined {
  const layout = layoutOf(c, 2);
  if (layout === undefined) return undefined;
  const from = withRank(c.input(2), 4, "input 2");
  const filter = withRank(c.input(1), 4, "the filter");
  mergeDims(dimOf(from, layout.channel), dimOf(filter, 3));
  const asked = c.shapeFrom(0);
  const sizes = asked?.length === 4 ? asked : null;
  // The sizes may be of space alone.
  if (asked !== null && sizes === null) return [asked.length === 2 ? null : withRank(asked, 4, "the sizes")];
  const channels = sizes === null ? dimOf(filter, 2) : dimOf(sizes, layout.channel);
  return [merge(laidOut(layout, dimOf(from, 0), [UNKNOWN, UNKNOWN], channels), sizes)];
}

const pooling =
  (inSpace: number): ShapeFunction =>
  (c) => {
    const rank = inSpace + 2;
    const layout = layoutOf(c, inSpace);
    if (layout === undefined) return undefined;
    const input = withRank(c.input(0), rank, "the input");
    const strides = perDim(c, "strides", rank, true);
    const sizes = perDim(c, "ksize", rank, true);
    const padding = c.text("padding") ?? "";
    const size = (at: number): number =>
      windows(dimOf(input, at), sizes[at]!, strides[at]!, 1, padding, aroundOf(c, at, rank));
    // Windows over channels divide those.
    const channels = size(layout.channel);
    return [laidOut(layout, dimOf(input, 0), layout.space.map(size), channels)];
  };

/** FusedBatchNorm: x and four vectors of one value a channel. */
function batchNorm(c: ShapeContext): readonly Shape[] | undefined {
  const inSpace = c.node.op === "FusedBatchNormV3" && /D/.test(c.text("data_format") ?? "") ? 3 : 2;
  const layout = layoutOf(c, inSpace);
  if (layout === undefined) return undefined;
  const x = withRank(c.input(0), inSpace + 2, "the input");
  const factor = c.attr("exponential_avg_factor");
  const trains = c.bool("is_training", true) && !(factor?.kind === "f" && factor.value !== 1);
  let channels = dimOf(x, layout.channel);
  for (let at = 1; at < (trains ? 3 : 5); at++)
    channels = mergeDims(channels, dimOf(withRank(c.input(at), 1, `input ${at}`), 0));
  const vector = [channels];
  const made = (x ?? unknownOfRank(inSpace + 2)).map((size, at) => (at === layout.channel ? channels : size));
  return [made, vector, vector, vector, vector, null];
}

const resize = (c: ShapeContext): readonly Shape[] => {
  const images = withRank(c.input(0), 4, "the images");
  const sizes = merge(withRank(c.input(1), 1, "the size"), [2]);
  const value = sizes === null ? undefined : c.value(1);
  const [height = UNKNOWN, width = UNKNOWN] = value === undefined ? [] : [value.data[0], value.data[1]];
  return [[dimOf(images, 0), height, width, dimOf(images, 3)]];
};

/** Convolutions, pooling, normalisation and pictures. */
export const windowed: ShapeFunctions = {
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  DepthwiseConv2dNative: depthwise,
  Conv2DBackpropInput: transposed,
  Conv3DBackpropInputV2: (c) => [withRank(c.shapeFrom(0), 5, "the sizes")],
  ...forOps("MaxPool AvgPool", pooling(2)),
  ...forOps("MaxPool3D AvgPool3D", pooling(3)),
  ...forOps("FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3", batchNorm),
  LRN: (c) => [withRank(c.input(0), 4, "the input")],
  ...forOps("ResizeBilinear ResizeNearestNeighbor ResizeBicubic ResizeArea", resize),
};
