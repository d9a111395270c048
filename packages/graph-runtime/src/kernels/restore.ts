import {
  ModelReadError,
  openVariables,
  unmaskCrc,
  type VariableEntry,
  type VariablesIndex,
} from "@servable/model-layout";
import type { DType, Tensor } from "@servable/tensors";
import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable, RunContext } from "../kernel.ts";
import { dtypeName, shapeText, strings, type Value } from "../value.ts";
import { strided, stridesOf } from "./strided.ts";
import { pathOf } from "./variables.ts";

const utf8 = new TextDecoder();

function openIndex(prefix: string, run: RunContext): VariablesIndex {
  const known = run.resources.others.get(`checkpoint ${prefix}`);
  if (known) return known as VariablesIndex;
  let index: VariablesIndex;
  try {
    index = openVariables(prefix, run.resources.fs);
  } catch (error) {
    if (error instanceof ModelReadError) throw indexError(error, prefix);
    throw error;
  }
  const minConsumer = index.header.versionMinConsumer;
  if (minConsumer > 1) {
    throw invalid(
      `Checkpoint min consumer version ${minConsumer} above current version 1 for TensorFlow 2.17.1.  Please upgrade TensorFlow.`,
    );
  }
  run.resources.others.set(`checkpoint ${prefix}`, index);
  return index;
}

/** What TensorFlow's bundle reader says of an index that can't be read. */
function indexError(error: ModelReadError, prefix: string): GraphError {
  const kind = (error.cause as { kind?: string } | undefined)?.kind;
  if (error.fault === "not-found") {
    return new GraphError(
      "NOT_FOUND",
      `Unsuccessful TensorSliceReader constructor: Failed to find any matching files for ${prefix}`,
    );
  }
  if (error.fault === "unreadable")
    return new GraphError("PERMISSION_DENIED", `${prefix}.index; Permission denied`);
  if (kind === "too-short") return new GraphError("DATA_LOSS", "file is too short to be an sstable");
  if (kind === "bad-magic") return new GraphError("DATA_LOSS", "not an sstable (bad magic number)");
  return new GraphError(
    "DATA_LOSS",
    `Unable to read file (${prefix}.index). Perhaps the file is corrupt or was produced by a newer version of TensorFlow with format changes (failed to seek to header entry): ${error.fault === "checksum" ? "block checksum mismatch" : error.reason}`,
  );
}

function shardError(error: ModelReadError, entry: VariableEntry, index: VariablesIndex): GraphError {
  if (error.fault === "not-found")
    return new GraphError("NOT_FOUND", `${error.file}; No such file or directory`);
  if (error.fault === "unreadable")
    return new GraphError("PERMISSION_DENIED", `${error.file}; Permission denied`);
  if (error.fault === "checksum") {
    // The reader gives both masked, as they are stored; TensorFlow prints them unmasked.
    const [stored, given] = (/stored checksum (\d+) but the bytes give (\d+)/.exec(error.reason) ?? [])
      .slice(1)
      .map((text) => unmaskCrc(Number(text)));
    return new GraphError(
      "DATA_LOSS",
      /string lengths/.test(error.reason)
        ? `The length checksum does not match: expected ${String(stored).padStart(8, "0")} but actual is ${String(given).padStart(8, "0")}`
        : `TensorBundle at ${index.prefix} shard ${entry.shard} (${entry.size} bytes): Checksum does not match: stored ${stored} vs. calculated on the restored bytes ${given}`,
    );
  }
  if (/bytes but|became shorter|takes/.test(error.reason))
    return new GraphError("OUT_OF_RANGE", "Read less bytes than requested");
  return new GraphError("DATA_LOSS", error.message);
}

const WIDTHS: Partial<Record<DType, number>> = {
  DT_FLOAT: 4,
  DT_DOUBLE: 8,
  DT_INT32: 4,
  DT_UINT8: 1,
  DT_INT16: 2,
  DT_INT8: 1,
  DT_COMPLEX64: 8,
  DT_INT64: 8,
  DT_BOOL: 1,
  DT_QINT8: 1,
  DT_QUINT8: 1,
  DT_QINT32: 4,
  DT_BFLOAT16: 2,
  DT_QINT16: 2,
  DT_QUINT16: 2,
  DT_UINT16: 2,
  DT_COMPLEX128: 16,
  DT_HALF: 2,
  DT_UINT32: 4,
  DT_UINT64: 8,
};

function checkSize(entry: VariableEntry): void {
  const width = WIDTHS[entry.dtype];
  if (width === undefined || entry.shape === null || entry.slices.length > 0) return;
  const expected = entry.shape.reduce((n, size) => n * size, width);
  if (Number(entry.size) !== expected) {
    throw new GraphError(
      "DATA_LOSS",
      `Invalid size in bundle entry: key ${entry.key}; stored size ${entry.size}; expected size ${expected}`,
    );
  }
}

/** Reads one tensor; the shape in the index is what counts, as it is for the server. */
function readEntry(index: VariablesIndex, entry: VariableEntry): Tensor {
  checkSize(entry);
  try {
    return index.readTensor(entry.key);
  } catch (error) {
    if (!(error instanceof ModelReadError)) throw error;
    throw shardError(error, partAtFault(index, entry, error), index);
  }
}

/** Of a tensor stored in slices, the one that an error is about. */
function partAtFault(index: VariablesIndex, entry: VariableEntry, error: ModelReadError): VariableEntry {
  if (entry.slices.length === 0) return entry;
  for (const extents of entry.slices) {
    const part = index.sliceEntry(entry, extents);
    if (part && error.reason.startsWith(`${part.key}:`)) return part;
  }
  return entry;
}

/** `shape_and_slices`: the full shape, then begin and length of each dimension (`-` for all). Empty: all of it. */
function cut(tensor: Tensor, spec: string, key: string): Value {
  if (spec === "") return tensor;
  const words = spec.trim().split(/\s+/);
  const ranges = (words.pop() ?? "").split(":");
  const full = words.map(Number);
  if (full.length !== tensor.shape.length || full.some((n, d) => n !== tensor.shape[d])) {
    throw invalid(
      `tensor_name = ${key}; shape in shape_and_slice spec ${shapeText(full)} does not match the shape stored in checkpoint: ${shapeText(tensor.shape)}`,
    );
  }
  const begin: number[] = [];
  const size: number[] = [];
  for (const [d, range] of ranges.entries()) {
    const [from, length] = range === "-" ? [0, tensor.shape[d]!] : range.split(",").map(Number);
    begin.push(from!);
    size.push(length!);
    if (!(from! >= 0) || !(length! >= 0) || from! + length! > tensor.shape[d]!) {
      throw invalid(`Invalid shape_and_slice specification '${spec}'`);
    }
  }
  const strides = stridesOf(tensor.shape);
  return strided(
    tensor,
    size,
    strides,
    begin.reduce((at, from, d) => at + from * strides[d]!, 0),
  );
}

const restore: KernelFactory = (node) => {
  const dtypes = node.attrs.dtypes("dtypes");
  return ([prefixValue, names, slices], run) => {
    const prefix = pathOf(prefixValue!);
    const index = openIndex(prefix, run);
    const specs = strings(slices!).map((text) => utf8.decode(text));
    const wanted = strings(names!).map((text, i) => {
      const key = utf8.decode(text);
      const entry = index.entry(key);
      if (!entry) throw new GraphError("NOT_FOUND", `Key ${key} not found in checkpoint`);
      const dtype = dtypes[i]!;
      if (entry.dtype !== dtype) {
        throw invalid(
          `tensor_name = ${key}; expected dtype ${dtypeName(dtype)} does not equal original dtype ${dtypeName(entry.dtype)}`,
        );
      }
      return entry;
    });
    return wanted.map((entry, i) => cut(readEntry(index, entry), specs[i] ?? "", entry.key));
  };
};

const refuseWrite: KernelFactory = (node) => () => {
  throw new GraphError("PERMISSION_DENIED", `${node.op} would write files, which this runtime never does`);
};

/** Ops of checkpoints. Those that write are refused when they run, not before: every graph holds them. */
export const restoreKernels: KernelTable = {
  RestoreV2: restore,
  SaveV2: refuseWrite,
  MergeV2Checkpoints: refuseWrite,
  ShardedFilename: (node) => {
    const pad = (n: number): string => String(n).padStart(5, "0");
    void node;
    return ([base, shard, count]) => ({
      dtype: "DT_STRING",
      shape: [],
      data: [
        new TextEncoder().encode(
          `${pathOf(base!)}-${pad(Number(shard!.data[0]))}-of-${pad(Number(count!.data[0]))}`,
        ),
      ],
    });
  },
};
