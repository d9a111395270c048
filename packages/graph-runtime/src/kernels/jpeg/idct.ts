import type { JpegComponent } from "./frame.ts";

/** Inverse DCT of libjpeg: exact to 13 bits (`INTEGER_ACCURATE`), or fast with 8 bits (`INTEGER_FAST`). */
export type DctMethod = "INTEGER_ACCURATE" | "INTEGER_FAST";

/** A component's samples; rows of `stride` bytes, of which `width` are real. */
export interface Plane {
  readonly data: Uint8Array;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** Scale factor of a row or column in the transform of Arai, Agui and Nakajima. */
const aanScale = (k: number): number => (k === 0 ? 1 : Math.cos((k * Math.PI) / 16) * Math.SQRT2);

/** Scale factors of the fast transform (14 bits, as in libjpeg's table) folded into the quantisation table; 2 fraction bits. */
function fastQuant(quant: Uint16Array): Int32Array {
  return Int32Array.from(quant, (value, index) => {
    const factor = Math.round(aanScale(index >> 3) * aanScale(index & 7) * 16384);
    return (value * factor + 2048) >> 12;
  });
}

/** Samples of a component from its coefficients. */
export function inverseTransform(component: JpegComponent, method: DctMethod): Plane {
  const { coefficients, stride, quant } = component;
  const blockRows = coefficients.length / 64 / stride;
  const bytes = stride * 8;
  const data = new Uint8Array(bytes * blockRows * 8);
  const table = quant ?? new Uint16Array(64);
  const fast = method === "INTEGER_FAST" ? fastQuant(table) : undefined;
  const work = new Int32Array(64);
  for (let row = 0; row < component.blocksDown; row++) {
    for (let column = 0; column < component.blocksAcross; column++) {
      const at = (row * stride + column) * 64;
      const out = row * 8 * bytes + column * 8;
      if (fast !== undefined) transformFast(coefficients, at, fast, work, data, out, bytes);
      else transformAccurate(coefficients, at, table, work, data, out, bytes);
    }
  }
  return { data, stride: bytes, width: component.width, height: component.height };
}

const clamp = (value: number): number => (value < 0 ? 0 : Math.min(value, 255));

/** The low 16 bits, signed: the vector code that TensorFlow runs works in 16-bit lanes, which corrupt data overflows. */
const lane = (value: number): number => (value << 16) >> 16;

/** To the range of 16 signed bits. */
const saturate = (value: number): number => Math.max(-32768, Math.min(value, 32767));

/** Product with an 8-bit fixed-point constant, as the vector code takes it: upper half of a 16 by 16 bit product. */
const times = (value: number, constant: number): number => (lane(value << 2) * (constant << 6)) >> 16;

/** Loeffler, Ligtenberg and Moschytz with 13-bit constants; columns keep 2 more bits (jidctint). */
function transformAccurate(
  coefficients: Int16Array,
  at: number,
  quant: Uint16Array,
  work: Int32Array,
  data: Uint8Array,
  out: number,
  stride: number,
): void {
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < 8; i++) {
      let i0: number;
      let i1: number;
      let i2: number;
      let i3: number;
      let i4: number;
      let i5: number;
      let i6: number;
      let i7: number;
      if (pass === 0) {
        const c = at + i;
        i0 = lane(coefficients[c]! * quant[i]!);
        i1 = lane(coefficients[c + 8]! * quant[i + 8]!);
        i2 = lane(coefficients[c + 16]! * quant[i + 16]!);
        i3 = lane(coefficients[c + 24]! * quant[i + 24]!);
        i4 = lane(coefficients[c + 32]! * quant[i + 32]!);
        i5 = lane(coefficients[c + 40]! * quant[i + 40]!);
        i6 = lane(coefficients[c + 48]! * quant[i + 48]!);
        i7 = lane(coefficients[c + 56]! * quant[i + 56]!);
        if ((i1 | i2 | i3 | i4 | i5 | i6 | i7) === 0) {
          const value = lane(i0 << 2);
          for (let row = i; row < 64; row += 8) work[row] = value;
          continue;
        }
      } else {
        const w = i * 8;
        i0 = work[w]!;
        i1 = work[w + 1]!;
        i2 = work[w + 2]!;
        i3 = work[w + 3]!;
        i4 = work[w + 4]!;
        i5 = work[w + 5]!;
        i6 = work[w + 6]!;
        i7 = work[w + 7]!;
      }
      const e = (i2 + i6) * 4433;
      const even2 = e - i6 * 15137;
      const even3 = e + i2 * 6270;
      const sum = lane(i0 + i4) * 8192;
      const difference = lane(i0 - i4) * 8192;
      const t10 = sum + even3;
      const t13 = sum - even3;
      const t11 = difference + even2;
      const t12 = difference - even2;
      const odd3 = lane(i7 + i3);
      const odd4 = lane(i5 + i1);
      const z5 = (odd3 + odd4) * 9633;
      const z1 = (i7 + i1) * -7373;
      const z2 = (i5 + i3) * -20995;
      const z3 = odd3 * -16069 + z5;
      const z4 = odd4 * -3196 + z5;
      const o0 = i7 * 2446 + z1 + z3;
      const o1 = i5 * 16819 + z2 + z4;
      const o2 = i3 * 25172 + z2 + z3;
      const o3 = i1 * 12299 + z1 + z4;
      if (pass === 0) {
        work[i] = saturate((t10 + o3 + 1024) >> 11);
        work[i + 56] = saturate((t10 - o3 + 1024) >> 11);
        work[i + 8] = saturate((t11 + o2 + 1024) >> 11);
        work[i + 48] = saturate((t11 - o2 + 1024) >> 11);
        work[i + 16] = saturate((t12 + o1 + 1024) >> 11);
        work[i + 40] = saturate((t12 - o1 + 1024) >> 11);
        work[i + 24] = saturate((t13 + o0 + 1024) >> 11);
        work[i + 32] = saturate((t13 - o0 + 1024) >> 11);
      } else {
        const p = out + i * stride;
        // the level shift of 128 and the rounding in one
        data[p] = clamp((t10 + o3 + 33685504) >> 18);
        data[p + 7] = clamp((t10 - o3 + 33685504) >> 18);
        data[p + 1] = clamp((t11 + o2 + 33685504) >> 18);
        data[p + 6] = clamp((t11 - o2 + 33685504) >> 18);
        data[p + 2] = clamp((t12 + o1 + 33685504) >> 18);
        data[p + 5] = clamp((t12 - o1 + 33685504) >> 18);
        data[p + 3] = clamp((t13 + o0 + 33685504) >> 18);
        data[p + 4] = clamp((t13 - o0 + 33685504) >> 18);
      }
    }
  }
}

/** Arai, Agui and Nakajima with 8-bit constants, truncating (jidctfst). */
function transformFast(
  coefficients: Int16Array,
  at: number,
  quant: Int32Array,
  work: Int32Array,
  data: Uint8Array,
  out: number,
  stride: number,
): void {
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < 8; i++) {
      let i0: number;
      let i1: number;
      let i2: number;
      let i3: number;
      let i4: number;
      let i5: number;
      let i6: number;
      let i7: number;
      if (pass === 0) {
        const c = at + i;
        i0 = lane(coefficients[c]! * quant[i]!);
        i1 = lane(coefficients[c + 8]! * quant[i + 8]!);
        i2 = lane(coefficients[c + 16]! * quant[i + 16]!);
        i3 = lane(coefficients[c + 24]! * quant[i + 24]!);
        i4 = lane(coefficients[c + 32]! * quant[i + 32]!);
        i5 = lane(coefficients[c + 40]! * quant[i + 40]!);
        i6 = lane(coefficients[c + 48]! * quant[i + 48]!);
        i7 = lane(coefficients[c + 56]! * quant[i + 56]!);
        if ((i1 | i2 | i3 | i4 | i5 | i6 | i7) === 0) {
          for (let row = i; row < 64; row += 8) work[row] = i0;
          continue;
        }
      } else {
        const w = i * 8;
        i0 = work[w]!;
        i1 = work[w + 1]!;
        i2 = work[w + 2]!;
        i3 = work[w + 3]!;
        i4 = work[w + 4]!;
        i5 = work[w + 5]!;
        i6 = work[w + 6]!;
        i7 = work[w + 7]!;
      }
      const t10 = i0 + i4;
      const t11 = i0 - i4;
      const t13 = lane(i2 + i6);
      const t12 = times(i2 - i6, 362) - t13;
      const e0 = t10 + t13;
      const e3 = t10 - t13;
      const e1 = t11 + t12;
      const e2 = t11 - t12;
      const z13 = i5 + i3;
      const z10 = i5 - i3;
      const z11 = i1 + i7;
      const z12 = i1 - i7;
      const o7 = z11 + z13;
      const z5 = times(z10 + z12, 473);
      // 2.613 does not fit; 1.613 and one more
      const o6 = times(z10, -413) - z10 + z5 - o7;
      const o5 = times(z11 - z13, 362) - o6;
      const o4 = times(z12, 277) - z5 + o5;
      if (pass === 0) {
        work[i] = lane(e0 + o7);
        work[i + 56] = lane(e0 - o7);
        work[i + 8] = lane(e1 + o6);
        work[i + 48] = lane(e1 - o6);
        work[i + 16] = lane(e2 + o5);
        work[i + 40] = lane(e2 - o5);
        work[i + 32] = lane(e3 + o4);
        work[i + 24] = lane(e3 - o4);
      } else {
        const p = out + i * stride;
        data[p] = clamp((lane(e0 + o7) >> 5) + 128);
        data[p + 7] = clamp((lane(e0 - o7) >> 5) + 128);
        data[p + 1] = clamp((lane(e1 + o6) >> 5) + 128);
        data[p + 6] = clamp((lane(e1 - o6) >> 5) + 128);
        data[p + 2] = clamp((lane(e2 + o5) >> 5) + 128);
        data[p + 5] = clamp((lane(e2 - o5) >> 5) + 128);
        data[p + 4] = clamp((lane(e3 + o4) >> 5) + 128);
        data[p + 3] = clamp((lane(e3 - o4) >> 5) + 128);
      }
    }
  }
}
