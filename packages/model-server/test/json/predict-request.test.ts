import { describe, expect, it } from "vitest";
import { parseBody, tensorsOfBody } from "../../src/json/predict-request.ts";
import { StatusError } from "../../src/status.ts";

const FLOAT = 1;
const UINT8 = 4;
const STRING = 7;
const INT64 = 9;
const HALF = 19;

function read(body: string, dtypes: Readonly<Record<string, number>> = { x: FLOAT }): unknown {
  try {
    const { format, inputs } = tensorsOfBody(parseBody(Buffer.from(body)), new Map(Object.entries(dtypes)));
    const tensors = [...inputs].map(([alias, tensor]) => [
      alias,
      tensor === null ? null : { shape: tensor.shape, data: [...tensor.data] },
    ]);
    return { format, ...Object.fromEntries(tensors) };
  } catch (error) {
    if (error instanceof StatusError) return error.quoted;
    throw error;
  }
}

describe("Predict bodies", () => {
  it("row format", () => {
    expect(read('{"instances":[1,2,5]}')).toEqual({ format: "row", x: { shape: [3], data: [1, 2, 5] } });
    expect(read('{"instances":[[1,2],[3,4]]}')).toEqual({
      format: "row",
      x: { shape: [2, 2], data: [1, 2, 3, 4] },
    });
    expect(read('{"instances":[[],[]]}')).toEqual({ format: "row", x: { shape: [2, 0], data: [] } });
    expect(read('{"instances":[{"a":1,"b":2},{"b":3,"a":4}]}', { a: FLOAT, b: INT64 })).toEqual({
      format: "row",
      a: { shape: [2], data: [1, 4] },
      b: { shape: [2], data: [2n, 3n] },
    });
  });

  it("column format", () => {
    expect(read('{"inputs":5}')).toEqual({ format: "column", x: { shape: [], data: [5] } });
    expect(read('{"inputs":{"x":[1,2],"extra":0}}')).toEqual({
      format: "column",
      x: { shape: [2], data: [1, 2] },
    });
  });

  it("dtypes", () => {
    expect(read('{"instances":[256,-1,300]}', { x: UINT8 })).toMatchObject({ x: { data: [0, 255, 44] } });
    expect(read('{"instances":["a",{"b64":"Yg"}]}', { x: STRING })).toMatchObject({
      x: { data: [Buffer.from("a"), Buffer.from("b")] },
    });
    expect(read('{"inputs":[1]}', { x: HALF })).toBe(
      "UNIMPLEMENTED: Conversion of JSON Value: 1 to type: half",
    );
    expect(read('{"instances":[1]}', { x: HALF })).toBe(
      "INVALID_ARGUMENT: Failed to process element: 0 of 'instances' list. Error: UNIMPLEMENTED: Conversion of JSON Value: 1 to type: half",
    );
  });

  it.each([
    [
      '{"instances":[[1,2],[3]]}',
      "element: 1 of 'instances' list. Error: INVALID_ARGUMENT: Expecting tensor size: 2 but got: 1",
    ],
    ['{"instances":[1,[2]]}', "Expecting shape [] but got: [1]"],
    [
      '{"instances":[[[1],2]]}',
      "JSON Value: 2 found at incorrect level: 2 in the JSON DOM. Expected at level: 2",
    ],
    ['{"inputs":[[1,2],[3]]}', "Encountered list at unexpected size: 1 at level: 1 expected size: 2"],
    ['{"instances":[]}', "No values in 'instances' array"],
    ['{"inputs":{}}', "Missing named input: x in 'inputs' object."],
    ["{}", "Missing 'inputs' or 'instances' key"],
    ['{"inputs":null}', "JSON Value: null Type: Null is not of expected type: float"],
  ])("%s", (body, want) => {
    expect(read(body)).toContain(want);
  });

  it("a claimed shape costs nothing before the values are there", () => {
    const wide = `[${new Array(2000).fill("0").join(",")}]`;
    const body = `{"inputs":[${[wide, ...new Array(3000).fill("[]")].join(",")}]}`;
    expect(read(body)).toContain("Encountered list at unexpected size: 0 at level: 1 expected size: 2000");
  });

  it("deep nesting is refused, not crashed on", () => {
    const body = `{"inputs":${"[".repeat(50_000)}1${"]".repeat(50_000)}}`;
    expect(read(body)).toBe("INVALID_ARGUMENT: tensor parsing error: x");
  });
});
