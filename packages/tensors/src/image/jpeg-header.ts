import { ImageError } from "./image-error.ts";

/** What a JPEG says of itself before its first scan. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 gray, 3 YCbCr or RGB, 4 CMYK or YCCK. */
  readonly components: number;
}

/** More pixels than this are not decoded: with the coefficients of a progressive picture they take about 1 GB. */
const MAX_PIXELS = 2 ** 27;

const hex = (marker: number): string => `0x${marker.toString(16).padStart(2, "0")}`;

/**
 * Reads the marker segments of a JPEG up to its first scan, and refuses what TensorFlow's ops refuse: samples of other
 * than 8 bits, lossless and arithmetic processes. Sizes are checked here, before a decoder takes memory for them.
 * @throws ImageError
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  if (bytes.length === 0) throw new ImageError("truncated", "the file is empty");
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new ImageError("unknown-format", "not a JPEG file");
  let header: JpegHeader | undefined;
  let at = 2;
  for (;;) {
    // Fill bytes and stray ones before a marker are passed over, as libjpeg does.
    while (at < bytes.length && bytes[at] !== 0xff) at++;
    while (at < bytes.length && bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) throw new ImageError("truncated", "the file ends before the picture begins");
    if (marker === 0 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) continue;
    if (marker === 0xd9) throw new ImageError("corrupt", "the file contains no picture");
    if (marker === 0xd8) throw new ImageError("corrupt", "two SOI markers");
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    const end = at + length;
    if (end > bytes.length || at + 2 > bytes.length) {
      throw new ImageError("truncated", "the data ends within a marker segment");
    }
    if (length < 2) throw new ImageError("corrupt", `the segment of marker ${hex(marker)} has no length`);
    if (marker === 0xda) {
      if (header === undefined) throw new ImageError("corrupt", "a scan before the frame header");
      return header;
    }
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame) {
      if (header !== undefined) throw new ImageError("corrupt", "two frame headers");
      if (marker > 0xc2) {
        throw new ImageError("unsupported", `JPEG process SOF${marker - 0xc0} is not supported`);
      }
      header = readFrameHeader(bytes.subarray(at + 2, end), bytes.length);
    }
    at = end;
  }
}

function readFrameHeader(segment: Uint8Array, available: number): JpegHeader {
  const [precision = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 0] = segment;
  if (segment.length < 6 || segment.length !== 6 + components * 3) {
    throw new ImageError("corrupt", "the frame header has a wrong length");
  }
  if (precision !== 8) {
    throw new ImageError("unsupported", `${precision}-bit JPEG samples are not supported, only 8-bit ones`);
  }
  const width = (w1 << 8) | w0;
  const height = (h1 << 8) | h0;
  if (width === 0 || height === 0)
    throw new ImageError("corrupt", `the picture is ${width} by ${height} pixels`);
  // Every block of pixels takes at least a bit of the file; leave room for pictures of which little is coded.
  if (width * height > Math.min(MAX_PIXELS, Math.max(2 ** 24, available * 1024))) {
    throw new ImageError(
      "too-large",
      `the picture claims ${width} by ${height} pixels in ${available} bytes`,
    );
  }
  return { width, height, components };
}

/** Whether an end-of-image marker stands anywhere: a picture without one was cut off. */
export function hasEndOfImage(bytes: Uint8Array): boolean {
  for (let at = bytes.length - 2; at >= 2; at--) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  }
  return false;
}
