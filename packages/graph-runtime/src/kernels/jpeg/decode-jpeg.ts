import { type Image, ImageError } from "@servable/tensors/image";
import { type HuffmanTable, JpegBits } from "./bits.ts";
import {
  type JpegComponent,
  type JpegFrame,
  readFrame,
  readHuffmanTables,
  readQuantTables,
  Segment,
} from "./frame.ts";
import { type DctMethod, inverseTransform } from "./idct.ts";
import { decodeScan, nextMarker } from "./scan.ts";
import { upsample } from "./upsample.ts";

export interface JpegOptions {
  /** 0: as in the file (1 for gray, else 3); 1: luma only; 3: RGB. Default 0. */
  readonly channels?: number | undefined;
  /** TensorFlow's default is `INTEGER_FAST`. */
  readonly dctMethod?: DctMethod | undefined;
  /** Interpolate chroma of half resolution. Default true, as TensorFlow's. */
  readonly fancyUpscaling?: boolean | undefined;
  /** Take a picture whose data ends early: what is missing is gray. Default false. */
  readonly tryRecoverTruncated?: boolean | undefined;
}

type ColourSpace = "gray" | "ycc" | "rgb" | "cmyk" | "ycck" | "unknown";

interface JpegFile {
  readonly frame: JpegFrame;
  readonly colours: ColourSpace;
  readonly sawAdobe: boolean;
}

/**
 * Decodes a JPEG to the very pixels of TensorFlow's DecodeJpeg (libjpeg-turbo): baseline, extended and progressive
 * Huffman-coded files of 8 bits; gray, YCbCr, RGB, CMYK and YCCK. EXIF orientation is not applied, as TensorFlow does not.
 * @throws ImageError
 */
export function decodeJpeg(bytes: Uint8Array, options: JpegOptions = {}): Image {
  const file = readJpeg(bytes, options.tryRecoverTruncated ?? false);
  const { frame, colours } = file;
  const channels = options.channels || Math.min(frame.components.length, 3);
  if (channels !== 1 && channels !== 3) {
    throw new ImageError(
      "unsupported",
      `a JPEG of ${frame.components.length} components can't be decoded to ${channels} channels`,
    );
  }
  const method = options.dctMethod ?? "INTEGER_FAST";
  const fancy = options.fancyUpscaling ?? true;
  const plane = (index: number): Uint8Array => {
    const component = frame.components[index]!;
    return upsample(frame, component, inverseTransform(component, method), fancy);
  };
  const { width, height } = frame;
  if (channels === 1) {
    if (colours === "gray" || colours === "ycc") return { width, height, channels, data: plane(0) };
    if (colours === "rgb") {
      return { width, height, channels, data: lumaOfRgb(plane(0), plane(1), plane(2)) };
    }
    throw new ImageError("unsupported", `a JPEG in ${colours} colours can't be decoded to gray`);
  }
  const data = new Uint8Array(width * height * 3);
  switch (colours) {
    case "gray": {
      const gray = plane(0);
      for (let i = 0, o = 0; i < gray.length; i++, o += 3) data[o] = data[o + 1] = data[o + 2] = gray[i]!;
      break;
    }
    case "rgb":
      interleave(data, plane(0), plane(1), plane(2));
      break;
    case "ycc":
      convertYcc(data, plane(0), plane(1), plane(2));
      break;
    case "cmyk":
    case "ycck": {
      const inks = new Uint8Array(data.length);
      if (colours === "cmyk") interleave(inks, plane(0), plane(1), plane(2));
      else {
        convertYcc(inks, plane(0), plane(1), plane(2));
        for (let i = 0; i < inks.length; i++) inks[i] = 255 - inks[i]!;
      }
      convertInks(data, inks, plane(3), file.sawAdobe);
      break;
    }
    default:
      throw new ImageError(
        "unsupported",
        `a JPEG of ${frame.components.length} components has no known colours`,
      );
  }
  return { width, height, channels, data };
}

function interleave(out: Uint8Array, a: Uint8Array, b: Uint8Array, c: Uint8Array): void {
  for (let i = 0, o = 0; i < a.length; i++, o += 3) {
    out[o] = a[i]!;
    out[o + 1] = b[i]!;
    out[o + 2] = c[i]!;
  }
}

const clamp = (value: number): number => (value < 0 ? 0 : Math.min(value, 255));

/** YCbCr to RGB in 16-bit fixed point (jdcolor). */
function convertYcc(out: Uint8Array, luma: Uint8Array, blue: Uint8Array, red: Uint8Array): void {
  for (let i = 0, o = 0; i < luma.length; i++, o += 3) {
    const y = luma[i]!;
    const cb = blue[i]! - 128;
    const cr = red[i]! - 128;
    out[o] = clamp(y + ((91881 * cr + 32768) >> 16));
    out[o + 1] = clamp(y + ((-22554 * cb - 46802 * cr + 32768) >> 16));
    out[o + 2] = clamp(y + ((116130 * cb + 32768) >> 16));
  }
}

function lumaOfRgb(red: Uint8Array, green: Uint8Array, blue: Uint8Array): Uint8Array {
  const out = new Uint8Array(red.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = (19595 * red[i]! + 38470 * green[i]! + 7471 * blue[i]! + 32768) >> 16;
  }
  return out;
}

/** CMYK to RGB as TensorFlow does; Adobe stores inks inverted. */
function convertInks(out: Uint8Array, inks: Uint8Array, black: Uint8Array, inverted: boolean): void {
  for (let i = 0; i < out.length; i++) {
    const k = black[Math.floor(i / 3)]!;
    const ink = inks[i]!;
    out[i] = inverted ? Math.floor((k * ink) / 255) : Math.floor(((255 - k) * (255 - ink)) / 255);
  }
}

/** Reads all segments up to the EOI. */
function readJpeg(bytes: Uint8Array, recover: boolean): JpegFile {
  if (bytes.length === 0) throw new ImageError("truncated", "the file is empty");
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new ImageError("unknown-format", "not a JPEG file");
  const quant: (Uint16Array | undefined)[] = [];
  const dc: (HuffmanTable | undefined)[] = [];
  const ac: (HuffmanTable | undefined)[] = [];
  let frame: JpegFrame | undefined;
  let restartInterval = 0;
  let sawJfif = false;
  let adobe = -1;
  let scans = 0;
  const bits = new JpegBits(bytes, 2, recover);
  const segment = (): Segment => {
    const length = ((bytes[bits.position] ?? 0) << 8) | (bytes[bits.position + 1] ?? 0);
    const end = bits.position + length;
    if (length < 2 && bits.position + 2 <= bytes.length) {
      throw new ImageError("corrupt", "bogus marker length");
    }
    if (length < 2 || end > bytes.length) {
      throw new ImageError("truncated", "the data ends within a marker segment");
    }
    const view = bytes.subarray(bits.position + 2, end);
    bits.position = end;
    return new Segment(view);
  };
  for (;;) {
    if (bits.marker === 0) nextMarker(bits);
    const marker = bits.marker;
    bits.marker = 0;
    if (marker === 0xd9) break;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) continue;
    if (marker === 0xd8) throw new ImageError("corrupt", "two SOI markers");
    if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) {
      if (frame !== undefined) throw new ImageError("corrupt", "two frame headers");
      frame = readFrame(segment(), marker === 0xc2, bytes.length);
    } else if (marker === 0xc4) readHuffmanTables(segment(), dc, ac);
    else if (marker === 0xdb) readQuantTables(segment(), quant);
    else if (marker === 0xdd) restartInterval = segment().u16();
    else if (marker === 0xe0) sawJfif ||= startsWith(segment().bytes, "JFIF\0");
    else if (marker === 0xee) {
      const { bytes: data } = segment();
      if (data.length >= 12 && startsWith(data, "Adobe")) adobe = data[11]!;
    } else if (marker === 0xda) {
      if (frame === undefined) throw new ImageError("corrupt", "a scan before the frame header");
      readScan(frame, segment(), quant, dc, ac, restartInterval, bits);
      scans++;
    } else if ((marker >= 0xe0 && marker <= 0xef) || marker === 0xfe || marker === 0xdc) segment();
    else if (marker >= 0xc3 && marker <= 0xcf) {
      throw new ImageError("unsupported", `JPEG process SOF${marker - 0xc0} is not supported`);
    } else throw new ImageError("corrupt", `unsupported marker 0x${marker.toString(16)}`);
  }
  if (frame === undefined || scans === 0) throw new ImageError("corrupt", "the file contains no picture");
  return { frame, colours: colourSpace(frame, sawJfif, adobe), sawAdobe: adobe >= 0 };
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}

function readScan(
  frame: JpegFrame,
  segment: Segment,
  quant: readonly (Uint16Array | undefined)[],
  dc: readonly (HuffmanTable | undefined)[],
  ac: readonly (HuffmanTable | undefined)[],
  restartInterval: number,
  bits: JpegBits,
): void {
  const count = segment.u8();
  if (count < 1 || count > 4 || segment.left !== count * 2 + 3) {
    throw new ImageError("corrupt", "bogus scan header");
  }
  const components: JpegComponent[] = [];
  for (let i = 0; i < count; i++) {
    const id = segment.u8();
    const tables = segment.u8();
    const component = frame.components.find((one) => one.id === id && !components.includes(one));
    if (component === undefined) throw new ImageError("corrupt", `the scan names an unknown component ${id}`);
    component.dc = dc[tables >> 4];
    component.ac = ac[tables & 15];
    if (component.quant === undefined) {
      const table = quant[component.quantIndex];
      if (table === undefined) {
        throw new ImageError("corrupt", `quantisation table ${component.quantIndex} was not defined`);
      }
      component.quant = table;
    }
    components.push(component);
  }
  const spectralStart = segment.u8();
  const spectralEnd = segment.u8();
  const approximation = segment.u8();
  decodeScan(
    frame,
    components,
    {
      spectralStart,
      spectralEnd,
      approximationHigh: approximation >> 4,
      approximationLow: approximation & 15,
    },
    restartInterval,
    bits,
  );
}

/** libjpeg's guess (default_decompress_parms): JFIF and Adobe markers, then the components' ids. */
function colourSpace(frame: JpegFrame, sawJfif: boolean, adobe: number): ColourSpace {
  const ids = frame.components.map((component) => component.id);
  switch (frame.components.length) {
    case 1:
      return "gray";
    case 3:
      if (sawJfif) return "ycc";
      if (adobe >= 0) return adobe === 0 ? "rgb" : "ycc";
      return ids[0] === 82 && ids[1] === 71 && ids[2] === 66 ? "rgb" : "ycc";
    case 4:
      if (adobe >= 0) return adobe === 0 ? "cmyk" : "ycck";
      return "cmyk";
    default:
      return "unknown";
  }
}
