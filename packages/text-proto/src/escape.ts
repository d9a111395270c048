/** A string literal's content, escaped for double quotes; text stays readable (UTF-8 is kept). */
export function escapeText(_text: string): string {
  throw new Error("not yet");
}
/** The same for bytes, as the C++ printer does: octal escapes for everything that is not printable ASCII. */
export function escapeBytes(_bytes: Uint8Array): string {
  throw new Error("not yet");
}
