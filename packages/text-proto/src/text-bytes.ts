/** Bytes as text; each byte that is not valid UTF-8 becomes one lone surrogate U+DC80…U+DCFF, so nothing is lost. */
export function textOfBytes(_bytes: Uint8Array): string {
  throw new Error("not yet");
}
/** UTF-8 bytes of a text, the inverse of {@link textOfBytes}. */
export function bytesOfText(_text: string): Uint8Array {
  throw new Error("not yet");
}
