/** Names of more bytes are not kept. */
export const LONGEST_NAME = 64;

const SLOTS = 1 << 12;

/** Names that were read lately, each in the one place that the hash of its bytes gives it. */
const recent: string[] = new Array<string>(SLOTS).fill("");

/**
 * ASCII text of at most {@link LONGEST_NAME} bytes, or undefined where a byte is none. Ops, attributes and inputs name
 * the same few hundred things over and over: the string that was made the last time is given again, which saves making
 * it, and tables that are asked for it know its hash.
 */
export function asciiName(bytes: Uint8Array, at: number, length: number): string | undefined {
  const end = at + length;
  let hash = length;
  for (let index = at; index < end; index++) {
    const byte = bytes[index]!;
    if (byte >= 0x80) return undefined;
    hash = Math.imul(hash ^ byte, 0x0100_0193);
  }
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = recent[slot]!;
  if (known.length === length) {
    let same = 0;
    while (same < length && known.charCodeAt(same) === bytes[at + same]) same++;
    if (same === length) return known;
  }
  let name = "";
  for (let index = at; index < end; index++) name += String.fromCharCode(bytes[index]!);
  recent[slot] = name;
  return name;
}
