import { invalid } from "../graph-error.ts";

/** Sizes of a sliding window over NHWC images. */
export interface ConvGeometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** Channels of the whole input. */
  readonly channels: number;
  /** Channels that one filter reads: fewer than `channels` in grouped convolution. */
  readonly groupChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** Output size and padding before, along one dimension. @throws GraphError if the window does not fit */
export function windowSize(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: "SAME" | "VALID" | "EXPLICIT",
  before = 0,
  after = 0,
): { out: number; before: number } {
  if (!(stride > 0) || !(dilation > 0)) throw invalid("Stride and dilation must be greater than 0");
  const reach = (kernel - 1) * dilation + 1;
  let out: number;
  let pad = before;
  if (padding === "SAME") {
    out = Math.ceil(size / stride);
    pad = Math.floor(Math.max(0, (out - 1) * stride + reach - size) / 2);
  } else if (padding === "VALID") {
    out = Math.floor((size - reach + stride) / stride);
    pad = 0;
  } else out = Math.floor((size + before + after - reach + stride) / stride);
  if (out < 0) {
    throw invalid(
      `Computed output size would be negative: ${out} [input_size: ${size}, effective_filter_size: ${reach}, stride: ${stride}]`,
    );
  }
  return { out, before: pad };
}
