/**
 * Makes src/generated/crc32c-wasm.ts: CRC-32C, sixteen bytes a step, two runs at once, every step inlined.
 *
 *     npx tsx packages/model-layout/scripts/make-crc32c-wasm.ts
 *
 * Memory: 0..16383 sixteen tables of 256 words (table t: checksum of a byte followed by t zero bytes), 16384..20479 four
 * tables that move a checksum over one half of a pair (HALF zero bytes), then the data.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import wabt from "wabt";

const HALF = 8192;

/** Table lookup of one byte of a 64-bit local. */
const lookup = (local: string, byte: number, table: number): string => {
  const place =
    byte === 0
      ? `(i64.shl (i64.and (local.get ${local}) (i64.const 255)) (i64.const 2))`
      : `(i64.and (i64.shr_u (local.get ${local}) (i64.const ${byte * 8 - 2})) (i64.const 1020))`;
  return `(i32.load offset=${table * 1024} (i32.wrap_i64 ${place}))`;
};

const xor = (terms: readonly string[]): string => {
  if (terms.length === 1) return terms[0]!;
  const middle = terms.length >> 1;
  return `(i32.xor ${xor(terms.slice(0, middle))} ${xor(terms.slice(middle))})`;
};

/** Sixteen bytes at $p + offset into the state `crc`, by way of the locals `a` and `b`. */
const step = (crc: string, offset: number, a: string, b: string): string => `
  (local.set ${a} (i64.xor (i64.load offset=${offset} (local.get $p)) (i64.extend_i32_u (local.get ${crc}))))
  (local.set ${b} (i64.load offset=${offset + 8} (local.get $p)))
  (local.set ${crc} ${xor(Array.from({ length: 16 }, (_, byte) => lookup(byte < 8 ? a : b, byte % 8, 15 - byte)))})`;

const move = xor(
  [0, 1, 2, 3].map((part) => {
    const place =
      part === 0
        ? "(i32.shl (i32.and (local.get $c) (i32.const 255)) (i32.const 2))"
        : `(i32.and (i32.shr_u (local.get $c) (i32.const ${part * 8 - 2})) (i32.const 1020))`;
    return `(i32.load offset=${16_384 + part * 1024} ${place})`;
  }),
);

const source = `(module
  (memory (export "memory") 18)
  ;; The state is the inverted checksum. Whole pairs of halves first, then steps, then bytes.
  (func (export "crc") (param $c i32) (param $p i32) (param $n i32) (result i32)
    (local $d i32) (local $end i32) (local $a i64) (local $b i64) (local $x i64) (local $y i64)
    (block $tail
      (loop $pairs
        (br_if $tail (i32.lt_u (local.get $n) (i32.const ${HALF * 2})))
        (local.set $d (i32.const 0))
        (local.set $end (i32.add (local.get $p) (i32.const ${HALF})))
        (loop $half
          ${step("$c", 0, "$a", "$b")}
          ${step("$d", HALF, "$x", "$y")}
          ${step("$c", 16, "$a", "$b")}
          ${step("$d", HALF + 16, "$x", "$y")}
          (local.set $p (i32.add (local.get $p) (i32.const 32)))
          (br_if $half (i32.lt_u (local.get $p) (local.get $end))))
        (local.set $c (i32.xor ${move} (local.get $d)))
        (local.set $p (i32.add (local.get $p) (i32.const ${HALF})))
        (local.set $n (i32.sub (local.get $n) (i32.const ${HALF * 2})))
        (br $pairs)))
    (local.set $end (i32.add (local.get $p) (i32.and (local.get $n) (i32.const -16))))
    (block $bytes
      (loop $steps
        (br_if $bytes (i32.ge_u (local.get $p) (local.get $end)))
        ${step("$c", 0, "$a", "$b")}
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (br $steps)))
    (local.set $end (i32.add (local.get $p) (i32.and (local.get $n) (i32.const 15))))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
        (local.set $c (i32.xor (i32.shr_u (local.get $c) (i32.const 8))
          (i32.load (i32.shl (i32.and (i32.xor (local.get $c) (i32.load8_u (local.get $p))) (i32.const 255)) (i32.const 2)))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $each)))
    (local.get $c)))`;

const { parseWat } = await wabt();
const module = parseWat("crc32c.wat", source);
module.validate();
const { buffer } = module.toBinary({});
writeFileSync(
  join(import.meta.dirname, "../src/generated/crc32c-wasm.ts"),
  `// Made by scripts/make-crc32c-wasm.ts: edit that script instead.\n\n/** The module in base64. */\nexport const wasm =\n  "${Buffer.from(buffer).toString("base64")}";\n`,
);
console.log(`${buffer.length} bytes`);
