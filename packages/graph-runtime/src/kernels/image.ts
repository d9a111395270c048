import { decodePng, ImageError } from "@servable/tensors/image";
import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, strings, type Value } from "../value.ts";
import { cast } from "./cast.ts";
import { decodeJpeg } from "./jpeg/decode-jpeg.ts";
import { decodePicture } from "./jpeg/decode-picture.ts";

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

/** What TensorFlow says of a JPEG that libjpeg gives up on, whatever the reason. */
export const JPEG_FAILURE = "jpeg::Uncompress failed. Invalid JPEG data or crop window.";

/** The bytes of one picture; none at all is an error of its own. */
export function encodedImage(contents: Value | undefined): Uint8Array {
  const bytes = strings(contents!)[0];
  if (!bytes || bytes.length === 0) throw invalid("Input is empty.");
  return bytes;
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

function decoded(bytes: Uint8Array, make: () => Decoded, dtype: Value["dtype"], frames: boolean): Value {
  let image: Decoded;
  try {
    image = make();
  } catch (error) {
    if (error instanceof ImageError) {
      if (isJpeg(bytes) && error.code !== "unsupported") throw invalid(JPEG_FAILURE);
      if (error.code === "unsupported") throw unimplemented(error.message);
      throw invalid(error.message);
    }
    throw error;
  }
  const shape = [...(frames ? [1] : []), image.height, image.width, image.channels];
  const wide = image.data instanceof Uint16Array;
  const made: Value = { dtype: wide ? "DT_UINT16" : "DT_UINT8", shape, data: image.data };
  if (dtype === made.dtype) return made;
  if (dtype === "DT_FLOAT") {
    const data = allocate(dtype, shape) as Float32Array;
    const top = wide ? 65535 : 255;
    for (let i = 0; i < data.length; i++) data[i] = Math.fround(image.data[i]! * Math.fround(1 / top));
    return { dtype, shape, data };
  }
  if (dtype === "DT_UINT16" && !wide) {
    return { dtype, shape, data: Uint16Array.from(image.data, (v) => v * 257) };
  }
  return cast(made, dtype);
}

const jpeg: KernelFactory = (node) => {
  const channels = node.attrs.int("channels");
  const ratio = node.attrs.int("ratio");
  const fancyUpscaling = node.attrs.bool("fancy_upscaling");
  const tryRecoverTruncated = node.attrs.bool("try_recover_truncated");
  const acceptableFraction = node.attrs.float("acceptable_fraction");
  const dct = node.attrs.string("dct_method");
  const options = {
    ratio: ratio as 1,
    fancyUpscaling,
    tryRecoverTruncated,
    acceptableFraction,
    dctMethod: dct === "INTEGER_ACCURATE" ? ("INTEGER_ACCURATE" as const) : ("INTEGER_FAST" as const),
  };
  return ([contents]) => {
    const bytes = encodedImage(contents);
    // DecodeJpeg takes any format that it knows; only the JPEG options are its own.
    if (isJpeg(bytes)) {
      return decoded(
        bytes,
        () => decodeJpeg(bytes, { ...options, channels: channels as 0 | 1 | 3 }),
        "DT_UINT8",
        false,
      );
    }
    return decoded(bytes, () => decodePicture(bytes, { channels: channels as 0 | 1 | 3 }), "DT_UINT8", false);
  };
};

const png: KernelFactory = (node) => {
  const channels = node.attrs.int("channels") as 0 | 1 | 2 | 3 | 4;
  const dtype = node.attrs.dtype("dtype");
  return ([contents]) => {
    const bytes = encodedImage(contents);
    if (bytes[0] === 0x89) {
      return decoded(
        bytes,
        () => decodePng(bytes, { channels, bits: dtype === "DT_UINT16" ? 16 : 8 }),
        dtype,
        false,
      );
    }
    return decoded(bytes, () => decodePicture(bytes, { channels: channels as 0 | 1 | 3 | 4 }), dtype, false);
  };
};

const anyImage: KernelFactory = (node) => {
  const channels = node.attrs.int("channels") as 0 | 1 | 3 | 4;
  const dtype = node.attrs.dtype("dtype");
  return ([contents]) => {
    const bytes = encodedImage(contents);
    if (dtype === "DT_UINT16" && bytes[0] === 0x89)
      return decoded(bytes, () => decodePng(bytes, { channels, bits: 16 }), dtype, false);
    return decoded(bytes, () => decodePicture(bytes, { channels }), dtype, false);
  };
};

export const imageKernels: KernelTable = {
  DecodeJpeg: jpeg,
  DecodePng: png,
  DecodeImage: anyImage,
};
