import { decode } from "fast-png";
import { Unzlib } from "fflate";
import { ImageError } from "./image-error.ts";

export interface PngOptions {
  /** 0: as in the file (a palette gives RGB, or RGBA with transparency); 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. Default 0. */
  readonly channels?: number | undefined;
  /** Bits of a channel. 16-bit files give their upper byte to 8, 8-bit files their byte twice to 16. Default 8. */
  readonly bits?: 8 | 16 | undefined;
}

/** Pixels of a PNG; 16-bit ones in host order. */
export interface PngImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** TensorFlow refuses 2^29 samples and more; so does this, before memory is taken. */
const MAX_SAMPLES = 2 ** 29;
/** Bytes inflated at a time while the size is checked: at most 1032 times as many come out. */
const PIECE = 16_384;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly interlaced: boolean;
}

interface Chunk {
  readonly type: string;
  /** The chunk with its length, type and checksum. */
  readonly whole: Uint8Array;
  readonly data: Uint8Array;
}

/** Samples per pixel in the file, by colour type. */
const FILE_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * Decodes a PNG as TensorFlow's DecodePng does (libpng): all colour types and depths, palettes, transparency, Adam7.
 * @throws ImageError
 */
export function decodePng(bytes: Uint8Array, options: PngOptions = {}): PngImage {
  const chunks = readChunks(bytes);
  const header = readHeader(chunks[0]);
  const palette = chunks.find((chunk) => chunk.type === "PLTE")?.data;
  const transparency = chunks.find((chunk) => chunk.type === "tRNS")?.data;
  const { colourType, depth, width, height } = header;
  const wanted = options.channels ?? 0;
  if (![0, 1, 2, 3, 4].includes(wanted)) {
    throw new ImageError("unsupported", `a PNG can't be decoded to ${wanted} channels`);
  }
  if (colourType === 3 && palette === undefined) throw new ImageError("corrupt", "the palette is missing");
  checkDataSize(header, chunks);
  const samples = readSamples(header, chunks);
  const own = colourType === 3 ? (transparency === undefined ? 3 : 4) : FILE_CHANNELS[colourType]!;
  const channels = wanted === 0 ? own : wanted;

  const wide = options.bits === 16;
  const count = width * height;
  const data = wide ? new Uint16Array(count * channels) : new Uint8Array(count * channels);
  // all conversions at the depth of the file's channels (palette and narrow gray: 8), then to the depth wanted
  const deep = depth === 16;
  const opaque = deep ? 0xffff : 0xff;
  const widen = (value: number): number => (wide ? (deep ? value : value * 257) : deep ? value >> 8 : value);
  const grayScale = colourType === 0 && depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  const key = (index: number): number | undefined =>
    transparency === undefined || transparency.length < index * 2 + 2
      ? undefined
      : (transparency[index * 2]! << 8) | transparency[index * 2 + 1]!;
  const keys = colourType === 0 ? [key(0)] : colourType === 2 ? [key(0), key(1), key(2)] : [];
  const step = FILE_CHANNELS[colourType]!;
  for (let pixel = 0; pixel < count; pixel++) {
    const at = pixel * step;
    let red: number;
    let green: number;
    let blue: number;
    let alpha = opaque;
    if (colourType === 3) {
      const index = samples[at]!;
      red = palette![index * 3] ?? 0;
      green = palette![index * 3 + 1] ?? 0;
      blue = palette![index * 3 + 2] ?? 0;
      alpha = transparency?.[index] ?? 255;
    } else if (step < 3) {
      const raw = samples[at]!;
      red = green = blue = raw * grayScale;
      if (step === 2) alpha = samples[at + 1]!;
      else if (raw === keys[0]) alpha = 0;
    } else {
      red = samples[at]!;
      green = samples[at + 1]!;
      blue = samples[at + 2]!;
      if (step === 4) alpha = samples[at + 3]!;
      else if (red === keys[0] && green === keys[1] && blue === keys[2]) alpha = 0;
    }
    const out = pixel * channels;
    if (channels < 3) {
      const gray = step < 3 && colourType !== 3 ? red : lumaOf(red, green, blue, deep);
      data[out] = widen(gray);
      if (channels === 2) data[out + 1] = widen(alpha);
    } else {
      data[out] = widen(red);
      data[out + 1] = widen(green);
      data[out + 2] = widen(blue);
      if (channels === 4) data[out + 3] = widen(alpha);
    }
  }
  return { width, height, channels, data };
}

/** libpng's rgb_to_gray with the weights 0.299 and 0.587, in 15-bit fixed point. Gray pixels stay as they are. */
function lumaOf(red: number, green: number, blue: number, deep: boolean): number {
  if (red === green && red === blue) return red;
  // rounded for 16 bits only
  return Math.floor((9798 * red + 19235 * green + 3735 * blue + (deep ? 16384 : 0)) / 32768);
}

const corrupt = (message: string): ImageError => new ImageError("corrupt", message);

/** The chunks that matter; a broken checksum is fatal for the critical ones only, as libpng has it. */
function readChunks(bytes: Uint8Array): Chunk[] {
  if (bytes.length < 8 || SIGNATURE.some((byte, index) => bytes[index] !== byte)) {
    throw new ImageError("unknown-format", "not a PNG file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let at = 8;
  for (;;) {
    if (at + 12 > bytes.length) throw new ImageError("truncated", "the data ends before the IEND chunk");
    const length = view.getUint32(at);
    if (length > bytes.length - at - 12) {
      throw new ImageError("truncated", "the data ends within a chunk");
    }
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const whole = bytes.subarray(at, at + 12 + length);
    const critical = (bytes[at + 4]! & 0x20) === 0;
    if (critical || type === "tRNS") {
      const good = crc32(bytes.subarray(at + 4, at + 8 + length)) === view.getUint32(at + 8 + length);
      if (critical && !good) throw corrupt(`the checksum of chunk ${type} is wrong`);
      if (critical && !["IHDR", "PLTE", "IDAT", "IEND"].includes(type)) {
        throw corrupt(`unknown critical chunk ${JSON.stringify(type)}`);
      }
      if (good) chunks.push({ type, whole, data: whole.subarray(8, 8 + length) });
    }
    if (type === "IEND") return chunks;
    at += 12 + length;
  }
}

function readHeader(chunk: Chunk | undefined): Header {
  if (chunk?.type !== "IHDR" || chunk.data.length !== 13) throw corrupt("the IHDR chunk is missing");
  const { data } = chunk;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const depth = data[8]!;
  const colourType = data[9]!;
  if (width === 0 || height === 0) throw corrupt(`the picture is ${width} by ${height} pixels`);
  if (DEPTHS[colourType]?.includes(depth) !== true) {
    throw corrupt(`colour type ${colourType} with ${depth} bits does not exist`);
  }
  if (data[10] !== 0 || data[11] !== 0 || data[12]! > 1)
    throw corrupt("unknown compression, filter or interlace method");
  if (width * height * 4 >= MAX_SAMPLES) {
    throw new ImageError("too-large", `the picture claims ${width} by ${height} pixels`);
  }
  return { width, height, depth, colourType, interlaced: data[12] === 1 };
}

/** Bytes of filtered rows that the picture has. */
function filteredSize(header: Header): number {
  const bits = header.depth * FILE_CHANNELS[header.colourType]!;
  const rows = (width: number, height: number): number =>
    width === 0 || height === 0 ? 0 : height * (1 + Math.ceil((width * bits) / 8));
  if (!header.interlaced) return rows(header.width, header.height);
  // Adam7: offsets and steps of the seven passes
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  let size = 0;
  for (const [x, y, dx, dy] of passes) {
    size += rows(Math.ceil((header.width - x) / dx), Math.ceil((header.height - y) / dy));
  }
  return size;
}

/** Inflates without keeping anything, to know that the data is neither short nor a bomb. */
function checkDataSize(header: Header, chunks: readonly Chunk[]): void {
  const want = filteredSize(header);
  let size = 0;
  const inflator = new Unzlib((piece) => {
    size += piece.length;
  });
  try {
    for (const chunk of chunks) {
      if (chunk.type !== "IDAT") continue;
      for (let at = 0; at < chunk.data.length; at += PIECE) {
        inflator.push(chunk.data.subarray(at, at + PIECE), false);
        if (size > want) throw corrupt("there is more data than pixels");
      }
    }
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw corrupt(
      `the compressed data is broken (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  if (size < want) throw new ImageError("truncated", `the picture has ${size} of ${want} bytes of data`);
}

/** Unfiltered samples, one array entry each, by fast-png. It gets the chunks it needs and none that could confuse it. */
function readSamples(header: Header, chunks: readonly Chunk[]): ArrayLike<number> {
  const needed = chunks.filter((chunk) => chunk.type !== "tRNS");
  const file = new Uint8Array(8 + needed.reduce((sum, chunk) => sum + chunk.whole.length, 0));
  file.set(SIGNATURE);
  let at = 8;
  for (const { whole } of needed) {
    file.set(whole, at);
    at += whole.length;
  }
  let data: ArrayLike<number>;
  try {
    data = decode(file).data;
  } catch (error) {
    throw corrupt(error instanceof Error ? error.message : String(error));
  }
  const { depth, width, height } = header;
  if (depth >= 8) return data;
  // rows of packed samples, each row in whole bytes
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  const samples = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * rowBytes + Math.floor(x / perByte)]!;
      samples[y * width + x] = (byte >> (8 - depth * ((x % perByte) + 1))) & ((1 << depth) - 1);
    }
  }
  return samples;
}

let crcTable: Uint32Array | undefined;

function crc32(bytes: Uint8Array): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}
