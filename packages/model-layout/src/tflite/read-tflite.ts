import type { DType, PartialShape } from "@servable/tensors";
import { joinPath, type ModelFileSystem, readWholeFile } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import { readSignature, type Signature, sortedByKey } from "../saved-model/signature.ts";
import { WireError, WireReader } from "../wire/wire-reader.ts";

/** A tensor of a TFLite model. */
export interface TfliteTensor {
  readonly name: string;
  readonly dtype: DType;
  /** -1 for an unknown dimension (shape_signature, where the file has one). */
  readonly shape: PartialShape;
}

/** What a model.tflite says about itself. */
export interface TfliteModel {
  readonly file: string;
  readonly version: number;
  readonly description: string;
  /** Inputs and outputs of the first subgraph. */
  readonly inputs: readonly TfliteTensor[];
  readonly outputs: readonly TfliteTensor[];
  /** Signatures of the flatbuffer: alias to tensor. */
  readonly signatures: ReadonlyMap<
    string,
    {
      readonly inputs: ReadonlyMap<string, TfliteTensor>;
      readonly outputs: ReadonlyMap<string, TfliteTensor>;
    }
  >;
  /** Names of metadata buffers. */
  readonly metadata: readonly string[];
  /** SignatureDefs of the metadata buffer `signature_defs_metadata`: the ones that the server offers. */
  readonly signatureDefs: ReadonlyMap<string, Signature>;
}

const TYPES: readonly DType[] = [
  "DT_FLOAT",
  "DT_HALF",
  "DT_INT32",
  "DT_UINT8",
  "DT_INT64",
  "DT_STRING",
  "DT_BOOL",
  "DT_INT16",
  "DT_COMPLEX64",
  "DT_INT8",
  "DT_DOUBLE",
  "DT_COMPLEX128",
  "DT_UINT64",
  "DT_RESOURCE",
  "DT_VARIANT",
  "DT_UINT32",
  "DT_UINT16",
  "DT_INT4",
];

class FlatbufferError extends Error {}

/** Tables, vectors and strings of a flatbuffer, every offset checked. */
class Flatbuffer {
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint32(at: number): number {
    if (at < 0 || at + 4 > this.view.byteLength)
      throw new FlatbufferError(`an offset leads to byte ${at}, outside of the file`);
    return this.view.getUint32(at, true);
  }

  /** Place of a field's value, or 0 when it is absent. */
  field(table: number, index: number): number {
    const vtable = table - (this.uint32(table) | 0);
    if (vtable < 0 || vtable + 4 > this.view.byteLength)
      throw new FlatbufferError("a table has no valid vtable");
    const size = this.view.getUint16(vtable, true);
    const slot = 4 + index * 2;
    if (slot + 2 > size || vtable + slot + 2 > this.view.byteLength) return 0;
    const offset = this.view.getUint16(vtable + slot, true);
    return offset === 0 ? 0 : table + offset;
  }

  follow(at: number): number {
    return at + this.uint32(at);
  }

  byte(at: number): number {
    if (at >= this.view.byteLength) throw new FlatbufferError("a field lies outside of the file");
    return this.view.getInt8(at);
  }

  /** Where the first element of a vector field is, and how many there are: none when absent. */
  place(table: number, index: number, width: number): { readonly start: number; readonly count: number } {
    const at = this.field(table, index);
    if (at === 0) return { start: 0, count: 0 };
    const start = this.follow(at);
    const count = this.uint32(start);
    if (count * width > this.view.byteLength - start - 4)
      throw new FlatbufferError("a vector runs over the end of the file");
    return { start: start + 4, count };
  }

  /** Places of the elements of a vector field; empty when absent. */
  vector(table: number, index: number, width = 4): number[] {
    const { start, count } = this.place(table, index, width);
    return Array.from({ length: count }, (_, item) => start + item * width);
  }

  tables(table: number, index: number): number[] {
    return this.vector(table, index).map((at) => this.follow(at));
  }

  text(table: number, index: number): string {
    const at = this.field(table, index);
    if (at === 0) return "";
    const start = this.follow(at);
    const length = this.uint32(start);
    if (length > this.view.byteLength - start - 4)
      throw new FlatbufferError("a string runs over the end of the file");
    return new TextDecoder().decode(
      new Uint8Array(this.view.buffer, this.view.byteOffset + start + 4, length),
    );
  }
}

/** Reads a TFLite flatbuffer. @throws ModelReadError */
export function parseTflite(bytes: Uint8Array, file: string): TfliteModel {
  if (bytes.length < 8 || String.fromCharCode(...bytes.subarray(4, 8)) !== "TFL3") {
    throw new ModelReadError("malformed", file, "has no TFLite identifier (TFL3) at byte 4");
  }
  try {
    const buffer = new Flatbuffer(bytes);
    const model = buffer.follow(0);
    const versionAt = buffer.field(model, 0);
    const subgraphs = buffer.tables(model, 2);
    const tensorsOf = (subgraph: number | undefined): TfliteTensor[] =>
      subgraph === undefined
        ? []
        : buffer.tables(subgraph, 0).map((tensor) => {
            const signature = buffer.vector(tensor, 7);
            const dims = (signature.length > 0 ? signature : buffer.vector(tensor, 0)).map(
              (at) => buffer.uint32(at) | 0,
            );
            const type = buffer.field(tensor, 1);
            return {
              name: buffer.text(tensor, 3),
              dtype: TYPES[type === 0 ? 0 : buffer.byte(type)] ?? "DT_INVALID",
              shape: dims,
            };
          });
    // The weights, which nothing here reads: a file that is cut off shows in them.
    for (const data of buffer.tables(model, 4)) buffer.place(data, 0, 1);
    const first = subgraphs[0];
    const tensors = tensorsOf(first);
    const pick = (list: readonly TfliteTensor[], index: number): TfliteTensor => {
      const tensor = list[index];
      if (tensor === undefined)
        throw new FlatbufferError(`tensor ${index} is named but there are ${list.length}`);
      return tensor;
    };
    const ends = (index: number): TfliteTensor[] =>
      first === undefined ? [] : buffer.vector(first, index).map((at) => pick(tensors, buffer.uint32(at)));
    const signatures = new Map(
      buffer.tables(model, 7).map((signature) => {
        const subgraphAt = buffer.field(signature, 4);
        const list = tensorsOf(subgraphs[subgraphAt === 0 ? 0 : buffer.uint32(subgraphAt)]);
        const aliases = (index: number): Map<string, TfliteTensor> =>
          new Map(
            buffer.tables(signature, index).map((map) => {
              const at = buffer.field(map, 1);
              return [buffer.text(map, 0), pick(list, at === 0 ? 0 : buffer.uint32(at))];
            }),
          );
        return [buffer.text(signature, 2), { inputs: aliases(0), outputs: aliases(1) }] as const;
      }),
    );
    return {
      file,
      version: versionAt === 0 ? 0 : buffer.uint32(versionAt),
      description: buffer.text(model, 3),
      inputs: ends(1),
      outputs: ends(2),
      signatures,
      metadata: buffer.tables(model, 6).map((entry) => buffer.text(entry, 0)),
      signatureDefs: metadataSignatures(buffer, model, bytes),
    };
  } catch (error) {
    if (error instanceof FlatbufferError || error instanceof WireError)
      throw new ModelReadError("malformed", file, error.message);
    throw error;
  }
}

function metadataSignatures(buffer: Flatbuffer, model: number, bytes: Uint8Array): Map<string, Signature> {
  const signatures = new Map<string, Signature>();
  const entry = buffer.tables(model, 6).find((at) => buffer.text(at, 0) === "signature_defs_metadata");
  if (entry === undefined) return signatures;
  const indexAt = buffer.field(entry, 1);
  const data = buffer.tables(model, 4)[indexAt === 0 ? 0 : buffer.uint32(indexAt)];
  if (data === undefined) return signatures;
  const vector = buffer.vector(data, 0, 1);
  if (vector.length === 0) return signatures;
  for (const [key, value] of flexMap(bytes.subarray(vector[0], vector[0]! + vector.length))) {
    signatures.set(key, readSignature(new WireReader(value)));
  }
  return sortedByKey(signatures);
}

/**
 * A FlexBuffer whose root is a map of strings or blobs: the form in which the converter stores serialized SignatureDefs.
 * Empty for anything else.
 */
function flexMap(bytes: Uint8Array): [string, Uint8Array][] {
  const uint = (at: number, width: number): number => {
    if (at < 0 || at + width > bytes.length) throw new FlatbufferError("the signature metadata is cut off");
    let value = 0;
    for (let index = width - 1; index >= 0; index--) value = value * 256 + bytes[at + index]!;
    return value;
  };
  if (bytes.length < 3) return [];
  const rootWidth = bytes[bytes.length - 1]!;
  const packed = bytes[bytes.length - 2]!;
  if (packed >> 2 !== 9 || ![1, 2, 4, 8].includes(rootWidth)) return [];
  const rootAt = bytes.length - 2 - rootWidth;
  const map = rootAt - uint(rootAt, rootWidth);
  const width = 1 << (packed & 3);
  const count = uint(map - width, width);
  const keyWidth = uint(map - 2 * width, width);
  const keys = map - 3 * width - uint(map - 3 * width, width);
  if (![1, 2, 4, 8].includes(keyWidth) || count > bytes.length) {
    throw new FlatbufferError("the signature metadata is no map");
  }
  return Array.from({ length: count }, (_, index) => {
    const keyAt = keys + index * keyWidth - uint(keys + index * keyWidth, keyWidth);
    const end = keyAt < 0 ? -1 : bytes.indexOf(0, keyAt);
    if (end < 0) throw new FlatbufferError("a key of the signature metadata is cut off");
    const slot = map + index * width;
    const start = slot - uint(slot, width);
    const sizeWidth = 1 << (uint(map + count * width + index, 1) & 3);
    const size = uint(start - sizeWidth, sizeWidth);
    if (size > bytes.length - start) throw new FlatbufferError("a signature in the metadata is cut off");
    return [new TextDecoder().decode(bytes.subarray(keyAt, end)), bytes.subarray(start, start + size)];
  });
}

/** model.tflite of a version directory, or undefined without one. @throws ModelReadError */
export function readTflite(
  versionDir: string,
  fs: ModelFileSystem = nodeFileSystem,
): TfliteModel | undefined {
  const file = joinPath(versionDir, "model.tflite");
  try {
    return parseTflite(readWholeFile(fs, file), file);
  } catch (error) {
    const read = asReadError(error, file);
    if (read instanceof ModelReadError && read.fault === "not-found") return undefined;
    throw read;
  }
}
