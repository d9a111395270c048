import { messageType } from "@servable/protos/message-types";
import { schemas } from "@servable/protos/text-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalBytes } from "../src/wire/canonical-form.ts";
import { findWireFault } from "../src/wire/find-wire-fault.ts";
import { WireError, WireReader } from "../src/wire/wire-reader.ts";

const NodeDef = messageType("tensorflow.NodeDef");
const encode = (fields: object): Uint8Array => NodeDef.encode(NodeDef.fromObject(fields)).finish();

/** The bytes with their length in front, as a length-delimited field has them. */
function delimited(bytes: Uint8Array): Uint8Array {
  const head: number[] = [];
  let length = bytes.length;
  for (; length >= 0x80; length >>= 7) head.push((length & 0x7f) | 0x80);
  return Uint8Array.from([...head, length, ...bytes]);
}

describe("strings on the wire", () => {
  it("are read as a decoder of UTF-8 reads them, however often and in whatever order", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string({ unit: "grapheme", maxLength: 90 }), fc.stringMatching(/^[a-z_/]{0,80}$/)),
          { minLength: 1, maxLength: 60 },
        ),
        (texts) => {
          for (const text of [...texts, ...texts.toReversed()]) {
            const bytes = new TextEncoder().encode(text);
            const reader = new WireReader(delimited(bytes));
            expect(reader.string()).toBe(text);
            expect(reader.done).toBe(true);
          }
        },
      ),
    );
  });

  it("of many names of one length are told apart, although they share places of what is remembered", () => {
    for (let round = 0; round < 2; round++) {
      for (let number = 0; number < 20_000; number++) {
        const name = `node_${String(number).padStart(6, "0")}`;
        expect(new WireReader(delimited(new TextEncoder().encode(name))).string()).toBe(name);
      }
    }
  });

  it("that are no UTF-8 are refused, short or long", () => {
    for (const length of [1, 20, 64, 65, 300]) {
      const bytes = new Uint8Array(length).fill(0x61);
      bytes[length - 1] = 0xff;
      expect(() => new WireReader(delimited(bytes)).string()).toThrow(WireError);
      expect(() => new WireReader(delimited(bytes)).skipString()).toThrow(WireError);
    }
  });
});

describe("the canonical form", () => {
  const attrs = fc.dictionary(
    fc.stringMatching(/^[A-Za-z_]{1,12}$/),
    fc.oneof(
      fc.integer({ min: 1, max: 20 }).map((type) => ({ type })),
      fc.integer().map((i) => ({ i })),
      fc
        .array(fc.nat(9), { maxLength: 3 })
        .map((sizes) => ({ shape: { dim: sizes.map((size) => ({ size })) } })),
    ),
    { maxKeys: 8 },
  );
  const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

  it("of a message whose fields come in any order is what protobuf writes, map entries by their keys", () => {
    fc.assert(
      fc.property(
        attrs,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12 }),
        (attr, weights) => {
          const keys = Object.keys(attr);
          const parts = [
            encode({ name: "n" }),
            encode({ op: "Op" }),
            encode({ device: "/cpu:0" }),
            encode({ input: ["a", "b"] }),
            ...keys.map((key) => encode({ attr: { [key]: attr[key] } })),
          ];
          const shuffled = parts
            .map((bytes, at) => ({ bytes, weight: weights[at % weights.length]! }))
            .sort((a, b) => a.weight - b.weight)
            .flatMap(({ bytes }) => [...bytes]);
          const sorted = Object.fromEntries(keys.sort(byBytes).map((key) => [key, attr[key]]));
          const wanted = encode({ name: "n", op: "Op", device: "/cpu:0", input: ["a", "b"], attr: sorted });
          expect([...canonicalBytes(Uint8Array.from(shuffled), "tensorflow.NodeDef", schemas)]).toEqual([
            ...wanted,
          ]);
        },
      ),
    );
  });

  it.each([
    ["tensorflow.FunctionDef", "arg_attr", (at: number) => ({ attr: { a: { i: at } } })],
    ["tensorflow.GraphDebugInfo", "frames_by_id", (at: number) => ({ line: at })],
  ])("of %s, whose keys are numbers, goes by number", (type, field, value) => {
    const Message = messageType(type);
    const write = (keys: readonly number[]): number[] =>
      keys.flatMap((key) => [
        ...Message.encode(Message.fromObject({ [field]: { [key]: value(key) } })).finish(),
      ]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(70_000), { maxLength: 8 }), (keys) => {
        const wanted = write([...keys].sort((a, b) => a - b));
        expect([...canonicalBytes(Uint8Array.from(write(keys)), type, schemas)]).toEqual(wanted);
      }),
    );
  });
});

describe("a fault on the wire", () => {
  it("is told with the fields around it", () => {
    const node = encode({ name: "n", op: "Op", attr: { T: { type: 1 } } });
    expect(findWireFault(node, "tensorflow.NodeDef", schemas)).toBeUndefined();
    const cut = node.subarray(0, node.length - 1);
    expect(findWireFault(cut, "tensorflow.NodeDef", schemas)).toMatchObject({ path: "attr" });
    const text = node.slice();
    text[node.indexOf("T".charCodeAt(0))] = 0xff;
    expect(findWireFault(text, "tensorflow.NodeDef", schemas)).toMatchObject({
      message: "text that is not UTF-8",
      path: "attr.key",
    });
  });
});
