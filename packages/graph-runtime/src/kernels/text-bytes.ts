const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** UTF-8 of a text. */
export const encode = (text: string): Uint8Array => encoder.encode(text);

/** A text from UTF-8; what is none becomes U+FFFD. */
export const decode = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Characters of a string, as positions of their first bytes. */
export function characterStarts(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  for (let i = 0; i < bytes.length; i++) if ((bytes[i]! & 0xc0) !== 0x80) starts.push(i);
  return starts;
}

/** Bytes as characters of the same numbers, for what works on bytes but is easier said of text. */
export const latin = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

/** The bytes that {@link latin} made characters of. */
export const unlatin = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
