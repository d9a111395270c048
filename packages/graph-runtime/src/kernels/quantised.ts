import type { DType } from "@servable/tensors";
import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, dtypeName, type NumberArray, product, type Value } from "../value.ts";
import { tableThroughFloat } from "./half.ts";

const f = Math.fround;

const LIMITS: Partial<Record<DType, readonly [number, number]>> = {
  DT_QINT8: [-128, 127],
  DT_QUINT8: [0, 255],
  DT_QINT16: [-32768, 32767],
  DT_QUINT16: [0, 65535],
  DT_QINT32: [-2147483648, 2147483647],
};

function limitsOf(dtype: DType, op: string): readonly [number, number] {
  const limits = LIMITS[dtype];
  if (!limits) throw unimplemented(`${op} of ${dtypeName(dtype)} is not supported`, [op]);
  return limits;
}

/** C's round: halves away from zero. */
const awayFromZero = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

function toEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

const first = (of: Value): number => (of.data as ArrayLike<number>)[0]!;
const scalar = (value: number): Value => ({ dtype: "DT_FLOAT", shape: [], data: Float32Array.of(value) });

const quantize: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("T");
  const mode = node.attrs.string("mode");
  const evenly = node.attrs.string("round_mode") === "HALF_TO_EVEN";
  const narrow = node.attrs.bool("narrow_range");
  const axis = node.attrs.int("axis");
  const least = node.attrs.float("ensure_minimum_range");
  if (axis !== -1) throw unimplemented("QuantizeV2 along an axis is not supported", ["QuantizeV2"]);
  if (evenly && mode !== "SCALED")
    throw invalid(`Round mode 'HALF_TO_EVEN' only supported for mode 'SCALED', but mode is '${mode}'.`);
  const [lowest, highest] = limitsOf(dtype, "QuantizeV2");
  return ([x, lowValue, highValue]) => {
    // The range always holds zero and has some width.
    let low = Math.min(0, first(lowValue!));
    const top = first(highValue!);
    const epsilon = f(Math.max(1, Math.max(Math.abs(first(lowValue!)), Math.abs(top))) * least);
    let high = Math.max(0, top, f(low + epsilon));
    const source = x!.data as NumberArray;
    const data = allocate(dtype, x!.shape) as NumberArray;
    if (mode === "SCALED") {
      const bottom = lowest + (narrow ? 1 : 0);
      const byLow = bottom * low > 0 ? f(bottom / low) : Number.MAX_VALUE;
      const byHigh = highest * high > 0 ? f(highest / high) : Number.MAX_VALUE;
      const scale = Math.min(byLow, byHigh);
      low = f(bottom / scale);
      high = f(highest / scale);
      for (let i = 0; i < data.length; i++) {
        const scaled = f(Math.max(Math.min(source[i]!, high), low) * scale);
        data[i] = evenly ? toEven(scaled) : awayFromZero(scaled);
      }
    } else if (mode === "MIN_FIRST") {
      const steps = highest - lowest;
      const scale = high === low ? 0 : steps / (high - low);
      for (let i = 0; i < data.length; i++) {
        // Unsigned values are rounded once, signed ones before the lowest is taken off.
        const at =
          lowest === 0
            ? awayFromZero(source[i]! * scale - low * scale)
            : awayFromZero(source[i]! * scale) - awayFromZero(low * scale) + lowest;
        data[i] = Math.min(highest, Math.max(lowest, at));
      }
    } else {
      const scale = f((highest - lowest) / f(high - low));
      const signed = lowest < 0;
      const half = signed ? (highest - lowest + 1) / 2 : 0;
      for (let i = 0; i < data.length; i++) {
        const at = f(f(Math.max(Math.min(source[i]!, high), low) - low) * scale);
        data[i] = signed ? awayFromZero(f(at - half)) : Math.floor(f(at + 0.5));
      }
    }
    return [{ dtype, shape: x!.shape, data }, scalar(low), scalar(high)];
  };
};

const dequantize: KernelFactory = (node) => {
  const mode = node.attrs.string("mode");
  const narrow = node.attrs.bool("narrow_range");
  const axis = node.attrs.int("axis");
  const wanted = node.attrs.dtype("dtype");
  if (axis !== -1) throw unimplemented("Dequantize along an axis is not supported", ["Dequantize"]);
  if (wanted !== "DT_FLOAT")
    throw unimplemented(`Dequantize to ${dtypeName(wanted)} is not supported`, ["Dequantize"]);
  return ([x, lowValue, highValue]) => {
    const [lowest, highest] = limitsOf(x!.dtype, "Dequantize");
    const [low, high] = [first(lowValue!), first(highValue!)];
    const data = allocate("DT_FLOAT", x!.shape) as Float32Array;
    const source = x!.data as NumberArray;
    if (mode === "SCALED") {
      const scale =
        lowest < 0 ? Math.max(f(low / (lowest + (narrow ? 1 : 0))), f(high / highest)) : f(high / highest);
      for (let i = 0; i < data.length; i++) data[i] = source[i]! * scale;
    } else if (mode === "MIN_FIRST") {
      const steps = highest - lowest;
      const range = high - low;
      const scale = range / steps;
      const rounded = range === 0 ? low : awayFromZero(low / f(scale)) * f(scale);
      const base = rounded - lowest * f(scale);
      for (let i = 0; i < data.length; i++) data[i] = source[i]! * f(scale) + base;
    } else {
      const scale = f(f(high - low) / (highest - lowest));
      const half = lowest < 0 ? (highest - lowest + 1) / 2 : 0;
      for (let i = 0; i < data.length; i++) data[i] = f(f(source[i]! + half) * scale) + low;
    }
    return { dtype: "DT_FLOAT", shape: x!.shape, data };
  };
};

interface Rounding {
  readonly signed: boolean;
  readonly bits: number;
  readonly narrow: boolean;
  readonly evenly: boolean;
}

/** Rounds values to the steps that a quantised tensor of this range could hold. */
function roundTrip(
  source: NumberArray,
  out: NumberArray,
  each: (i: number) => boolean,
  range: readonly [number, number],
  r: Rounding,
): void {
  const bottom = r.signed ? -(2 ** (r.bits - 1)) + (r.narrow ? 1 : 0) : 0;
  const top = r.signed ? 2 ** (r.bits - 1) - 1 : 2 ** r.bits - 1;
  let [low, high] = range;
  const byLow = bottom * low > 0 ? bottom / low : Number.MAX_VALUE;
  const byHigh = top * high > 0 ? top / high : Number.MAX_VALUE;
  let scale: number;
  let back: number;
  if (byLow < byHigh) {
    scale = f(byLow);
    back = f(low / bottom);
    high = f(top * back);
  } else {
    scale = f(byHigh);
    back = f(high / top);
    low = f(bottom * back);
  }
  for (let i = 0; i < source.length; i++) {
    if (!each(i)) continue;
    const clamped = Math.max(Math.min(source[i]!, high), low);
    const scaled = f(clamped * scale);
    out[i] = (r.evenly ? toEven(scaled) : Math.floor(f(scaled + 0.5))) * back;
  }
}

const quantizeAndDequantize: KernelFactory = (node) => {
  const rangeGiven = node.attrs.bool("range_given");
  const axis = node.attrs.has("axis") ? node.attrs.int("axis") : -1;
  const fixed = node.op === "QuantizeAndDequantizeV3" ? undefined : node.attrs.int("num_bits");
  const signed = node.attrs.bool("signed_input");
  const narrow = node.attrs.has("narrow_range") && node.attrs.bool("narrow_range");
  const evenly = !node.attrs.has("round_mode") || node.attrs.string("round_mode") === "HALF_TO_EVEN";
  return ([x, lowValue, highValue, bitsValue]) => {
    const bits = fixed ?? Number((bitsValue!.data as ArrayLike<number>)[0]);
    const source = x!.data as NumberArray;
    const data = allocate(x!.dtype, x!.shape) as NumberArray;
    const rounding = { signed, bits, narrow, evenly };
    const slices = axis < 0 ? 1 : x!.shape[axis]!;
    const inner = axis < 0 ? source.length : product(x!.shape, axis + 1);
    const low = lowValue!.data as ArrayLike<number>;
    const high = highValue!.data as ArrayLike<number>;
    // Only the third form of the op takes a range for each slice.
    if (fixed !== undefined && lowValue!.shape.length > 0) throw invalid("input_min must be a scalar.");
    for (let s = 0; s < slices; s++) {
      const each = (i: number): boolean => Math.floor(i / Math.max(1, inner)) % slices === s;
      let range: [number, number] = [low[s] ?? 0, high[s] ?? 0];
      if (!rangeGiven) {
        range = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
        for (let i = 0; i < source.length; i++) {
          if (each(i)) range = [Math.min(range[0], source[i]!), Math.max(range[1], source[i]!)];
        }
      } else if (range[0] > range[1])
        throw invalid(`Invalid range: input_min ${range[0]} > input_max ${range[1]}`);
      roundTrip(source, data, each, range, rounding);
    }
    return { dtype: x!.dtype, shape: x!.shape, data };
  };
};

/** Quantising, and what models trained for it leave behind. */
export const quantisedKernels: KernelTable = {
  QuantizeV2: quantize,
  Dequantize: dequantize,
  ...tableThroughFloat({
    QuantizeAndDequantizeV2: quantizeAndDequantize,
    QuantizeAndDequantizeV3: quantizeAndDequantize,
    QuantizeAndDequantizeV4: quantizeAndDequantize,
  }),
};
