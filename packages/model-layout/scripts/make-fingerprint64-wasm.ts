/**
 * Makes src/generated/fingerprint64-wasm.ts: the inner loop of FarmHash Fingerprint64 over whole blocks of 64 bytes.
 *
 *     npx tsx packages/model-layout/scripts/make-fingerprint64-wasm.ts
 *
 * Memory: 0..55 the state as seven 64-bit words (x, y, z, v0, v1, w0, w1), from 64 on the data.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import wabt from "wabt";

const K1 = "0xb492b66fbe98f273";
const STATE = ["x", "y", "z", "v0", "v1", "w0", "w1"];

const get = (name: string): string => `(local.get $${name})`;
const set = (name: string, value: string): string => `(local.set $${name} ${value})`;
const add = (...terms: string[]): string => terms.reduce((sum, term) => `(i64.add ${sum} ${term})`);
const xor = (a: string, b: string): string => `(i64.xor ${a} ${b})`;
const times = (a: string): string => `(i64.mul ${a} (i64.const ${K1}))`;
const rotate = (a: string, by: number): string => `(i64.rotr ${a} (i64.const ${by}))`;
const word = (offset: number): string => `(i64.load offset=${offset} (local.get $p))`;

/** Hashes 32 bytes at $p + offset with the seeds in the locals `a` and `b` into the pair `name`. */
const weak = (name: string, offset: number): string => `
  ${set("a", add(get("a"), word(offset)))}
  ${set("b", rotate(add(get("b"), get("a"), word(offset + 24)), 21))}
  ${set("c", get("a"))}
  ${set("a", add(get("a"), word(offset + 8), word(offset + 16)))}
  ${set("b", add(get("b"), rotate(get("a"), 44)))}
  ${set(`${name}0`, add(get("a"), word(offset + 24)))}
  ${set(`${name}1`, add(get("b"), get("c")))}`;

const source = `(module
  (memory (export "memory") 16)
  (func (export "blocks") (param $p i32) (param $n i32)
    (local $end i32)
    ${[...STATE, "a", "b", "c"].map((name) => `(local $${name} i64)`).join(" ")}
    ${STATE.map((name, index) => set(name, `(i64.load offset=${index * 8} (i32.const 0))`)).join("\n    ")}
    (local.set $end (i32.add (local.get $p) (i32.shl (local.get $n) (i32.const 6))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
        ${set("x", times(rotate(add(get("x"), get("y"), get("v0"), word(8)), 37)))}
        ${set("y", times(rotate(add(get("y"), get("v1"), word(48)), 42)))}
        ${set("x", xor(get("x"), get("w1")))}
        ${set("y", add(get("y"), get("v0"), word(40)))}
        ${set("z", times(rotate(add(get("z"), get("w0")), 33)))}
        ${set("a", times(get("v1")))}
        ${set("b", add(get("x"), get("w0")))}
        ${weak("v", 0)}
        ${set("a", add(get("z"), get("w1")))}
        ${set("b", add(get("y"), word(16)))}
        ${weak("w", 32)}
        ${set("c", get("z"))}
        ${set("z", get("x"))}
        ${set("x", get("c"))}
        (local.set $p (i32.add (local.get $p) (i32.const 64)))
        (br $next)))
    ${STATE.map((name, index) => `(i64.store offset=${index * 8} (i32.const 0) ${get(name)})`).join("\n    ")}))`;

const { parseWat } = await wabt();
const module = parseWat("fingerprint64.wat", source);
module.validate();
const { buffer } = module.toBinary({});
writeFileSync(
  join(import.meta.dirname, "../src/generated/fingerprint64-wasm.ts"),
  `// Made by scripts/make-fingerprint64-wasm.ts: edit that script instead.\n\n/** The module in base64. */\nexport const wasm =\n  "${Buffer.from(buffer).toString("base64")}";\n`,
);
console.log(`${buffer.length} bytes`);
