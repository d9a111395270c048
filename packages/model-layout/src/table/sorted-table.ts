import { crc32c, unmaskCrc } from "./crc32c.ts";
import { SnappyError, unsnappy } from "./snappy.ts";

/** Why bytes are no table. `kind` tells a changed byte (checksum) from a wrong structure. */
export class TableError extends Error {
  readonly kind: "malformed" | "checksum" | "too-short" | "bad-magic";
  /** Byte offset in the file. */
  readonly offset: number;

  constructor(kind: TableError["kind"], message: string, offset: number) {
    super(message);
    this.name = "TableError";
    this.kind = kind;
    this.offset = offset;
  }
}

/** Place of a block: `size` bytes of contents, then a type byte and a checksum. */
export interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

export interface DataBlock extends BlockHandle {
  readonly compression: "none" | "snappy";
}

export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** A whole table: its blocks and all entries in file order. */
export interface SortedTable {
  readonly fileSize: number;
  readonly metaindex: BlockHandle;
  readonly index: BlockHandle;
  readonly dataBlocks: readonly DataBlock[];
  readonly entries: readonly TableEntry[];
}

const FOOTER = 48;
const TRAILER = 5;
/** Bytes that prefix-compressed keys may take, beside 64 times the file's own size. */
const KEY_BUDGET = 1 << 20;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];

/** Whether a file ends with the magic number of a table. */
export const endsAsTable = (file: Uint8Array): boolean =>
  file.length >= FOOTER && MAGIC.every((byte, index) => file[file.length - 8 + index] === byte);

/** Where the last magic number of a table ends, if there is one. */
function magicEnd(file: Uint8Array): number | undefined {
  for (let at = file.lastIndexOf(MAGIC[7]!); at >= 7; at = file.lastIndexOf(MAGIC[7]!, at - 1))
    if (MAGIC.every((byte, index) => file[at - 7 + index] === byte)) return at + 1;
  return undefined;
}

class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  readonly base: number;

  constructor(bytes: Uint8Array, at: number, end: number, base: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.base = base;
  }

  /** Varint of at most 10 bytes; exact up to 2^53, which no file reaches. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) break;
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new TableError("malformed", "a number in it is cut off", this.base + this.at);
  }

  handle(): BlockHandle {
    return { offset: this.varint(), size: this.varint() };
  }
}

/**
 * Reads a LevelDB-style sorted table, as TensorFlow writes variables.index (tsl/lib/io/format.h, core/lib/io/block.cc).
 * Every block that is read is checked against its checksum, as the server does.
 * @throws TableError
 */
export function readTable(file: Uint8Array): SortedTable {
  if (file.length < FOOTER) {
    throw new TableError(
      "too-short",
      `has ${file.length} byte${file.length === 1 ? "" : "s"}, a table at least ${FOOTER}: it is too short`,
      0,
    );
  }
  const footer = file.length - FOOTER;
  if (!endsAsTable(file)) {
    const end = magicEnd(file);
    if (end !== undefined)
      throw new TableError(
        "bad-magic",
        `${file.length - end} byte${file.length - end === 1 ? " follows" : "s follow"} the end of its table`,
        end,
      );
    throw new TableError("bad-magic", "does not end with the magic number of a table", file.length - 8);
  }
  const cursor = new Cursor(file, footer, file.length - 8, 0);
  const metaindex = cursor.handle();
  const index = cursor.handle();
  const handles = readBlock(file, index, "index block", footer);
  const dataBlocks: DataBlock[] = [];
  const entries: TableEntry[] = [];
  // A block is referred to once; a table that refers to one again and again would grow without bound in memory.
  let blockBytes = 0;
  const budget = { keyBytes: KEY_BUDGET + 64 * file.length };
  walkBlock(handles.contents, index.offset, budget, (_key, value) => {
    const handle = new Cursor(value, 0, value.length, index.offset).handle();
    blockBytes += handle.size + TRAILER;
    if (blockBytes > file.length) throw new TableError("malformed", "blocks overlap", index.offset);
    const block = readBlock(file, handle, "data block", footer);
    dataBlocks.push({ ...handle, compression: block.compression });
    walkBlock(block.contents, handle.offset, budget, (key, bytes) => {
      entries.push({ key, value: bytes });
    });
  });
  return { fileSize: file.length, metaindex, index, dataBlocks, entries };
}

/** Whether the metaindex block (which the server never reads) is sound too. */
export function checkMetaindex(file: Uint8Array, table: SortedTable): TableError | undefined {
  try {
    readBlock(file, table.metaindex, "metaindex block", file.length - FOOTER);
    return undefined;
  } catch (error) {
    if (error instanceof TableError) return error;
    throw error;
  }
}

function readBlock(
  file: Uint8Array,
  handle: BlockHandle,
  what: string,
  limit: number,
): { contents: Uint8Array; compression: "none" | "snappy" } {
  const { offset, size } = handle;
  const end = offset + size;
  if (!(end + TRAILER <= limit)) {
    throw new TableError(
      "malformed",
      `the ${what} (${size} bytes at ${offset}) lies outside of the file`,
      offset,
    );
  }
  const stored =
    (file[end + 1]! | (file[end + 2]! << 8) | (file[end + 3]! << 16) | (file[end + 4]! << 24)) >>> 0;
  if (crc32c(file, 0, offset, end + 1) !== unmaskCrc(stored)) {
    throw new TableError(
      "checksum",
      `checksum of the ${what} (${size} bytes at ${offset}) does not match`,
      offset,
    );
  }
  const contents = file.subarray(offset, end);
  const type = file[end]!;
  if (type === 0) return { contents, compression: "none" };
  if (type !== 1)
    throw new TableError(
      "malformed",
      `the ${what} at ${offset} has the block type ${type}: TensorFlow reads none (0) and Snappy (1), no other compression`,
      end,
    );
  try {
    return { contents: unsnappy(contents), compression: "snappy" };
  } catch (error) {
    if (!(error instanceof SnappyError)) throw error;
    throw new TableError(
      "malformed",
      `the ${what} at ${offset} is no sound Snappy block: ${error.message}`,
      offset,
    );
  }
}

/** Calls `visit` for each entry. Keys are joined from the part shared with the previous one and their own part. */
function walkBlock(
  block: Uint8Array,
  base: number,
  budget: { keyBytes: number },
  visit: (key: Uint8Array, value: Uint8Array) => void,
): void {
  const bad = (message: string): never => {
    throw new TableError("malformed", `${message} in the block at ${base}`, base);
  };
  if (block.length < 4) bad("no restart count");
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const restarts = view.getUint32(block.length - 4, true);
  if (restarts > (block.length - 4) / 4) bad("impossible restart count");
  const end = block.length - 4 - restarts * 4;
  const cursor = new Cursor(block, 0, end, base);
  let key = new Uint8Array(0);
  while (cursor.at < end) {
    const shared = cursor.varint();
    const own = cursor.varint();
    const length = cursor.varint();
    if (shared > key.length || own + length > end - cursor.at) bad("an entry runs over the end");
    if (shared === 0) key = block.subarray(cursor.at, cursor.at + own) as Uint8Array<ArrayBuffer>;
    else {
      budget.keyBytes -= shared + own;
      if (budget.keyBytes < 0) bad("keys add up to more than any table holds");
      const joined = new Uint8Array(shared + own);
      joined.set(key.subarray(0, shared));
      joined.set(block.subarray(cursor.at, cursor.at + own), shared);
      key = joined;
    }
    cursor.at += own;
    const value = block.subarray(cursor.at, cursor.at + length);
    cursor.at += length;
    visit(key, value);
  }
}
