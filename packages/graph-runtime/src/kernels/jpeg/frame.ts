import { ImageError } from "@servable/tensors/image";
import { buildHuffmanTable, type HuffmanTable } from "./bits.ts";

/** A colour component of a frame, with its coefficients. */
export interface JpegComponent {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantIndex: number;
  /** Blocks that hold pixels. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Blocks stored per line: whole MCUs. */
  readonly stride: number;
  readonly coefficients: Int16Array;
  /** Samples that are real. */
  readonly width: number;
  readonly height: number;
  /** The quantisation table as it was when the component's first scan began; natural order. */
  quant: Uint16Array | undefined;
  prediction: number;
  dc: HuffmanTable | undefined;
  ac: HuffmanTable | undefined;
}

export interface JpegFrame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly maxHorizontal: number;
  readonly maxVertical: number;
  readonly mcusAcross: number;
  readonly mcusDown: number;
  readonly components: readonly JpegComponent[];
}

/** Position in a block, in natural order, of each coefficient in zigzag order; 16 more for corrupt data. */
export const NATURAL_ORDER: Uint8Array = Uint8Array.of(
  ...[
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  ],
  ...[14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39],
  ...[46, 53, 60, 61, 54, 47, 55, 62, 63],
  ...new Array<number>(16).fill(63),
);

/** TensorFlow refuses more samples than this (jpeg_mem.cc). */
const MAX_SAMPLES = 2 ** 29;

const corrupt = (message: string): ImageError => new ImageError("corrupt", message);

/** A marker segment's payload, read front to back. */
export class Segment {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    if (this.at >= this.bytes.length) throw corrupt("a marker segment is too short");
    return this.bytes[this.at++]!;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }
}

export function readQuantTables(segment: Segment, tables: (Uint16Array | undefined)[]): void {
  while (segment.left > 0) {
    const head = segment.u8();
    const index = head & 15;
    if (index > 3) throw corrupt(`quantisation table ${index} is out of range`);
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i++) table[NATURAL_ORDER[i]!] = head >> 4 ? segment.u16() : segment.u8();
    tables[index] = table;
  }
}

export function readHuffmanTables(
  segment: Segment,
  dc: (HuffmanTable | undefined)[],
  ac: (HuffmanTable | undefined)[],
): void {
  while (segment.left > 0) {
    const head = segment.u8();
    const counts = Uint8Array.from({ length: 16 }, () => segment.u8());
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total > 256 || total > segment.left) throw corrupt("bogus Huffman table definition");
    const symbols = Uint8Array.from({ length: total }, () => segment.u8());
    const index = head & 15;
    if (index > 3 || head >> 4 > 1) throw corrupt(`Huffman table ${head} is out of range`);
    (head >> 4 === 1 ? ac : dc)[index] = buildHuffmanTable(counts, symbols);
  }
}

/**
 * Reads a frame header (SOF0, SOF1, SOF2) and makes room for its coefficients.
 * @param available bytes of the whole file: a picture that they can't possibly hold is refused before memory is taken.
 */
export function readFrame(segment: Segment, progressive: boolean, available: number): JpegFrame {
  const precision = segment.u8();
  const height = segment.u16();
  const width = segment.u16();
  const count = segment.u8();
  if (precision !== 8) {
    throw new ImageError("unsupported", `${precision}-bit JPEG samples are not supported, only 8-bit ones`);
  }
  if (width === 0 || height === 0) throw corrupt(`the picture is ${width} by ${height} pixels`);
  if (segment.left !== count * 3) throw corrupt("the frame header has a wrong length");
  if (count < 1 || count > 10) throw corrupt(`the picture has ${count} components`);
  const samples = width * height * count;
  // every block takes at least a bit of the file in each scan; leave room for pictures of which little is coded
  if (samples >= MAX_SAMPLES || width * height > Math.max(2 ** 24, available * 1024)) {
    throw new ImageError(
      "too-large",
      `the picture claims ${width} by ${height} pixels in ${available} bytes`,
    );
  }
  const heads = Array.from({ length: count }, () => {
    const id = segment.u8();
    const sampling = segment.u8();
    return { id, horizontal: sampling >> 4, vertical: sampling & 15, quantIndex: segment.u8() };
  });
  for (const { horizontal, vertical } of heads) {
    if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4) {
      throw corrupt(`bogus sampling factors ${horizontal}x${vertical}`);
    }
  }
  const maxHorizontal = Math.max(...heads.map((head) => head.horizontal));
  const maxVertical = Math.max(...heads.map((head) => head.vertical));
  const mcusAcross = Math.ceil(width / (8 * maxHorizontal));
  const mcusDown = Math.ceil(height / (8 * maxVertical));
  const components = heads.map((head): JpegComponent => {
    const stride = mcusAcross * head.horizontal;
    return {
      ...head,
      blocksAcross: Math.ceil((width * head.horizontal) / (8 * maxHorizontal)),
      blocksDown: Math.ceil((height * head.vertical) / (8 * maxVertical)),
      stride,
      coefficients: new Int16Array(stride * mcusDown * head.vertical * 64),
      width: Math.ceil((width * head.horizontal) / maxHorizontal),
      height: Math.ceil((height * head.vertical) / maxVertical),
      quant: undefined,
      prediction: 0,
      dc: undefined,
      ac: undefined,
    };
  });
  return { progressive, width, height, maxHorizontal, maxVertical, mcusAcross, mcusDown, components };
}
