import { ImageError } from "@servable/tensors/image";

const LOOKAHEAD = 8;
/** libjpeg fills its 64-bit buffer up to here (MIN_GET_BITS). */
const READ_AHEAD_BITS = 57;
/** Where the rest of the data is no data at all, libjpeg would read it again for ever. */
const MAX_REWINDS = 1000;

/** A Huffman table ready for decoding: codes of up to 8 bits by lookup, longer ones by their bounds. */
export interface HuffmanTable {
  /** By the next 8 bits: length in the upper byte, symbol in the lower; 0 if the code is longer. */
  readonly lookup: Uint16Array;
  /** Largest code of each length, -1 if there is none; a sentinel at 17. */
  readonly maxCode: Int32Array;
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
  /** Whether all symbols are valid sizes of a DC difference. */
  readonly validForDc: boolean;
}

/**
 * Builds a table from a DHT segment: number of codes per length 1..16, and the symbols in order of code.
 * @throws ImageError if the lengths do not make a prefix code.
 */
export function buildHuffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const lookup = new Uint16Array(1 << LOOKAHEAD);
  const maxCode = new Int32Array(18).fill(-1);
  const offset = new Int32Array(18);
  const all = new Uint8Array(256);
  all.set(symbols);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    if (count > 0) {
      offset[length] = index - code;
      for (let i = 0; i < count; i++, code++, index++) {
        if (length > LOOKAHEAD) continue;
        const from = code << (LOOKAHEAD - length);
        lookup.fill((length << 8) | all[index]!, from, from + (1 << (LOOKAHEAD - length)));
      }
      if (code > 1 << length) throw new ImageError("corrupt", "bogus Huffman table definition");
      maxCode[length] = code - 1;
    }
    code <<= 1;
  }
  maxCode[17] = 0xfffff;
  return { lookup, maxCode, offset, symbols: all, validForDc: symbols.every((symbol) => symbol <= 15) };
}

/**
 * Bits of an entropy-coded segment, as libjpeg reads them: stuffed zeros are dropped, a marker ends the data and is
 * kept, and what is asked for behind it reads as zeros with `starved` set.
 */
export class JpegBits {
  readonly bytes: Uint8Array;
  position: number;
  /** Marker code (0xD9 for EOI) that stopped the data; 0 for none yet. */
  marker = 0;
  /** Bits were missing: the rest of the data up to the next restart reads as nothing. */
  starved = false;
  private readonly recover: boolean;
  private buffer = 0;
  private count = 0;
  /** Bytes read beyond the buffer, where truncated pictures are to be recovered. */
  private readonly ahead: number[] = [];
  private unitStart = 0;
  private rewinds = 0;

  constructor(bytes: Uint8Array, position: number, recover: boolean) {
    this.bytes = bytes;
    this.position = position;
    this.recover = recover;
  }

  /** Forgets bits that were read ahead, at a restart or at the end of a scan. */
  drop(): void {
    this.buffer = 0;
    this.count = 0;
    this.ahead.length = 0;
  }

  private fill(wanted: number, least: number = wanted): void {
    if (this.recover) this.fillAhead(least);
    else {
      while (this.count < 25 && this.marker === 0) {
        const byte = this.dataByte();
        if (byte < 0) break;
        this.buffer = (this.buffer << 8) | byte;
        this.count += 8;
      }
    }
    if (wanted > this.count) {
      this.starved = true;
      this.buffer <<= 25 - this.count;
      this.count = 25;
    }
  }

  /** Reads ahead as far as libjpeg does, which decides what it reads again at the end of truncated data. */
  private fillAhead(least: number): void {
    this.takeAhead();
    if (this.count >= least) return;
    while (this.count + this.ahead.length * 8 < READ_AHEAD_BITS && this.marker === 0) {
      const byte = this.dataByte();
      if (byte < 0) break;
      this.ahead.push(byte);
      this.takeAhead();
    }
  }

  private takeAhead(): void {
    while (this.count < 25 && this.ahead.length > 0) {
      this.buffer = (this.buffer << 8) | this.ahead.shift()!;
      this.count += 8;
    }
  }

  /** A byte of data with stuffing undone; -1 at a marker, which is kept, or at the end. */
  private dataByte(): number {
    let byte = this.next();
    if (byte !== 0xff) return byte;
    do byte = this.next();
    while (byte === 0xff);
    if (byte === 0) return 0xff;
    if (byte > 0) this.marker = byte;
    return -1;
  }

  /** The next byte; at the end of the data see `endOfData`. */
  private next(): number {
    if (this.position >= this.bytes.length) {
      if (this.recover && this.unitStart < this.bytes.length && this.rewinds++ < MAX_REWINDS) {
        this.position = this.unitStart;
      } else {
        this.endOfData();
        return -1;
      }
    }
    return this.bytes[this.position++]!;
  }

  /** Begins an MCU: while it lasts, libjpeg's source forgets what was read since, and goes back here at the end of the data. */
  beginUnit(): void {
    this.unitStart = this.position;
    this.rewinds = 0;
  }

  /** The data has ended without an EOI: puts one in where truncated pictures are to be recovered. */
  endOfData(): void {
    if (!this.recover) throw new ImageError("truncated", "the data ends within the picture");
    this.marker = 0xd9;
  }

  /** `count` bits (1 to 16) as an unsigned number. */
  bits(count: number): number {
    if (this.count < count) this.fill(count);
    this.count -= count;
    return (this.buffer >>> this.count) & ((1 << count) - 1);
  }

  /** A value of `size` bits in JPEG's signed form. */
  signed(size: number): number {
    const value = this.bits(size);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  symbol(table: HuffmanTable): number {
    let length = 1;
    if (this.count < LOOKAHEAD) this.fill(0, LOOKAHEAD);
    if (this.count >= LOOKAHEAD) {
      const found = table.lookup[(this.buffer >>> (this.count - LOOKAHEAD)) & 0xff]!;
      if (found !== 0) {
        this.count -= found >> 8;
        return found & 0xff;
      }
      length = LOOKAHEAD + 1;
    }
    let code = this.bits(length);
    while (code > table.maxCode[length]!) {
      code = (code << 1) | this.bits(1);
      length++;
    }
    // no code of 16 bits fits: corrupt data, read as zero
    if (length > 16) return 0;
    return table.symbols[(code + table.offset[length]!) & 0xff]!;
  }
}
