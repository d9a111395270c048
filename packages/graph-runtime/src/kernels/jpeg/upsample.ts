import { ImageError } from "@servable/tensors/image";
import type { JpegComponent, JpegFrame } from "./frame.ts";
import type { Plane } from "./idct.ts";

/**
 * A component's samples at full resolution, rows of `frame.width` bytes. With `fancy`, chroma at half resolution is
 * interpolated (weights 3/4 and 1/4) as libjpeg's fancy upsampling does; otherwise samples are repeated.
 */
export function upsample(
  frame: JpegFrame,
  component: JpegComponent,
  plane: Plane,
  fancy: boolean,
): Uint8Array {
  const { width, height } = frame;
  const across = frame.maxHorizontal / component.horizontal;
  const down = frame.maxVertical / component.vertical;
  if (!Number.isInteger(across) || !Number.isInteger(down)) {
    throw new ImageError("unsupported", "fractional sampling is not supported");
  }
  const wideEnough = plane.width > 2;
  if (fancy && down === 1 && across === 2 && wideEnough) return halfWidth(plane, width, height);
  if (fancy && down === 2 && across === 1) return halfHeight(plane, width, height);
  if (fancy && down === 2 && across === 2 && wideEnough) return quarter(plane, width, height);
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = Math.floor(y / down) * plane.stride;
    const to = y * width;
    if (across === 1) out.set(plane.data.subarray(from, from + width), to);
    else for (let x = 0; x < width; x++) out[to + x] = plane.data[from + Math.floor(x / across)]!;
  }
  return out;
}

/** 4:2:2: each pixel 3/4 the nearer sample, 1/4 the further; rounding alternates. */
function halfWidth(plane: Plane, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const last = plane.width - 1;
  const { data, stride } = plane;
  for (let y = 0; y < height; y++) {
    const from = y * stride;
    const to = y * width;
    for (let x = 0; x < width; x++) {
      const near = x >> 1;
      const value = data[from + near]!;
      if (x % 2 === 0) out[to + x] = near === 0 ? value : (value * 3 + data[from + near - 1]! + 1) >> 2;
      else out[to + x] = near === last ? value : (value * 3 + data[from + near + 1]! + 2) >> 2;
    }
  }
  return out;
}

/** 4:4:0. */
function halfHeight(plane: Plane, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const { data, stride } = plane;
  for (let y = 0; y < height; y++) {
    const near = y >> 1;
    const up = y % 2 === 0;
    const from = near * stride;
    const other = clampRow(up ? near - 1 : near + 1, plane) * stride;
    const bias = up ? 1 : 2;
    const to = y * width;
    for (let x = 0; x < width; x++) out[to + x] = (data[from + x]! * 3 + data[other + x]! + bias) >> 2;
  }
  return out;
}

/** 4:2:0: first down the columns (sums of 3 to 1), then along the row. */
function quarter(plane: Plane, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const { data, stride } = plane;
  const last = plane.width - 1;
  const sums = new Int32Array(plane.width);
  for (let y = 0; y < height; y++) {
    const near = y >> 1;
    const from = near * stride;
    const other = clampRow(y % 2 === 0 ? near - 1 : near + 1, plane) * stride;
    for (let x = 0; x <= last; x++) sums[x] = data[from + x]! * 3 + data[other + x]!;
    const to = y * width;
    for (let x = 0; x < width; x++) {
      const at = x >> 1;
      const sum = sums[at]!;
      if (x % 2 === 0) out[to + x] = at === 0 ? (sum * 4 + 8) >> 4 : (sum * 3 + sums[at - 1]! + 8) >> 4;
      else out[to + x] = at === last ? (sum * 4 + 7) >> 4 : (sum * 3 + sums[at + 1]! + 7) >> 4;
    }
  }
  return out;
}

function clampRow(row: number, plane: Plane): number {
  return Math.min(Math.max(row, 0), plane.height - 1);
}
