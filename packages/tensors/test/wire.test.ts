import { WireError, WireReader, WireWriter } from "@servable/tensors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const field = fc.oneof(
  fc.record({ kind: fc.constant("int" as const), value: int64 }),
  fc.record({ kind: fc.constant("float" as const), value: fc.float() }),
  fc.record({ kind: fc.constant("string" as const), value: fc.string({ unit: "binary" }) }),
  fc.record({ kind: fc.constant("bytes" as const), value: fc.uint8Array({ maxLength: 200 }) }),
);
const numbered = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 29 - 1 }), field));

describe("the wire form", () => {
  it("is read as it was written, and every field can be skipped", () => {
    fc.assert(
      fc.property(numbered, (fields) => {
        const writer = new WireWriter();
        for (const [number, { kind, value }] of fields) {
          if (kind === "int") writer.int(number, value);
          else if (kind === "float") writer.float(number, value);
          else if (kind === "string") writer.string(number, value);
          else writer.bytes(number, value);
        }
        const bytes = writer.finish();
        const reader = new WireReader(bytes);
        const skipper = new WireReader(bytes);
        for (const [number, { kind, value }] of fields) {
          expect([reader.next(), skipper.next()]).toEqual([true, true]);
          expect(reader.field).toBe(number);
          if (kind === "int") expect(reader.int64()).toBe(value);
          else if (kind === "float") expect(reader.float()).toBe(value);
          else if (kind === "string") expect(reader.string()).toBe(value);
          else expect(Uint8Array.from(reader.view())).toEqual(value);
          skipper.skip();
          expect(skipper.position).toBe(reader.position);
        }
        expect(reader.next()).toBe(false);
      }),
    );
  });

  it.each([
    ["a tag of six bytes", [0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 0x01]],
    ["field number 0", [0x00, 0x01]],
    ["a group that another number ends", [0x0b, 0x14]],
    ["a group without its end", [0x0b, 0x10, 0x01]],
    ["an end without a group", [0x0c]],
    ["a length beyond the end", [0x0a, 0x02, 0x61]],
    ["a varint of eleven bytes", [0x08, ...Array<number>(10).fill(0x80), 0x01]],
  ])("%s is a WireError", (_what, bytes) => {
    const reader = new WireReader(Uint8Array.from(bytes));
    expect(() => {
      while (reader.next()) reader.skip();
    }).toThrow(WireError);
  });
});
