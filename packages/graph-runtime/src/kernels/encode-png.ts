import { crc32, deflateSync } from "node:zlib";
import { invalid } from "../graph-error.ts";
import { shapeText, type Value } from "../value.ts";

function chunk(name: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) out[4 + i] = name.charCodeAt(i);
  out.set(body, 8);
  view.setUint32(8 + body.length, crc32(out.subarray(4, 8 + body.length)));
  return out;
}

const COLOUR_TYPES = [0, 0, 4, 2, 6];

/** A PNG of these pixels. The bytes are not libpng's: filters and compression differ, the pixels do not. */
export function encodePng(image: Value, level: number): Uint8Array {
  if (image.shape.length !== 3) throw invalid(`image must be 3-dimensional${shapeText(image.shape)}`);
  const [h, w, c] = image.shape as [number, number, number];
  if (c < 1 || c > 4) throw invalid(`image must have 1, 2, 3, or 4 channels ${shapeText(image.shape)}`);
  if (h <= 0 || w <= 0) throw invalid(`image size must be positive: ${shapeText(image.shape)}`);
  const wide = image.dtype === "DT_UINT16" ? 2 : 1;
  const stride = w * c * wide;
  const raw = new Uint8Array(h * (stride + 1));
  const source = image.data as Uint16Array;
  for (let y = 0; y < h; y++) {
    const row = y * (stride + 1) + 1;
    for (let i = 0; i < w * c; i++) {
      const value = source[y * w * c + i]!;
      if (wide === 2) {
        raw[row + 2 * i] = value >> 8;
        raw[row + 2 * i + 1] = value & 255;
      } else raw[row + i] = value;
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, w);
  view.setUint32(4, h);
  header[8] = 8 * wide;
  header[9] = COLOUR_TYPES[c]!;
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const body = deflateSync(raw, { level: level < 0 ? 6 : Math.min(9, level) });
  return new Uint8Array(
    Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", body), chunk("IEND", new Uint8Array(0))]),
  );
}
