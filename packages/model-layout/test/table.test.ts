import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32c, maskCrc, unmaskCrc } from "../src/index.ts";
import { checksumBuffer } from "../src/table/crc32c.ts";
import { SnappyError, unsnappy } from "../src/table/snappy.ts";
import { readTable, TableError } from "../src/table/sorted-table.ts";
import { encodeSliceKey, nameOfSliceKey } from "../src/variables/slice-key.ts";
import { parseVariablesIndex } from "../src/variables/variables-index.ts";

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const utf8 = new TextEncoder();

/** Bit by bit, as the definition has it. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe("crc32c", () => {
  it("gives the published checksums", () => {
    expect(crc32c(utf8.encode("123456789"))).toBe(0xe3069283);
    expect(maskCrc(0xe3069283)).toBe(0xc78ab0e5);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(maskCrc(crc32c(new Uint8Array(0)))).toBe(0xa282ead8);
  });

  it("equals the definition on any bytes, in any split", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
        const whole = crc32c(bytes);
        expect(whole).toBe(slowCrc(bytes));
        const at = Math.min(cut, bytes.length);
        expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(whole);
        expect(crc32c(bytes, crc32c(bytes, 0, 0, at), at)).toBe(whole);
        expect(unmaskCrc(maskCrc(whole))).toBe(whole);
      }),
    );
  });

  const noise = (length: number): Uint8Array => {
    let seed = 1;
    return Uint8Array.from({ length }, () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed >>> 24;
    });
  };

  it("equals the definition on long inputs at any alignment", () => {
    const bytes = noise(70_000);
    for (const start of [0, 1, 3, 7, 8, 15, 16, 63]) {
      for (const end of [
        start + 1023,
        start + 1024,
        start + 4096,
        start + 16_384,
        start + 65_537,
        bytes.length,
      ]) {
        expect(crc32c(bytes, 0, start, end)).toBe(slowCrc(bytes.subarray(start, end)));
      }
    }
  });

  it("equals itself on long inputs, however they are split", () => {
    const bytes = noise(600_000);
    // In pieces that go through the tables alone.
    const byTables = (end: number): number => {
      let crc = 0;
      for (let at = 0; at < end; at += 1000) crc = crc32c(bytes, crc, at, Math.min(end, at + 1000));
      return crc;
    };
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (end, cut) => {
        const want = byTables(end);
        const at = Math.min(cut, end);
        expect(crc32c(bytes, 0, 0, end)).toBe(want);
        expect(crc32c(bytes, crc32c(bytes, 0, 0, at), at, end)).toBe(want);
        const buffer = checksumBuffer();
        let crc = 0;
        for (let done = 0; done < end; ) {
          const part = bytes.subarray(
            done,
            Math.min(end, done + Math.max(1, Math.min(cut, buffer.bytes.length))),
          );
          if (part.length < 100) {
            crc = crc32c(bytes, crc, done, end);
            break;
          }
          buffer.bytes.set(part);
          crc = buffer.take(part.length, crc);
          done += part.length;
        }
        expect(crc).toBe(want);
      }),
      { numRuns: 60 },
    );
  });
});

describe("snappy", () => {
  /** A writer that uses every element of the format: literals of each length form, copies of each offset form. */
  function compress(bytes: Uint8Array, choices: readonly number[]): Uint8Array {
    const out: number[] = [];
    for (let rest = bytes.length; ; rest >>>= 7) {
      if (rest < 0x80) {
        out.push(rest);
        break;
      }
      out.push((rest & 0x7f) | 0x80);
    }
    let at = 0;
    for (let step = 0; at < bytes.length; step++) {
      const choice = choices[step % Math.max(1, choices.length)] ?? 0;
      // A copy where something matches.
      let length = 0;
      const back = Math.min(at, 1 + (choice % 5000));
      while (
        back > 0 &&
        length < 64 &&
        at + length < bytes.length &&
        bytes[at + length] === bytes[at + length - back]
      )
        length++;
      if (length >= 4 && length <= 11 && back < 2048) {
        out.push(((back >> 8) << 5) | ((length - 4) << 2) | 1, back & 0xff);
        at += length;
      } else if (length >= 4 && choice % 2 === 0) {
        out.push(((length - 1) << 2) | 2, back & 0xff, back >> 8);
        at += length;
      } else if (length >= 4) {
        out.push(((length - 1) << 2) | 3, back & 0xff, back >> 8, 0, 0);
        at += length;
      } else {
        const count = Math.min(bytes.length - at, 1 + (choice % 300));
        if (count <= 60) out.push((count - 1) << 2);
        else if (count <= 256) out.push(60 << 2, count - 1);
        else out.push(61 << 2, (count - 1) & 0xff, (count - 1) >> 8);
        for (let index = 0; index < count; index++) out.push(bytes[at++]!);
      }
    }
    return Uint8Array.from(out);
  }

  it("reads back whatever was compressed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 2, 65), { maxLength: 2000 }),
        fc.array(fc.nat(10_000), { minLength: 1, maxLength: 20 }),
        (values, choices) => {
          const bytes = Uint8Array.from(values);
          expect(unsnappy(compress(bytes, choices))).toEqual(bytes);
        },
      ),
    );
  });

  it("refuses claims that the input can't hold, before it allocates", () => {
    expect(() => unsnappy(hex("ffffffff0f00"))).toThrow(SnappyError);
    expect(() => unsnappy(hex("05"))).toThrow(SnappyError);
    expect(() => unsnappy(hex("050500"))).toThrow(SnappyError);
    expect(() => unsnappy(new Uint8Array(0))).toThrow(SnappyError);
  });

  it("throws nothing but SnappyError on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          unsnappy(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SnappyError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("variables.index as TensorFlow 2.17.1 wrote it", () => {
  it("of a model without variables", () => {
    const file = hex(
      "00000608011a020801001c0b5f434845434b504f494e5441424c455f4f424a4543545f4752415048080712002859353d999e1d000000000100000000a4247845000000000100000000c0f2a1b000010260003b00000000010000000044f6c14940084d0e00000000000000000000000000000000000000000000000000000000000000000000000057fb808b247547db",
    );
    const { header, entries, layout } = parseVariablesIndex(file, "x");
    expect(header).toMatchObject({
      numShards: 1,
      endianness: "LITTLE",
      versionProducer: 1,
      versionMinConsumer: 0,
    });
    expect(layout.dataBlocks).toEqual([{ offset: 0, size: 59, compression: "none" }]);
    expect(layout.metaindex).toEqual({ offset: 64, size: 8 });
    expect(layout.index).toEqual({ offset: 77, size: 14 });
    expect(entries).toMatchObject([
      { key: "_CHECKPOINTABLE_OBJECT_GRAPH", dtype: "DT_STRING", shape: [], size: 89 },
    ]);
  });

  it("with two shards", () => {
    const file = hex(
      "00000608021a02080100020f61300801120412020801280435a67b113a010111310801120412020801180128043581a5da2b000211623008031204120208012004280435a67b113a010113310803120412020801180120042804351d1582650000000001000000006470845c000000000100000000c0f2a1b00001026300670000000001000000002bf112486c08790e00000000000000000000000000000000000000000000000000000000000000000000000057fb808b247547db",
    );
    const { header, entries } = parseVariablesIndex(file, "x");
    expect(header.numShards).toBe(2);
    expect(entries.map(({ key, dtype, shard, offset }) => [key, dtype, shard, offset])).toEqual([
      ["a0", "DT_FLOAT", 0, 0],
      ["a1", "DT_FLOAT", 1, 0],
      ["b0", "DT_INT32", 0, 4],
      ["b1", "DT_INT32", 1, 4],
    ]);
  });

  it("with a partitioned variable", () => {
    const file = hex(
      "00000608011a020801000e1300702f656d6200010102808280830801120812020802120208032818358768b2f60a04158282808308011208120208021202080320182818358768b2f6000522702f656d620801120812020804120208033a080a0210020a0210033a0a0a04080210020a021003000000000100000000f23105d8000000000100000000c0f2a1b000010271007b0000000001000000009b0ce0768001088d010e0000000000000000000000000000000000000000000000000000000000000000000057fb808b247547db",
    );
    const { entries } = parseVariablesIndex(file, "x");
    const whole = entries.find(({ key }) => key === "p/emb")!;
    expect(whole.slices).toEqual([
      [
        { start: 0, length: 2 },
        { start: 0, length: 3 },
      ],
      [
        { start: 2, length: 2 },
        { start: 0, length: 3 },
      ],
    ]);
    const keys = whole.slices.map((extents) => toHex(encodeSliceKey(whole.keyBytes, extents)));
    expect(entries.map(({ keyHex }) => keyHex).filter((key) => key !== undefined)).toEqual(keys);
  });

  it("names the defect of a damaged file", () => {
    const sound = hex(
      "00000608011a020801001c0b5f434845434b504f494e5441424c455f4f424a4543545f4752415048080712002859353d999e1d000000000100000000a4247845000000000100000000c0f2a1b000010260003b00000000010000000044f6c14940084d0e00000000000000000000000000000000000000000000000000000000000000000000000057fb808b247547db",
    );
    const kind = (bytes: Uint8Array): string => {
      try {
        readTable(bytes);
        return "sound";
      } catch (error) {
        return error instanceof TableError ? error.kind : String(error);
      }
    };
    expect(kind(sound)).toBe("sound");
    expect(kind(sound.subarray(0, 40))).toBe("too-short");
    expect(kind(sound.subarray(0, 100))).toBe("bad-magic");
    for (let at = 0; at < 64; at++) {
      const flipped = sound.slice();
      flipped[at]! ^= 4;
      expect(kind(flipped), `byte ${at}`).toBe("checksum");
    }
  });
});

describe("slice keys", () => {
  it("are those of the reference", () => {
    const key = (name: string, ...extents: [number, number][]): string =>
      toHex(
        encodeSliceKey(
          utf8.encode(name),
          extents.map(([start, length]) => ({ start, length })),
        ),
      );
    expect(key("p/emb", [0, 2], [0, 3])).toBe("00702f656d6200010102808280 83".replace(" ", ""));
    expect(key("p/emb", [2, 2], [0, 3])).toBe("00702f656d6200010102828280 83".replace(" ", ""));
    expect(key("v", [0, -1])).toBe("00760001" + "0101" + "807f");
    expect(key("v", [100, 64])).toBe("00760001" + "0101" + "c064" + "c040");
  });

  it("give the name back", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 30 }),
        fc.array(fc.tuple(fc.nat(1e6), fc.nat(1e6)), { maxLength: 5 }),
        (name, extents) => {
          const key = encodeSliceKey(
            name,
            extents.map(([start, length]) => ({ start, length })),
          );
          expect(nameOfSliceKey(key)).toEqual(name);
        },
      ),
    );
  });
});
