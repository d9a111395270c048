/** Smallest that most models make sense of: crops to 299 pixels and more are common. */
const SIDE = 512;
const QUARTER_SECOND = 4000;

/**
 * A gray JPEG (baseline, three components) of 512 x 512 pixels in 4 KiB: with one code in each Huffman table, every
 * coefficient of it is one bit (ITU T.81).
 */
export function blankJpeg(): Uint8Array {
  const segment = (marker: number, ...bytes: readonly number[]): readonly number[] => [
    ...[0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255],
    ...bytes,
  ];
  /** One code, 0 of one bit, that stands for the symbol 0: no difference (DC), end of block (AC). */
  const code = [1, ...Array<number>(15).fill(0), 0];
  const quantisers = Array<number>(64).fill(1);
  const bits = 3 * 2 * (SIDE / 8) ** 2;
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0),
    ...segment(0xdb, 0, ...quantisers),
    ...segment(0xc0, 8, SIDE >> 8, SIDE & 255, SIDE >> 8, SIDE & 255, 3, 1, 17, 0, 2, 17, 0, 3, 17, 0),
    ...segment(0xc4, 0x00, ...code, 0x10, ...code),
    ...segment(0xda, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0),
    ...new Uint8Array(bits / 8),
    ...[0xff, 0xd9],
  ]);
}

/** A PNG of one pixel: unlike a JPEG it can be asked for four channels, or 16 bits. */
export const tinyPng = (): Uint8Array =>
  Uint8Array.from(
    atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNocFAAAAIkAOGrWWInAAAAAElFTkSuQmCC"),
    (character) => character.charCodeAt(0),
  );

/** A WAV file of silence: a quarter of a second, 16 kHz, one channel of 16 bits. */
export function silentWav(): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * QUARTER_SECOND);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string): void => bytes.set(new TextEncoder().encode(word), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true);
  view.setUint32(24, 16_000, true);
  view.setUint32(28, 32_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * QUARTER_SECOND, true);
  return bytes;
}
