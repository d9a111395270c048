import { type OpenFile, readFully } from "../files/model-file-system.ts";
import { crc32c, maskCrc } from "../table/crc32c.ts";

/** One record of a TFRecord file. */
export interface TfRecord {
  readonly index: number;
  /** Byte at which its header begins. */
  readonly offset: number;
  readonly data: Uint8Array;
  /** Whether the checksum of the data holds; records behind one that does not are still read. */
  readonly dataCrcHolds: boolean;
}

/**
 * How a TFRecord file ends before its end. cut-header: fewer than 12 bytes, which the server takes for the end of the
 * file, silently; the others fail with DATA_LOSS.
 */
export interface TfRecordProblem {
  readonly kind: "cut-header" | "bad-length-crc" | "truncated";
  readonly index: number;
  readonly offset: number;
  readonly message: string;
}

const uint32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;

/** Whether bytes begin with the header of a record: a length with its checksum. */
export const beginsAsTfRecord = (bytes: Uint8Array): boolean =>
  bytes.length >= 12 && maskCrc(crc32c(bytes, 0, 0, 8)) === uint32(bytes, 8);

/**
 * Records of an uncompressed TFRecord file (core/lib/io/record_reader.cc), one at a time; returns what ended the walk
 * early. The length is trusted only once its own checksum holds and the file is long enough.
 * @throws FileSystemError
 */
export function* readTfRecords(file: OpenFile): Generator<TfRecord, TfRecordProblem | undefined> {
  const header = new Uint8Array(12);
  let offset = 0;
  for (let index = 0; ; index++) {
    const got = readFully(file, header, offset);
    if (got === 0) return undefined;
    const problem = (kind: TfRecordProblem["kind"], message: string): TfRecordProblem => ({
      kind,
      index,
      offset,
      message,
    });
    if (got < 12) return problem("cut-header", `${got} bytes after the last record are no record header`);
    if (!beginsAsTfRecord(header)) {
      return problem(
        "bad-length-crc",
        `corrupted record at ${offset}: the checksum of its length does not match`,
      );
    }
    const length = uint32(header, 0) + uint32(header, 4) * 2 ** 32;
    if (length + 4 > file.size - offset - 12) {
      return problem(
        "truncated",
        `record at ${offset} has ${length} bytes but the file ends ${Math.max(0, file.size - offset - 12)} bytes behind its header`,
      );
    }
    const bytes = new Uint8Array(length + 4);
    if (readFully(file, bytes, offset + 12) < bytes.length) {
      return problem("truncated", `record at ${offset}: the file became shorter while it was read`);
    }
    const data = bytes.subarray(0, length);
    yield { index, offset, data, dataCrcHolds: maskCrc(crc32c(data)) === uint32(bytes, length) };
    offset += 12 + bytes.length;
  }
}

/** One record with its framing. */
export function encodeTfRecord(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length % 2 ** 32, true);
  view.setUint32(4, Math.floor(data.length / 2 ** 32), true);
  view.setUint32(8, maskCrc(crc32c(bytes, 0, 0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskCrc(crc32c(data)), true);
  return bytes;
}
