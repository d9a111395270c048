const BLANKS = /[\t\n\v\f\r ]+/g;

/**
 * Standard base64 as Abseil's Base64Unescape takes it: blanks anywhere, padding optional but never too much of it.
 * Undefined for anything else.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const packed = text.replace(BLANKS, "");
  const match = /^([A-Za-z0-9+/]*)(=*)$/.exec(packed);
  if (match === null) return undefined;
  const digits = match[1] ?? "";
  const padding = (match[2] ?? "").length;
  const rest = digits.length % 4;
  if (rest === 1) return undefined;
  const wanted = rest === 0 ? 0 : 4 - rest;
  if (padding !== 0 && padding !== wanted) return undefined;
  // Bits beyond the last byte must be zero.
  if (rest !== 0) {
    const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".indexOf(
      digits.charAt(digits.length - 1),
    );
    if ((last & (rest === 2 ? 0x0f : 0x03)) !== 0) return undefined;
  }
  return Buffer.from(digits, "base64");
}
