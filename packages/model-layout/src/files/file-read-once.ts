import { type OpenFile, readAll } from "./model-file-system.ts";

/** Files up to this size are read whole when they are opened: a look at their outline takes as many bytes. */
const SMALL = 1 << 16;

/** A file that is read from the disk once, however many look at it. */
export class FileReadOnce {
  readonly path: string;
  readonly #open: () => OpenFile;
  #bytes: Uint8Array | undefined;

  constructor(path: string, open: () => OpenFile) {
    this.path = path;
    this.#open = open;
  }

  /** All of it. @throws FileSystemError (`EFBIG` from 2 GiB on), and what opening throws */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      const file = this.#open();
      try {
        this.#bytes = readAll(file, this.path);
      } finally {
        file.close();
      }
    }
    return this.#bytes;
  }

  /** For reading parts of it. @throws FileSystemError, and what opening throws */
  open(): OpenFile {
    if (this.#bytes !== undefined) return bytesAsFile(this.#bytes);
    const file = this.#open();
    if (file.size > SMALL) return file;
    try {
      this.#bytes = readAll(file, this.path);
      return bytesAsFile(this.#bytes);
    } finally {
      file.close();
    }
  }
}

/** Bytes in memory as an open file. */
export function bytesAsFile(bytes: Uint8Array): OpenFile {
  return {
    size: bytes.length,
    read: (target, position) => {
      const part = bytes.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
    close: () => {},
  };
}
