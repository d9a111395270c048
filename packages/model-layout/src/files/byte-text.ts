/** Each byte as the character of its number. A TextDecoder for "latin1" reads windows-1252, which Node does only since 23. */
export const byteText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
