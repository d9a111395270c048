import { crc32c, maskCrc } from "../../src/index.ts";

/** A sorted table of one data block, in whatever order the entries are given; no compression. */
export function writeTable(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Uint8Array {
  const out: number[] = [];
  const varint = (into: number[], value: number): void => {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) into.push((rest % 0x80) | 0x80);
    into.push(rest);
  };
  /** Writes a block with its trailer and gives its handle. */
  const block = (list: readonly (readonly [Uint8Array, Uint8Array])[]): number[] => {
    const bytes: number[] = [];
    const restarts: number[] = [];
    for (const [key, value] of list) {
      restarts.push(bytes.length);
      varint(bytes, 0);
      varint(bytes, key.length);
      varint(bytes, value.length);
      bytes.push(...key, ...value);
    }
    if (restarts.length === 0) restarts.push(0);
    for (const number of [...restarts, restarts.length])
      bytes.push(number & 255, (number >>> 8) & 255, (number >>> 16) & 255, number >>> 24);
    const handle: number[] = [];
    varint(handle, out.length);
    varint(handle, bytes.length);
    bytes.push(0);
    const crc = maskCrc(crc32c(Uint8Array.from(bytes)));
    out.push(...bytes, crc & 255, (crc >>> 8) & 255, (crc >>> 16) & 255, crc >>> 24);
    return handle;
  };
  const data = block(entries);
  const metaindex = block([]);
  const index = block([[entries.at(-1)?.[0] ?? new Uint8Array(0), Uint8Array.from(data)]]);
  const footer = [...metaindex, ...index];
  while (footer.length < 40) footer.push(0);
  out.push(...footer, 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
  return Uint8Array.from(out);
}
