export type ImageFormat = "jpeg" | "png" | "gif" | "bmp";

/** Format by the first bytes, as TensorFlow's decoding ops tell it (the file's name does not matter). */
export function sniffImage(bytes: Uint8Array): ImageFormat | undefined {
  const starts = (...magic: readonly number[]): boolean =>
    magic.every((byte, index) => bytes[index] === byte);
  if (starts(0xff, 0xd8, 0xff)) return "jpeg";
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  if (starts(0x47, 0x49, 0x46, 0x38)) return "gif";
  if (starts(0x42, 0x4d)) return "bmp";
  return undefined;
}
