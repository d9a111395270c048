import {
  bfloat16ToFloat,
  compareTensors,
  DTYPE_FACTS,
  DTYPE_NUMBERS,
  type DType,
  decodeTensorProto,
  describeTensor,
  encodeTensorProto,
  float8e4m3fnToFloat,
  float8e5m2ToFloat,
  floatToBfloat16,
  floatToFloat8e4m3fn,
  floatToFloat8e5m2,
  floatToHalf,
  fromBase64,
  halfToFloat,
  shapeMatches,
  showShape,
  synthesise,
  type Tensor,
  TensorError,
  tensorFromJson,
  tensorToJson,
  toBase64,
} from "@servable/tensors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("small floats", () => {
  it.each([
    ["half", halfToFloat, floatToHalf, 16],
    ["bfloat16", bfloat16ToFloat, floatToBfloat16, 16],
    ["float8 e5m2", float8e5m2ToFloat, floatToFloat8e5m2, 8],
    ["float8 e4m3fn", float8e4m3fnToFloat, floatToFloat8e4m3fn, 8],
  ] as const)("%s: every bit pattern survives, and rounding is monotonic", (_name, read, write, width) => {
    for (let bits = 0; bits < 2 ** width; bits++) {
      const value = read(bits);
      if (Number.isNaN(value)) expect(read(write(value))).toBeNaN();
      else expect(write(value)).toBe(bits);
    }
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -400, max: 400 }),
        fc.double({ noNaN: true, min: -400, max: 400 }),
        (a, b) => {
          const [low, high] = a <= b ? [a, b] : [b, a];
          expect(read(write(low))).toBeLessThanOrEqual(read(write(high)));
        },
      ),
    );
  });

  it.each([
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [2 ** -24, 1],
    [2.98e-8, 0],
    [-0, 0x8000],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])("half of %d is %i", (value, bits) => {
    expect(floatToHalf(value)).toBe(bits);
  });
});

describe("JSON form", () => {
  const dtypes = (Object.keys(DTYPE_NUMBERS) as DType[]).filter(
    (dtype) => DTYPE_FACTS[dtype].kind !== "none",
  );

  it.each(dtypes)("%s survives JSON text", (dtype) => {
    const tensor = synthesise(dtype, [2, 3], { seed: 4 });
    const again = tensorFromJson(JSON.parse(JSON.stringify(tensorToJson(tensor))));
    expect(again).toEqual(tensor);
    expect(decodeTensorProto(encodeTensorProto(again))).toEqual(tensor);
  });

  it("keeps 64-bit integers, NaN and infinities", () => {
    const json = { dtype: "DT_INT64", shape: [2], values: ["-9223372036854775808", "9007199254740993"] };
    expect(tensorToJson(tensorFromJson(json))).toEqual(json);
    const floats = { dtype: "DT_DOUBLE", shape: [3], values: ["NaN", "Infinity", "-Infinity"] };
    expect(tensorToJson(tensorFromJson(floats))).toEqual(floats);
  });

  it("makes big tensors from a pattern", () => {
    const tensor = tensorFromJson({
      dtype: "DT_FLOAT",
      shape: [1, 2, 2, 3],
      pattern: { mul: 7919, add: 13, modulus: 256, scale: 1, offset: 0 },
    });
    // first values as recorded for resnet_v2_fp32_nhwc
    expect([...(tensor.data as Float32Array).slice(0, 8)]).toEqual([13, 252, 235, 218, 201, 184, 167, 150]);
  });

  it.each([
    [null, /object/],
    [{ dtype: "float", shape: [], values: [1] }, /"float" is not a dtype/],
    [{ dtype: "DT_FLOAT", shape: "x", values: [1] }, /shape/],
    [{ dtype: "DT_FLOAT", shape: [2], values: [1] }, /wants 2 values/],
    [{ dtype: "DT_FLOAT", shape: [1] }, /values or a pattern/],
    [{ dtype: "DT_FLOAT", shape: [1], values: ["1"] }, /value 0 is "1"/],
    [{ dtype: "DT_INT8", shape: [1], values: [300] }, /300/],
    [{ dtype: "DT_UINT8", shape: [1], values: [-1] }, /range/],
    [{ dtype: "DT_INT32", shape: [1], values: [1.5] }, /integers/],
    [{ dtype: "DT_INT64", shape: [1], values: ["9223372036854775808"] }, /range/],
    [{ dtype: "DT_INT4", shape: [1], values: [8] }, /range/],
    [{ dtype: "DT_BOOL", shape: [1], values: [1] }, /true or false/],
    [{ dtype: "DT_STRING", shape: [1], values: [{ b64: "?" }] }, /base64/],
    [{ dtype: "DT_COMPLEX64", shape: [1], values: [1] }, /real/],
    [{ dtype: "DT_FLOAT", shape: [1e12], pattern: { mul: 1, add: 0, modulus: 2 } }, /too large/],
    [{ dtype: "DT_FLOAT", shape: [1], pattern: { mul: 1, add: 0, modulus: 0 } }, /modulus/],
  ])("refuses %j", (json, message) => {
    expect(() => tensorFromJson(json)).toThrow(TensorError);
    expect(() => tensorFromJson(json)).toThrow(message);
  });

  it("base64 agrees with Node's", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(toBase64(bytes)).toBe(text);
        expect(fromBase64(text)).toEqual(bytes);
        expect(fromBase64(text.replaceAll("=", ""))).toEqual(bytes);
      }),
    );
  });
});

describe("comparison", () => {
  const floats = (...values: number[]): Tensor => ({
    dtype: "DT_FLOAT",
    shape: [values.length],
    data: Float32Array.from(values),
  });

  it("applies |got - want| <= atol + rtol * |want|", () => {
    expect(compareTensors(floats(100.9), floats(100), { rtol: 0.01 }).equal).toBe(true);
    const off = compareTensors(floats(1, 102), floats(1, 100), { rtol: 0.01 });
    expect(off).toMatchObject({ equal: false, mismatches: 1 });
    expect(off.difference).toMatch(
      /^1 of 2 values differ \(rtol 0.01, atol 0\); first at \[1\]: got 102, expected 100$/,
    );
  });

  it("treats NaN as equal to NaN and tells infinities apart", () => {
    expect(compareTensors(floats(Number.NaN), floats(Number.NaN)).equal).toBe(true);
    expect(compareTensors(floats(Number.POSITIVE_INFINITY), floats(1e30), { rtol: 1, atol: 1 }).equal).toBe(
      false,
    );
    expect(compareTensors(floats(1), floats(Number.NaN), { atol: 1e9 }).equal).toBe(false);
  });

  it("names dtype and shape first", () => {
    const ints: Tensor = { dtype: "DT_INT32", shape: [1], data: Int32Array.of(1) };
    expect(compareTensors(ints, floats(1)).difference).toBe("dtype is DT_INT32, expected DT_FLOAT");
    expect(compareTensors(floats(1, 2), floats(1)).difference).toBe("shape is [2], expected [1]");
  });

  it("compares strings by bytes", () => {
    const words = (text: string): Tensor => ({ dtype: "DT_STRING", shape: [1], data: [Buffer.from(text)] });
    expect(compareTensors(words("a"), words("a")).equal).toBe(true);
    expect(compareTensors(words("a"), words("b")).difference).toContain('got "a", expected "b"');
  });
});

describe("synthesised values", () => {
  it("fills unknown dimensions and stays in harmless ranges", () => {
    expect(synthesise("DT_FLOAT", [-1, 4], { batch: 2 }).shape).toEqual([2, 4]);
    expect(synthesise("DT_FLOAT", null).shape).toEqual([1]);
    expect(synthesise("DT_INT64", [-1, -1], { unknown: 5 }).shape).toEqual([1, 5]);
    expect(
      [...(synthesise("DT_INT32", [6]).data as Int32Array)].every((value) => value >= 0 && value < 3),
    ).toBe(true);
    expect(synthesise("DT_FLOAT", [3])).toEqual(synthesise("DT_FLOAT", [3]));
    expect(() => synthesise("DT_FLOAT", [1e9])).toThrow(/more than/);
    expect(() => synthesise("DT_RESOURCE", [])).toThrow(TensorError);
  });

  it("describes a tensor in one line", () => {
    expect(describeTensor(synthesise("DT_BOOL", [5]))).toBe("DT_BOOL [5] false, true, false, …");
    expect(showShape([-1, 3])).toBe("[?,3]");
    expect(showShape(null)).toBe("unknown rank");
    expect(shapeMatches([2, 3], [-1, 3])).toBe(true);
    expect(shapeMatches([2, 4], [-1, 3])).toBe(false);
    expect(shapeMatches([2], null)).toBe(true);
  });
});
