import {
  FileSystemError,
  type ModelFileSystem,
  type OpenFile,
  readFully,
} from "../files/model-file-system.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import { type ChecksumBuffer, checksumBuffer, maskCrc } from "../table/crc32c.ts";
import type { VariableEntry } from "./bundle-entry.ts";
import { expectedSize, readStrings, readVariants, StoredTensorError } from "./stored-tensor.ts";

/** A stored tensor (or a whole shard) whose bytes are not what was written. */
export interface ChecksumFault {
  /** Path of the data file. */
  readonly file: string;
  /** Absent where the file itself can't be read. */
  readonly entry?: VariableEntry;
  readonly kind: "checksum" | "size" | "layout" | "unreadable";
  readonly message: string;
}

/** Options of {@link verifyStoredChecksums}. */
export interface VerifyOptions {
  /** Called with the bytes checked since the last call, for a progress bar. */
  readonly onBytes?: (bytes: number) => void;
}

/** What an index says of the data files. */
interface StoredTensors {
  readonly header: { readonly numShards: number };
  readonly entries: readonly VariableEntry[];
  shardFile(index: number): { readonly path: string };
}

/** Checks every tensor against its checksum, shard by shard in order of offset; yields what does not match. */
export function* verifyStoredChecksums(
  index: StoredTensors,
  fs: ModelFileSystem,
  options: VerifyOptions,
): Generator<ChecksumFault> {
  const byShard = new Map<number, VariableEntry[]>();
  for (const entry of index.entries) {
    if (entry.slices.length > 0) continue;
    const list = byShard.get(entry.shard);
    if (list === undefined) byShard.set(entry.shard, [entry]);
    else list.push(entry);
  }
  const buffer = checksumBuffer();
  for (const [shard, entries] of [...byShard].sort(([a], [b]) => a - b)) {
    if (shard < 0 || shard >= index.header.numShards) continue; // found by comparing index and files
    const { path } = index.shardFile(shard);
    let file: OpenFile;
    try {
      file = fs.open(path);
    } catch (error) {
      const read = asReadError(error, path);
      if (!(read instanceof ModelReadError)) throw read;
      yield { file: path, kind: "unreadable", message: read.reason };
      continue;
    }
    try {
      entries.sort((a, b) => Number(a.offset) - Number(b.offset));
      for (const entry of entries) {
        const fault = verifyEntry(entry, file, buffer, path, options);
        if (fault !== undefined) yield fault;
      }
    } finally {
      file.close();
    }
  }
}

function verifyEntry(
  entry: VariableEntry,
  file: OpenFile,
  buffer: ChecksumBuffer,
  path: string,
  options: VerifyOptions,
): ChecksumFault | undefined {
  const { offset, size } = entry;
  if (
    typeof offset !== "number" ||
    typeof size !== "number" ||
    offset < 0 ||
    size < 0 ||
    offset + size > file.size
  ) {
    return {
      file: path,
      entry,
      kind: "size",
      message: `${size} bytes from ${offset} on lie outside of the file`,
    };
  }
  try {
    if (entry.dtype === "DT_STRING" || entry.dtype === "DT_VARIANT") {
      const bytes = new Uint8Array(size);
      if (readFully(file, bytes, offset) < size) throw new FileSystemError("SHRANK", path);
      if (entry.dtype === "DT_STRING") readStrings(entry, bytes);
      else readVariants(entry, bytes);
      options.onBytes?.(size);
      return undefined;
    }
    const want = expectedSize(entry);
    if (want !== undefined && want !== size) {
      return {
        file: path,
        entry,
        kind: "size",
        message: `${size} bytes are stored but shape and dtype ask for ${want}`,
      };
    }
    let crc = 0;
    for (let at = 0; at < size; ) {
      const part = buffer.bytes.subarray(0, size - at);
      const got = readFully(file, part, offset + at);
      if (got < part.length) throw new FileSystemError("SHRANK", path);
      crc = buffer.take(got, crc);
      at += got;
      options.onBytes?.(got);
    }
    if (maskCrc(crc) !== entry.crc32c) {
      const message = `stored checksum ${entry.crc32c} but the bytes give ${maskCrc(crc)}`;
      return { file: path, entry, kind: "checksum", message };
    }
    return undefined;
  } catch (error) {
    if (error instanceof StoredTensorError) {
      const kind = error.kind === "checksum" ? "checksum" : error.kind === "layout" ? "layout" : "size";
      return { file: path, entry, kind, message: error.message };
    }
    const read = asReadError(error, path);
    if (read instanceof ModelReadError)
      return { file: path, entry, kind: "unreadable", message: read.reason };
    throw read;
  }
}
