import type { DType } from "../dtype.ts";
import { allocate, elementCount } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { TensorError } from "../tensor-error.ts";
import { isFloating, setNumber } from "../tensor-json.ts";
import type { Image } from "./image-error.ts";
import { type ResizeOptions, resizeBilinear } from "./resize.ts";

export interface ImageTensorOptions {
  /** Height and width to resize to; default as it is. */
  readonly size?: readonly [number, number] | undefined;
  /** Default DT_FLOAT. Integer dtypes round to nearest. */
  readonly dtype?: DType | undefined;
  /** value * scale + offset, before the mean is taken off. Default 1 and 0: 0…255. */
  readonly scale?: number | undefined;
  readonly offset?: number | undefined;
  /** Per channel, subtracted after scaling; then divided by `deviation`. */
  readonly mean?: readonly number[] | undefined;
  readonly deviation?: readonly number[] | undefined;
  readonly resize?: ResizeOptions | undefined;
}

/**
 * A picture as a batch of one in NHWC order: [1, height, width, channels].
 * @throws TensorError for a size or dtype that does not go.
 */
export function imageToTensor(image: Image, options: ImageTensorOptions = {}): Tensor {
  const [height, width] = options.size ?? [image.height, image.width];
  const dtype = options.dtype ?? "DT_FLOAT";
  const { channels } = image;
  const same = height === image.height && width === image.width;
  const pixels: ArrayLike<number> = same
    ? image.data
    : resizeBilinear(image.data, [1, image.height, image.width, channels], height, width, options.resize);
  const shape = [1, height, width, channels];
  const tensor: Tensor = { dtype, shape, data: allocate(dtype, elementCount(shape)) };
  const { scale = 1, offset = 0, mean, deviation } = options;
  if (
    (mean ?? deviation) !== undefined &&
    [mean, deviation].some((list) => list !== undefined && list.length !== channels)
  ) {
    throw new TensorError(
      "invalid-value",
      `mean and deviation need one number for each of ${channels} channels`,
    );
  }
  const floating = isFloating(dtype);
  for (let index = 0; index < pixels.length; index++) {
    const channel = index % channels;
    const value = (pixels[index]! * scale + offset - (mean?.[channel] ?? 0)) / (deviation?.[channel] ?? 1);
    setNumber(tensor, index, floating ? value : Math.round(value));
  }
  return tensor;
}
