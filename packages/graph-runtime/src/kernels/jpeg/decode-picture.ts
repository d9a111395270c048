import { decodeUnlessJpeg, type Image, sniffImage } from "@servable/tensors/image";
import { decodeJpeg, type JpegOptions } from "./decode-jpeg.ts";

/**
 * Decodes a JPEG or PNG, whichever the bytes are, to 8-bit channels, as TensorFlow's ops do.
 *
 * The JPEG decoder here is our own, beside the library that clients use (`decodeImage` of `@servable/tensors/image`), for
 * one reason: DecodeJpeg's default is libjpeg's fast integer DCT, and its answers can be compared with a recorded
 * server's only if every pixel is the same. No maintained library for Node offers that DCT, nor CMYK, nor what libjpeg
 * puts in place of missing data; all of them decode with the accurate one.
 * @throws ImageError; `unknown-format` with TensorFlow's own words for other bytes.
 */
export function decodePicture(bytes: Uint8Array, options: JpegOptions = {}): Image {
  return sniffImage(bytes) === "jpeg" ? decodeJpeg(bytes, options) : decodeUnlessJpeg(bytes, options);
}
