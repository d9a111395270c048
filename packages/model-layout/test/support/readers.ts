import { UserError } from "@servable/diagnostics";
import {
  checkModels,
  crc32c,
  ModelReadError,
  maskCrc,
  memoryFileSystem,
  openSavedModel,
  openVariables,
  parseTflite,
  readTfRecords,
} from "../../src/index.ts";
import { checkRecord } from "../../src/warmup/check-record.ts";

/** A version directory whose files are given, the rest empty. */
export type VersionFiles = ReadonlyMap<string, Uint8Array>;

const at = (files: VersionFiles): ReturnType<typeof memoryFileSystem> =>
  memoryFileSystem(new Map([...files].map(([path, bytes]) => [`/m/1/${path}`, bytes])));

/** Runs `read` and lets only the typed errors of the readers pass. */
export function tolerate(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (error instanceof ModelReadError || error instanceof UserError) return;
    throw error;
  }
}

/** Everything that reads saved_model.pb: the lazy walk, the graph, every rule about it, the report. */
export function readSavedModel(bytes: Uint8Array, beside: VersionFiles): void {
  const fs = at(new Map([...beside, ["saved_model.pb", bytes]]));
  tolerate(() => {
    const model = openSavedModel("/m/1", fs);
    for (const graph of model.metaGraphs) graph.graphDef();
  });
  checkModels("/m", { fs, level: "graph" });
}

/** Everything that reads variables.index and the data behind it. */
export function readIndex(bytes: Uint8Array, beside: VersionFiles): void {
  const fs = at(new Map([...beside, ["variables/variables.index", bytes]]));
  tolerate(() => {
    const index = openVariables("/m/1", fs);
    for (const fault of index.verifyChecksums()) void fault.message;
    for (const { key } of index.entries.slice(0, 50)) tolerate(() => void index.readTensor(key));
  });
  checkModels("/m", { fs, level: "bytes" });
}

/** Everything that reads warm-up files. */
export function readRecords(bytes: Uint8Array, beside: VersionFiles): void {
  const name = "assets.extra/tf_serving_warmup_requests";
  const fs = at(new Map([...beside, [name, bytes]]));
  const file = fs.open(`/m/1/${name}`);
  for (const { data } of readTfRecords(file))
    for (const finding of checkRecord(data, new Map())) void finding.message;
  checkModels("/m", { fs, level: "graph" });
}

/** Records in a row as one file that frames whatever is in them, so that the log behind the checksums is reached. */
export function frame(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskCrc(crc32c(bytes.subarray(0, 8))), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskCrc(crc32c(data)), true);
  return bytes;
}

/** Puts the checksums of all blocks of a table right, where its footer and index can still be read. */
export function repairTable(bytes: Uint8Array): Uint8Array {
  const fixed = bytes.slice();
  const varint = (from: number): [value: number, next: number] => {
    let value = 0;
    let shift = 0;
    let place = from;
    for (; place < fixed.length && shift < 35; shift += 7) {
      const byte = fixed[place++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return [value, place];
  };
  const repair = (offset: number, size: number): boolean => {
    const end = offset + size;
    if (end + 5 > fixed.length) return false;
    const crc = maskCrc(crc32c(fixed, 0, offset, end + 1));
    new DataView(fixed.buffer).setUint32(end + 1, crc, true);
    return true;
  };
  if (fixed.length < 48) return fixed;
  let place = fixed.length - 48;
  const handle: number[] = [];
  for (let index = 0; index < 4; index++) {
    const [value, next] = varint(place);
    handle.push(value);
    place = next;
  }
  const [, , indexAt = 0, indexSize = 0] = handle;
  // Data blocks first: the index block does not change by it.
  for (let from = indexAt; from < Math.min(indexAt + indexSize, fixed.length); ) {
    const [, a] = varint(from);
    const [own, b] = varint(a);
    const [length, c] = varint(b);
    if (length === 0 || c + own + length > indexAt + indexSize) break;
    const [offset, next] = varint(c + own);
    const [size] = varint(next);
    repair(offset, size);
    from = c + own + length;
  }
  repair(indexAt, indexSize);
  return fixed;
}

export { parseTflite };
