/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), eight bytes a step. The tables are made on first use, so that
 * importing costs nothing.
 */
let tables: Int32Array | undefined;

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    made[byte] = value;
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let table = 1; table < 8; table++) {
      const previous = made[(table - 1) * 256 + byte]!;
      made[table * 256 + byte] = (previous >>> 8) ^ made[previous & 0xff]!;
    }
  }
  return made;
}

/** Checksum of `bytes[start, end)`, going on from `crc` (the checksum of what came before; 0 at the start). */
export function crc32c(bytes: Uint8Array, crc = 0, start = 0, end = bytes.length): number {
  tables ??= makeTables();
  const t = tables;
  let value = ~crc;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    const low =
      value ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    value =
      t[1792 + (low & 0xff)]! ^
      t[1536 + ((low >>> 8) & 0xff)]! ^
      t[1280 + ((low >>> 16) & 0xff)]! ^
      t[1024 + (low >>> 24)]! ^
      t[768 + bytes[at + 4]!]! ^
      t[512 + bytes[at + 5]!]! ^
      t[256 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < end; at++) value = (value >>> 8) ^ t[(value ^ bytes[at]!) & 0xff]!;
  return ~value >>> 0;
}

/** The form in which TensorFlow stores checksums (tsl/lib/hash/crc32c.h): rotated by 15 bits, plus a constant. */
export function maskCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function unmaskCrc(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}
