import {
  allocate,
  compareTensors,
  DTYPE_FACTS,
  DTYPE_NUMBERS,
  type DType,
  decodeTensorProto,
  elementCount,
  encodeTensorProto,
  encodeTensorProtoFields,
  putTensorProto,
  type Tensor,
  TensorError,
  tensorProtoSize,
} from "@servable/tensors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const dense = (Object.keys(DTYPE_NUMBERS) as DType[]).filter((dtype) => DTYPE_FACTS[dtype].kind !== "none");

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

/** Any tensor of a dtype with any bits in it. */
function tensors(dtype: DType): fc.Arbitrary<Tensor> {
  return shapes.chain((shape): fc.Arbitrary<Tensor> => {
    const count = elementCount(shape);
    if (dtype === "DT_STRING") {
      return fc
        .array(fc.uint8Array({ maxLength: 9 }), { minLength: count, maxLength: count })
        .map((data) => ({ dtype, shape, data }));
    }
    const data = allocate(dtype, count) as Uint8Array;
    return fc.uint8Array({ minLength: data.byteLength, maxLength: data.byteLength }).map((bytes) => {
      const own = allocate(dtype, count) as Uint8Array;
      const raw = new Uint8Array(own.buffer);
      raw.set(bytes);
      if (dtype === "DT_BOOL") for (let i = 0; i < raw.length; i++) raw[i]! &= 1;
      if (dtype === "DT_UINT4") for (let i = 0; i < raw.length; i++) raw[i]! &= 15;
      if (dtype === "DT_INT4")
        for (let i = 0; i < raw.length; i++) (own as unknown as Int8Array)[i] = (raw[i]! & 15) - 8;
      return { dtype, shape, data: own };
    });
  });
}

describe("wire bytes (reference: tensor encoding, section 3)", () => {
  it.each<[string, Tensor, string]>([
    [
      "float",
      { dtype: "DT_FLOAT", shape: [1, 2], data: Float32Array.of(1, 2) },
      "0801 1208 12020801 12020802 2a08 0000803f 00000040",
    ],
    ["int32 scalar", { dtype: "DT_INT32", shape: [], data: Int32Array.of(5) }, "0803 1200 3a0105"],
    ["string", { dtype: "DT_STRING", shape: [1], data: [unhex("6869")] }, "0807 1204 12020801 4202 6869"],
    [
      "negative int8",
      { dtype: "DT_INT8", shape: [1], data: Int8Array.of(-128) },
      "0806 1204 12020801 3a0a 80ffffffffffffffff01",
    ],
  ])("typed list: %s", (_name, tensor, want) => {
    expect(hex(encodeTensorProtoFields(tensor))).toBe(want.replaceAll(" ", ""));
  });

  it("tensor_content holds the caller's bytes", () => {
    const tensor: Tensor = { dtype: "DT_FLOAT", shape: [1, 2], data: Float32Array.of(1, 2) };
    expect(hex(encodeTensorProto(tensor))).toBe("0801120812020801120208022208" + "0000803f00000040");
  });

  it("writes into a larger message at an offset", () => {
    const tensor: Tensor = { dtype: "DT_INT16", shape: [300], data: new Int16Array(300).fill(-2) };
    const size = tensorProtoSize(tensor);
    const target = new Uint8Array(size + 7);
    expect(putTensorProto(target, 3, tensor)).toBe(size + 3);
    expect(decodeTensorProto(target.subarray(3, 3 + size)).data).toEqual(tensor.data);
  });

  it("takes a view that begins inside a larger buffer", () => {
    const big = Float32Array.of(9, 1, 2, 9);
    const tensor: Tensor = { dtype: "DT_FLOAT", shape: [2], data: big.subarray(1, 3) };
    expect(decodeTensorProto(encodeTensorProto(tensor)).data).toEqual(Float32Array.of(1, 2));
  });
});

describe("round trips", () => {
  it.each(dense)("%s as content and as typed list, bit for bit", (dtype) => {
    fc.assert(
      fc.property(tensors(dtype), (tensor) => {
        for (const bytes of [encodeTensorProto(tensor), encodeTensorProtoFields(tensor)]) {
          // at every alignment
          for (const shift of [0, 1, 2, 3]) {
            const moved = new Uint8Array(bytes.length + shift);
            moved.set(bytes, shift);
            const got = decodeTensorProto(moved.subarray(shift));
            expect(got.dtype).toBe(dtype);
            expect(got.shape).toEqual(tensor.shape);
            expect(bits(got)).toEqual(bits(tensor));
            // slice() of a Node Buffer does not copy
            const buffer = Buffer.from(moved.buffer, moved.byteOffset + shift, bytes.length);
            expect(bits(decodeTensorProto(buffer))).toEqual(bits(tensor));
          }
        }
        expect(compareTensors(tensor, tensor).equal).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

function bits(tensor: Tensor): unknown {
  if (tensor.dtype === "DT_STRING") return (tensor.data as Uint8Array[]).map(hex);
  const data = tensor.data as Uint8Array;
  return hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

describe("refusals", () => {
  it.each([
    ["no dtype", "1200", "invalid-dtype"],
    ["reference type", "0865 2a04 0000803f", "invalid-dtype"],
    ["unknown dtype", "087b 1200", "invalid-dtype"],
    ["resource", "0814", "unsupported-dtype"],
    ["dimension -1", "0801 120d 120b 08ffffffffffffffffff01", "invalid-shape"],
    ["overflow before a zero", "0801 1212 120a 08ffffffffffffffff7f 1202 0802 1200", "invalid-shape"],
    ["content one byte short", "0801 1204 12020802 2207 00000000000000", "content-size"],
    ["bool content of 2", "080a 1204 12020801 2201 02", "invalid-value"],
    ["string lengths that do not add up", "0807 1204 12020801 2203 05 6161", "content-size"],
    ["cut-off varint", "08", "malformed"],
    ["field number 0", "0001", "malformed"],
    ["length beyond the end", "2264 00", "malformed"],
    ["packed floats of 3 bytes", "0801 2a03 000000", "malformed"],
    ["name of a dimension that is not UTF-8", "0801 1205 1203 1201 ff", "malformed"],
    ["a billion floats from one value", "0801 1208 1206 0880d0acf30e 2a04 0000803f", "too-large"],
    ["2^40 strings without bytes", "0807 1209 1207 08808080808020", "too-large"],
  ])("%s", (_name, text, code) => {
    let thrown: unknown;
    try {
      decodeTensorProto(unhex(text));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TensorError);
    expect((thrown as TensorError).code).toBe(code);
  });

  it.each<[string, Tensor]>([
    ["wrong array", { dtype: "DT_FLOAT", shape: [1], data: Float64Array.of(1) }],
    ["wrong count", { dtype: "DT_FLOAT", shape: [2], data: Float32Array.of(1) }],
    ["bool of 2", { dtype: "DT_BOOL", shape: [1], data: Uint8Array.of(2) }],
    ["negative dimension", { dtype: "DT_FLOAT", shape: [-1], data: Float32Array.of(1) }],
    ["strings for a number", { dtype: "DT_FLOAT", shape: [1], data: [Uint8Array.of(1)] }],
    ["resource", { dtype: "DT_RESOURCE", shape: [], data: Uint8Array.of(1) }],
  ])("encoding: %s", (_name, tensor) => {
    expect(() => encodeTensorProto(tensor)).toThrow(TensorError);
    expect(() => encodeTensorProtoFields(tensor)).toThrow(TensorError);
  });
});

describe("any bytes", () => {
  const decode = (bytes: Uint8Array): void => {
    try {
      const tensor = decodeTensorProto(bytes, { maxFilledBytes: 1 << 20 });
      // whatever is accepted is a whole tensor
      expect(tensor.data.length).toBe(elementCount(tensor.shape) * DTYPE_FACTS[tensor.dtype].lanes);
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
    }
  };

  it("random bytes give a tensor or a TensorError", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), decode), { numRuns: 5000 });
  });

  it("mutated messages give a tensor or a TensorError", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...dense).chain(tensors),
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (tensor, typed, edits, cut) => {
          const bytes = typed ? encodeTensorProtoFields(tensor) : encodeTensorProto(tensor);
          for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value;
          decode(bytes);
          decode(bytes.subarray(0, cut % (bytes.length + 1)));
        },
      ),
      { numRuns: 3000 },
    );
  });
});
