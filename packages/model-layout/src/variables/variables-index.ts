import { elementCount, type Tensor, TensorError } from "@servable/tensors";
import {
  joinPath,
  type ModelFileSystem,
  type OpenFile,
  readFully,
  readWholeFile,
} from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import { type BlockHandle, type DataBlock, readTable, TableError } from "../table/sorted-table.ts";
import { WireError } from "../wire/wire-reader.ts";
import {
  type BundleHeader,
  readBundleEntry,
  readBundleHeader,
  toHex,
  type VariableEntry,
} from "./bundle-entry.ts";
import { joinSlices, sliceShape } from "./join-slices.ts";
import { shardName } from "./shard-name.ts";
import { encodeSliceKey } from "./slice-key.ts";
import { readStoredTensor, StoredTensorError } from "./stored-tensor.ts";
import { type ChecksumFault, type VerifyOptions, verifyStoredChecksums } from "./verify-checksums.ts";

/** Where the blocks of the table lie in variables.index. */
export interface IndexLayout {
  readonly dataBlocks: readonly DataBlock[];
  readonly metaindex: BlockHandle;
  readonly index: BlockHandle;
  readonly fileSize: number;
}

/** A data file that the header promises. */
export interface Shard {
  readonly index: number;
  /** `variables.data-00000-of-00001` */
  readonly name: string;
  readonly path: string;
  /** Bytes, or undefined where there is no such regular file. */
  readonly size: number | undefined;
  /** Why it can't be read, where that is known. */
  readonly problem?: ModelReadError;
}

/** The tensors of a SavedModel: what variables.index says, and the data behind it. */
export interface VariablesIndex {
  /** Path of variables.index. */
  readonly file: string;
  /** Path without `.index`. */
  readonly prefix: string;
  readonly header: BundleHeader;
  readonly layout: IndexLayout;
  /** In file order, which is byte order of the keys; slices of partitioned variables come first. */
  readonly entries: readonly VariableEntry[];
  /** Entry of a key given as text (or as hex for one that is not text). */
  entry(key: string): VariableEntry | undefined;
  readonly shards: readonly Shard[];
  /**
   * One variable as a typed array, checked against its checksum; slices are joined.
   * @throws ModelReadError
   */
  readTensor(key: string, options?: { readonly verify?: boolean }): Tensor;
  /** A shard by number, also one that the header does not promise. */
  shardFile(index: number): Shard;
  /** The entry that holds one slice of a partitioned variable. */
  sliceEntry(entry: VariableEntry, extents: VariableEntry["slices"][number]): VariableEntry | undefined;
  /** The stored bytes of an entry without slices. @throws ModelReadError */
  readBytes(entry: VariableEntry): Uint8Array;
  /** Checks every tensor against its checksum, shard by shard in order of offset; yields what does not match. */
  verifyChecksums(options?: VerifyOptions): Generator<ChecksumFault>;
}

function locate(path: string, fs: ModelFileSystem): string {
  // A prefix as TensorFlow takes it (`…/variables/variables`), a variables folder, or a version directory.
  for (const candidate of [joinPath(path, "variables", "variables"), joinPath(path, "variables"), path]) {
    try {
      if (fs.stat(`${candidate}.index`).kind !== "directory") return candidate;
    } catch {
      // the next form
    }
  }
  return joinPath(path, "variables", "variables");
}

/** More shards than any export has; beyond, the number is a changed byte rather than a promise. */
const MAX_SHARDS = 10_000;

/**
 * Opens variables.index of a version directory, of a `variables` folder, or by checkpoint prefix.
 * Every block of the table is checked against its checksum.
 * @throws ModelReadError
 */
export function openVariables(path: string, fs: ModelFileSystem = nodeFileSystem): VariablesIndex {
  return readVariables(locate(path, fs), fs);
}

/** {@link openVariables} for a known prefix, without looking around. @throws ModelReadError */
export function readVariables(
  prefix: string,
  fs: ModelFileSystem,
  index?: { readonly bytes: Uint8Array },
): VariablesIndex {
  const file = `${prefix}.index`;
  let bytes: Uint8Array;
  try {
    bytes = index === undefined ? readWholeFile(fs, file) : index.bytes;
  } catch (error) {
    throw asReadError(error, file);
  }
  const { header, layout, entries } = parseVariablesIndex(bytes, file);
  return new BundleReader(prefix, fs, header, layout, entries);
}

/** @throws ModelReadError */
function readHeader(bytes: Uint8Array, file: string): BundleHeader {
  try {
    return readBundleHeader(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new ModelReadError(
      "malformed",
      file,
      `its first entry, the header, is no BundleHeaderProto: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

/** What variables.index says, from its bytes. @throws ModelReadError */
export function parseVariablesIndex(
  bytes: Uint8Array,
  file: string,
): { header: BundleHeader; layout: IndexLayout; entries: VariableEntry[] } {
  try {
    const { dataBlocks, metaindex, index, fileSize, entries: raw } = readTable(bytes);
    const first = raw[0];
    if (first === undefined)
      throw new ModelReadError("malformed", file, "holds no entry, not even the header");
    const missing = first.key.length > 0;
    const header = readHeader(first.value, file);
    const entries = (missing ? raw : raw.slice(1)).map(({ key, value }) => readBundleEntry(key, value));
    return {
      header: missing ? { ...header, missing: true } : header,
      layout: { dataBlocks, metaindex, index, fileSize },
      entries,
    };
  } catch (error) {
    if (error instanceof TableError) {
      const fault = error.kind === "checksum" ? "checksum" : "malformed";
      throw new ModelReadError(fault, file, error.message, { cause: error });
    }
    if (error instanceof WireError) {
      throw new ModelReadError("malformed", file, `an entry is no BundleEntryProto: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}

class BundleReader implements VariablesIndex {
  readonly prefix: string;
  readonly header: BundleHeader;
  readonly layout: IndexLayout;
  readonly entries: readonly VariableEntry[];
  readonly #fs: ModelFileSystem;
  #byKey: Map<string, VariableEntry> | undefined;
  #shards: Shard[] | undefined;

  constructor(
    prefix: string,
    fs: ModelFileSystem,
    header: BundleHeader,
    layout: IndexLayout,
    entries: readonly VariableEntry[],
  ) {
    this.prefix = prefix;
    this.#fs = fs;
    this.header = header;
    this.layout = layout;
    this.entries = entries;
  }

  get file(): string {
    return `${this.prefix}.index`;
  }

  get shards(): readonly Shard[] {
    if (this.#shards === undefined) {
      const count = Math.max(0, Math.min(this.header.numShards, MAX_SHARDS));
      this.#shards = Array.from({ length: count }, (_, index) => this.shardFile(index));
    }
    return this.#shards;
  }

  shardFile(index: number): Shard {
    const name = shardName(index, this.header.numShards);
    const path = this.prefix.slice(0, this.prefix.lastIndexOf("/") + 1) + name;
    try {
      const stat = this.#fs.stat(path);
      if (stat.kind === "file") return { index, name, path, size: stat.size };
      const problem = new ModelReadError("not-a-file", path, `is a ${stat.kind}, not a regular file`);
      return { index, name, path, size: undefined, problem };
    } catch (error) {
      const problem = asReadError(error, path);
      if (problem instanceof ModelReadError) return { index, name, path, size: undefined, problem };
      throw problem;
    }
  }

  entry(key: string): VariableEntry | undefined {
    this.#byKey ??= new Map(this.entries.map((entry) => [entry.key, entry]));
    return this.#byKey.get(key);
  }

  readBytes(entry: VariableEntry): Uint8Array {
    const { path } = this.shardFile(entry.shard);
    let file: OpenFile | undefined;
    try {
      file = this.#fs.open(path);
      const { offset, size } = entry;
      if (
        typeof offset !== "number" ||
        typeof size !== "number" ||
        offset < 0 ||
        size < 0 ||
        offset + size > file.size
      ) {
        throw new ModelReadError(
          "malformed",
          path,
          `has ${file.size} bytes but ${entry.key} takes ${size} from ${offset} on`,
        );
      }
      const bytes = new Uint8Array(size);
      if (readFully(file, bytes, offset) < size)
        throw new ModelReadError("changed", path, "became shorter while it was read");
      return bytes;
    } catch (error) {
      throw asReadError(error, path);
    } finally {
      file?.close();
    }
  }

  readTensor(key: string, options: { readonly verify?: boolean } = {}): Tensor {
    const entry = this.entry(key);
    if (entry === undefined)
      throw new ModelReadError("not-found", this.file, `holds no key ${JSON.stringify(key)}`);
    return this.#read(entry, options.verify ?? true);
  }

  #read(entry: VariableEntry, verify: boolean): Tensor {
    try {
      if (entry.slices.length > 0) return this.#readSlices(entry, verify);
      // Shape and dtype first: what they ask for bounds what is read.
      if (entry.shape !== null) elementCount(entry.shape);
      const bytes = this.readBytes(entry);
      return readStoredTensor(entry, bytes, { bigEndian: this.header.endianness === "BIG", verify });
    } catch (error) {
      if (error instanceof StoredTensorError || error instanceof TensorError) {
        const checksum = error instanceof StoredTensorError && error.kind === "checksum";
        const file = checksum ? this.shardFile(entry.shard).path : this.file;
        throw new ModelReadError(
          checksum ? "checksum" : "malformed",
          file,
          `${entry.key}: ${error.message}`,
          {
            cause: error,
          },
        );
      }
      throw error;
    }
  }

  #readSlices(entry: VariableEntry, verify: boolean): Tensor {
    const { shape } = entry;
    if (shape === null) throw new StoredTensorError("shape", "has a shape of unknown rank");
    const parts = entry.slices.map((extents) => {
      const part = this.sliceEntry(entry, extents);
      if (part === undefined) throw new StoredTensorError("layout", "one of its slices is not in the index");
      const want = sliceShape(shape, extents);
      if (part.dtype !== entry.dtype || part.shape?.join() !== want.join() || part.slices.length > 0) {
        throw new StoredTensorError(
          "shape",
          `a slice is stored as ${part.dtype} [${part.shape}], not as [${want}]`,
        );
      }
      return { extents, tensor: this.#read(part, verify) };
    });
    return joinSlices(entry.dtype, shape, parts);
  }

  sliceEntry(entry: VariableEntry, extents: VariableEntry["slices"][number]): VariableEntry | undefined {
    return this.entry(toHex(encodeSliceKey(entry.keyBytes, extents)));
  }

  verifyChecksums(options: VerifyOptions = {}): Generator<ChecksumFault> {
    return verifyStoredChecksums(this, this.#fs, options);
  }
}
