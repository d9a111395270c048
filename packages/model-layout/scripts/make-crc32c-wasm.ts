/**
 * Makes src/generated/crc32c-wasm.ts: the part of CRC-32C that WebAssembly does, sixteen bytes an instruction.
 *
 *     npx tsx packages/model-layout/scripts/make-crc32c-wasm.ts
 *
 * A message is a polynomial, its checksum the remainder by P. Adding a multiple of P changes nothing, so with a sparse
 * multiple 1 + x^8a + x^8b + x^8c every byte is struck out by adding it to the bytes a - b, a - c and a places on: three
 * exclusive ors, no tables, no carry-less multiplication (the idea is known as Chorba, Jackson and Russell 2024). What is
 * left at the end, `a` bytes, has the remainder of the whole.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import wabt from "wabt";

/** Distances from a byte to those that are added to it. The last one is what remains. */
const FAR = [767, 2524, 5275];
const NEAR = [65, 155, 170, 195, 209];
/** Bytes of one turn of the loop: at most the smallest distance. */
const TURN = 64;

/** Throws unless 1 + x^8(a-d) + … + x^8a, for the distances d, is a multiple of the Castagnoli polynomial. */
function assertMultiple(distances: readonly number[]): void {
  const power = (bytes: number): number => {
    let value = 0x80000000; // reflected: the top bit is 1
    for (let bit = 0; bit < bytes * 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    return value;
  };
  const reach = Math.max(...distances);
  let sum = power(reach);
  for (const distance of distances) sum ^= power(reach - distance);
  if (sum !== 0) throw new Error(`${distances} is no multiple`);
  if (Math.min(...distances) < TURN) throw new Error(`${distances} is shorter than a turn`);
}

/**
 * For `n` bytes (rounded up to whole turns): to[i] = from[i] + the struck out bytes i - d. `struck` is where the byte
 * lies that is the longest distance before from[0]; what comes before the message must be zero there.
 */
function loop(name: string, distances: readonly number[]): string {
  assertMultiple(distances);
  const reach = Math.max(...distances);
  const sixteen = (at: number): string =>
    distances.reduce(
      (sum, distance) =>
        `(v128.xor ${sum} (v128.load offset=${reach - distance + at} align=1 (local.get $struck)))`,
      `(v128.load offset=${at} align=1 (local.get $from))`,
    );
  const stores = [];
  for (let at = 0; at < TURN; at += 16)
    stores.push(`(v128.store offset=${at} align=1 (local.get $to) ${sixteen(at)})`);
  const advance = (local: string): string =>
    `(local.set ${local} (i32.add (local.get ${local}) (i32.const ${TURN})))`;
  return `
  (func (export "${name}") (param $struck i32) (param $from i32) (param $to i32) (param $n i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $n)))
    (block $done
      (loop $turn
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        ${stores.join("\n        ")}
        ${["$struck", "$from", "$to"].map(advance).join(" ")}
        (br $turn))))`;
}

const source = `(module
  (memory (export "memory") 9)
  ${loop("far", FAR)}
  ${loop("near", NEAR)})`;

const { parseWat } = await wabt();
const module = parseWat("crc32c.wat", source, { simd: true });
module.validate();
const { buffer } = module.toBinary({});
writeFileSync(
  join(import.meta.dirname, "../src/generated/crc32c-wasm.ts"),
  `// Made by scripts/make-crc32c-wasm.ts: edit that script instead.

/** Bytes that remain after each of the loops. */
export const FAR = ${FAR.at(-1)};
export const NEAR = ${NEAR.at(-1)};
/** The loops work on whole turns of so many bytes. */
export const TURN = ${TURN};

/** The module in base64. */
export const wasm =
  "${Buffer.from(buffer).toString("base64")}";
`,
);
console.log(`${buffer.length} bytes`);
