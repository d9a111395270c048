import { describeFileError, FileSystemError, type OpenFile, readFully } from "../files/model-file-system.ts";
import { END_GROUP, LENGTH, START_GROUP, WireError, WireReader } from "../wire/wire-reader.ts";
import { ModelReadError } from "./saved-model-error.ts";

/** Where a part of a file lies. */
export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

const WINDOW = 1 << 16;

/**
 * Protobuf fields read straight from a file through a small window, so that the graph of a model (often nearly all of
 * saved_model.pb) is stepped over without being read.
 */
export class FileWireReader {
  readonly #file: OpenFile;
  readonly #end: number;
  #at: number;
  #window = new Uint8Array(0);
  #windowStart = 0;

  constructor(file: OpenFile, start = 0, end = file.size) {
    this.#file = file;
    this.#at = start;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** A reader at the current place over at most `length` bytes (all of them up to a tag and a number). */
  #cursor(): WireReader {
    const need = Math.min(24, this.#end - this.#at);
    const inside = this.#at - this.#windowStart;
    if (inside < 0 || inside + need > this.#window.length) {
      const window = new Uint8Array(Math.min(WINDOW, this.#end - this.#at));
      const got = readFully(this.#file, window, this.#at);
      this.#window = window.subarray(0, got);
      this.#windowStart = this.#at;
      if (got < need) throw new WireError("the file became shorter while it was read", this.#at);
    }
    const start = this.#at - this.#windowStart;
    return new WireReader(this.#window, start, Math.min(this.#window.length, start + (this.#end - this.#at)));
  }

  #within<T>(read: (cursor: WireReader) => T): T {
    const cursor = this.#cursor();
    const before = cursor.at;
    try {
      const value = read(cursor);
      this.#at += cursor.at - before;
      return value;
    } catch (error) {
      if (error instanceof WireError) throw new WireError(error.message, this.#at);
      throw error;
    }
  }

  tag(): number {
    return this.#within((cursor) => cursor.tag());
  }

  int64(): ReturnType<WireReader["int64"]> {
    return this.#within((cursor) => cursor.int64());
  }

  /** Range of a length-delimited field; the place moves behind it. */
  range(): ByteRange {
    const start = this.#at;
    const length = this.#within((cursor) => {
      // The length must be judged against the file, not against the window.
      let value = 0;
      for (let index = 0; index < 5; index++) {
        if (cursor.at >= cursor.end) throw new WireError("ends inside a length", start);
        const byte = cursor.bytes[cursor.at++]!;
        value += (byte & 0x7f) * 2 ** (index * 7);
        if (byte < 0x80) return value;
      }
      throw new WireError("length of more than 5 bytes", start);
    });
    if (length > this.#end - this.#at) {
      throw new WireError(`a field of ${length} bytes has only ${this.#end - this.#at} left`, start);
    }
    const range = { start: this.#at, length };
    this.#at += length;
    return range;
  }

  /** The bytes of a range of this file; a view of the window where they fit into it. */
  load(range: ByteRange): Uint8Array {
    const inside = range.start - this.#windowStart;
    if (inside >= 0 && inside + range.length <= this.#window.length) {
      return this.#window.subarray(inside, inside + range.length);
    }
    const bytes = new Uint8Array(range.length);
    if (readFully(this.#file, bytes, range.start) < range.length) {
      throw new WireError("the file became shorter while it was read", range.start);
    }
    return bytes;
  }

  /** A reader of a part of this file that shares nothing but the file and the window. */
  inside(range: ByteRange): FileWireReader {
    const reader = new FileWireReader(this.#file, range.start, range.start + range.length);
    reader.#window = this.#window;
    reader.#windowStart = this.#windowStart;
    return reader;
  }

  skip(tag: number, depth = 0): void {
    const type = tag & 7;
    if (type === LENGTH) this.range();
    else if (type === START_GROUP) {
      if (depth > 100) throw new WireError("groups nested too deep", this.#at);
      for (;;) {
        if (this.done) throw new WireError("ends inside a group", this.#at);
        const inner = this.tag();
        if ((inner & 7) === END_GROUP) {
          if (inner >>> 3 !== tag >>> 3) throw new WireError("group ends with another number", this.#at);
          return;
        }
        this.skip(inner, depth + 1);
      }
    } else this.#within((cursor) => cursor.skip(tag));
  }
}

/** Turns what goes wrong below into the one error that callers see. */
export function asReadError(error: unknown, file: string): unknown {
  if (error instanceof WireError) {
    return new ModelReadError("malformed", file, `${error.message} (at byte ${error.offset})`, {
      cause: error,
    });
  }
  if (error instanceof FileSystemError) {
    const fault =
      error.code === "ENOENT" || error.code === "ENOTDIR"
        ? "not-found"
        : error.code === "EISDIR" || error.code === "NOT_A_FILE"
          ? "not-a-file"
          : error.code === "SHRANK"
            ? "changed"
            : "unreadable";
    return new ModelReadError(fault, error.path || file, describeFileError(error.code), { cause: error });
  }
  return error;
}
