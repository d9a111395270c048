import { decodePng } from "./decode-png.ts";
import { type Image, ImageError } from "./image-error.ts";
import { readJpegHeader } from "./jpeg-header.ts";
import { decodeWithLibrary } from "./jpeg-library.ts";
import { sniffImage } from "./sniff-image.ts";

export interface DecodeOptions {
  /** 0: as in the file; 1: gray; 3: RGB; for PNG also 2 and 4, with alpha. Default 0. */
  readonly channels?: number | undefined;
}

/**
 * Decodes a JPEG or PNG, whichever the bytes are, to 8-bit channels.
 *
 * JPEG goes through libjpeg-turbo (WebAssembly): the pixels are those of `tf.io.decode_jpeg` with `INTEGER_ACCURATE`, byte
 * for byte, for gray, YCbCr and RGB files; gray asked of a colour file is computed from its RGB, within 1 of TensorFlow's.
 * EXIF orientation is not applied, as TensorFlow does not. CMYK is refused. Damaged and truncated files are refused, also
 * where TensorFlow would make something of them.
 * @throws ImageError; `unknown-format` with TensorFlow's own words for other bytes.
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Image> {
  return sniffImage(bytes) === "jpeg"
    ? decodeJpeg(bytes, options.channels ?? 0)
    : decodeUnlessJpeg(bytes, options);
}

/**
 * Decodes a picture that is no JPEG to 8-bit channels: PNG; other formats are refused by name.
 * @throws ImageError; `unknown-format` with TensorFlow's own words for bytes of no known format.
 */
export function decodeUnlessJpeg(bytes: Uint8Array, options: DecodeOptions = {}): Image {
  const format = sniffImage(bytes);
  if (format === "png") {
    const { width, height, channels, data } = decodePng(bytes, { channels: options.channels });
    return { width, height, channels, data: data as Uint8Array };
  }
  if (format !== undefined) {
    throw new ImageError(
      "unsupported",
      `${format.toUpperCase()} pictures are not supported; convert to JPEG or PNG`,
    );
  }
  throw new ImageError("unknown-format", "Unknown image file format. One of JPEG, PNG, GIF, BMP required.");
}

async function decodeJpeg(bytes: Uint8Array, channels: number): Promise<Image> {
  const header = readJpegHeader(bytes);
  if (header.components === 4) {
    throw new ImageError("unsupported", "a JPEG in CMYK inks can't be decoded here; convert it to RGB");
  }
  if (header.components !== 1 && header.components !== 3) {
    throw new ImageError(
      "unsupported",
      `a JPEG of ${header.components} components has no colours that are known`,
    );
  }
  if (channels !== 0 && channels !== 1 && channels !== 3) {
    throw new ImageError("unsupported", `a JPEG can't be decoded to ${channels} channels`);
  }
  const image = await decodeWithLibrary(bytes);
  if (channels === 0 || channels === image.channels) return image;
  const { width, height, data } = image;
  return { width, height, channels, data: channels === 3 ? grayToRgb(data) : rgbToGray(data) };
}

function grayToRgb(gray: Uint8Array): Uint8Array {
  const out = new Uint8Array(gray.length * 3);
  for (let i = 0, o = 0; i < gray.length; i++, o += 3) out[o] = out[o + 1] = out[o + 2] = gray[i]!;
  return out;
}

/** 0.299, 0.587, 0.114 in 16-bit fixed point. */
function rgbToGray(rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgb.length / 3);
  for (let i = 0, o = 0; o < out.length; i += 3, o++) {
    out[o] = (19595 * rgb[i]! + 38470 * rgb[i + 1]! + 7471 * rgb[i + 2]! + 32768) >> 16;
  }
  return out;
}
