/**
 * Makes src/generated/gemm-module.ts: the WebAssembly module with the float32 kernels, once with plain SIMD and once
 * with fused multiply-add (relaxed SIMD), written as text here and assembled by wabt. `--check` only compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import wabtFactory from "wabt";

const PANEL = 8;
const ROWS = 4;
const UNROLL = 4;

const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join("\n");

/** acc += a * b */
const madd = (fused: boolean, acc: string, a: string, b: string): string =>
  fused
    ? `(local.set ${acc} (f32x4.relaxed_madd ${a} ${b} (local.get ${acc})))`
    : `(local.set ${acc} (f32x4.add (local.get ${acc}) (f32x4.mul ${a} ${b})))`;

const clamp = (value: string): string => `(f32x4.pmin (f32x4.pmax ${value} (local.get $lo)) (local.get $hi))`;

function gemm(fused: boolean): string {
  const step = (rows: number, u: number): string => `
    (local.set $b0 (v128.load offset=${u * PANEL * 4} (local.get $pb)))
    (local.set $b1 (v128.load offset=${u * PANEL * 4 + 16} (local.get $pb)))
    ${times(
      rows,
      (r) => `
      (local.set $x (v128.load32_splat offset=${u * 4} (local.get $p${r})))
      ${madd(fused, `$c${r}0`, "(local.get $x)", "(local.get $b0)")}
      ${madd(fused, `$c${r}1`, "(local.get $x)", "(local.get $b1)")}`,
    )}`;
  const tile = (rows: number): string => `
    (local.set $p0 (i32.add (local.get $a) (i32.mul (local.get $i) (local.get $lda))))
    ${times(rows - 1, (r) => `(local.set $p${r + 1} (i32.add (local.get $p${r}) (local.get $lda)))`)}
    (local.set $pb (local.get $panel))
    ${times(rows, (r) => `(local.set $c${r}0 (v128.const i32x4 0 0 0 0)) (local.set $c${r}1 (v128.const i32x4 0 0 0 0))`)}
    (local.set $kk (i32.shr_u (local.get $k) (i32.const 2)))
    (if (local.get $kk) (then (loop $unrolled
      ${times(UNROLL, (u) => step(rows, u))}
      ${times(rows, (r) => `(local.set $p${r} (i32.add (local.get $p${r}) (i32.const ${4 * UNROLL})))`)}
      (local.set $pb (i32.add (local.get $pb) (i32.const ${4 * PANEL * UNROLL})))
      (br_if $unrolled (local.tee $kk (i32.sub (local.get $kk) (i32.const 1)))))))
    (local.set $kk (i32.and (local.get $k) (i32.const 3)))
    (if (local.get $kk) (then (loop $rest
      ${step(rows, 0)}
      ${times(rows, (r) => `(local.set $p${r} (i32.add (local.get $p${r}) (i32.const 4)))`)}
      (local.set $pb (i32.add (local.get $pb) (i32.const ${4 * PANEL})))
      (br_if $rest (local.tee $kk (i32.sub (local.get $kk) (i32.const 1)))))))
    (local.set $out (i32.add (i32.add (local.get $c) (i32.mul (local.get $i) (local.get $ldc))) (local.get $column)))
    ${times(
      rows,
      (r) => `
      ${times(2, (h) => `(v128.store offset=${16 * h} (local.get $out) ${clamp(`(f32x4.add (f32x4.mul (local.get $c${r}${h}) (local.get $s${h})) (local.get $t${h}))`)})`)}
      ${r < rows - 1 ? "(local.set $out (i32.add (local.get $out) (local.get $ldc)))" : ""}`,
    )}`;
  return `
  ;; C = clamp(A · B · scale + shift): A row-major, B in panels of ${PANEL} columns, C rows of whole panels.
  (func (export "gemm") (param $a i32) (param $b i32) (param $c i32) (param $m i32) (param $k i32) (param $panels i32)
    (param $lda i32) (param $ldc i32) (param $scale i32) (param $shift i32) (param $low f32) (param $high f32) (param $block i32)
    (local $first i32) (local $end i32) (local $i i32) (local $j i32) (local $kk i32) (local $panel i32) (local $pb i32)
    (local $column i32) (local $out i32) (local $x v128) (local $b0 v128) (local $b1 v128)
    (local $s0 v128) (local $s1 v128) (local $t0 v128) (local $t1 v128) (local $lo v128) (local $hi v128)
    ${times(ROWS, (r) => `(local $p${r} i32) (local $c${r}0 v128) (local $c${r}1 v128)`)}
    (local.set $lo (f32x4.splat (local.get $low)))
    (local.set $hi (f32x4.splat (local.get $high)))
    (block $done (loop $blocks
      (br_if $done (i32.ge_u (local.get $first) (local.get $m)))
      (local.set $end (i32.add (local.get $first) (local.get $block)))
      (if (i32.gt_u (local.get $end) (local.get $m)) (then (local.set $end (local.get $m))))
      (local.set $j (i32.const 0))
      (local.set $panel (local.get $b))
      (loop $columns
        (local.set $column (i32.mul (local.get $j) (i32.const ${PANEL * 4})))
        (local.set $s0 (v128.load (i32.add (local.get $scale) (local.get $column))))
        (local.set $s1 (v128.load offset=16 (i32.add (local.get $scale) (local.get $column))))
        (local.set $t0 (v128.load (i32.add (local.get $shift) (local.get $column))))
        (local.set $t1 (v128.load offset=16 (i32.add (local.get $shift) (local.get $column))))
        (local.set $i (local.get $first))
        (block $tall (loop $rows
          (br_if $tall (i32.gt_u (i32.add (local.get $i) (i32.const ${ROWS})) (local.get $end)))
          ${tile(ROWS)}
          (local.set $i (i32.add (local.get $i) (i32.const ${ROWS})))
          (br $rows)))
        (block $single (loop $rows
          (br_if $single (i32.ge_u (local.get $i) (local.get $end)))
          ${tile(1)}
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $rows)))
        (local.set $panel (i32.add (local.get $panel) (i32.mul (local.get $k) (i32.const ${PANEL * 4}))))
        (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $panels))))
      (local.set $first (local.get $end))
      (br $blocks))))`;
}

/** Rows of the matrix whose product with a filter is its convolution: kh·kw·c numbers for each output pixel. */
const im2col = `
  (func (export "im2col") (param $src i32) (param $dst i32) (param $row i32) (param $rows i32)
    (param $h i32) (param $w i32) (param $pitch i32) (param $c i32) (param $kh i32) (param $kw i32) (param $sh i32) (param $sw i32)
    (param $dh i32) (param $dw i32) (param $pt i32) (param $pl i32) (param $oh i32) (param $ow i32)
    (local $bytes i32) (local $y i32) (local $x i32) (local $image i32) (local $ky i32) (local $kx i32) (local $line i32)
    (local $skip i32) (local $take i32) (local $pix i32)
    (local.set $bytes (i32.shl (local.get $c) (i32.const 2)))
    (local.set $pitch (i32.shl (local.get $pitch) (i32.const 2)))
    (block $done (loop $pixels
      (br_if $done (i32.eqz (local.get $rows)))
      (local.set $x (i32.sub (i32.mul (i32.rem_u (local.get $row) (local.get $ow)) (local.get $sw)) (local.get $pl)))
      (local.set $pix (i32.div_u (local.get $row) (local.get $ow)))
      (local.set $y (i32.sub (i32.mul (i32.rem_u (local.get $pix) (local.get $oh)) (local.get $sh)) (local.get $pt)))
      (local.set $image (i32.add (local.get $src) (i32.mul (i32.div_u (local.get $pix) (local.get $oh))
        (i32.mul (i32.mul (local.get $h) (local.get $w)) (local.get $pitch)))))
      (local.set $ky (i32.const 0))
      (loop $lines
        (if (i32.ge_u (local.get $y) (local.get $h))
          (then
            (memory.fill (local.get $dst) (i32.const 0) (i32.mul (local.get $kw) (local.get $bytes)))
            (local.set $dst (i32.add (local.get $dst) (i32.mul (local.get $kw) (local.get $bytes)))))
          (else
            (local.set $line (i32.add (local.get $image) (i32.mul (i32.mul (local.get $y) (local.get $w)) (local.get $pitch))))
            (if (i32.and (i32.eq (local.get $dw) (i32.const 1)) (i32.eq (local.get $pitch) (local.get $bytes)))
              (then
                ;; pixels beside the image, then those inside in one copy, then those behind it
                (local.set $skip (i32.const 0))
                (if (i32.lt_s (local.get $x) (i32.const 0)) (then (local.set $skip (i32.sub (i32.const 0) (local.get $x)))))
                (if (i32.gt_s (local.get $skip) (local.get $kw)) (then (local.set $skip (local.get $kw))))
                (local.set $take (i32.sub (local.get $w) (i32.add (local.get $x) (local.get $skip))))
                (if (i32.lt_s (local.get $take) (i32.const 0)) (then (local.set $take (i32.const 0))))
                (if (i32.gt_s (local.get $take) (i32.sub (local.get $kw) (local.get $skip)))
                  (then (local.set $take (i32.sub (local.get $kw) (local.get $skip)))))
                (memory.fill (local.get $dst) (i32.const 0) (i32.mul (local.get $skip) (local.get $bytes)))
                (local.set $dst (i32.add (local.get $dst) (i32.mul (local.get $skip) (local.get $bytes))))
                (memory.copy (local.get $dst)
                  (i32.add (local.get $line) (i32.mul (i32.add (local.get $x) (local.get $skip)) (local.get $bytes)))
                  (i32.mul (local.get $take) (local.get $bytes)))
                (local.set $dst (i32.add (local.get $dst) (i32.mul (local.get $take) (local.get $bytes))))
                (local.set $skip (i32.sub (i32.sub (local.get $kw) (local.get $skip)) (local.get $take)))
                (memory.fill (local.get $dst) (i32.const 0) (i32.mul (local.get $skip) (local.get $bytes)))
                (local.set $dst (i32.add (local.get $dst) (i32.mul (local.get $skip) (local.get $bytes)))))
              (else
                (local.set $kx (i32.const 0))
                (local.set $pix (local.get $x))
                (loop $taps
                  (if (i32.ge_u (local.get $pix) (local.get $w))
                    (then (memory.fill (local.get $dst) (i32.const 0) (local.get $bytes)))
                    (else (memory.copy (local.get $dst)
                      (i32.add (local.get $line) (i32.mul (local.get $pix) (local.get $pitch))) (local.get $bytes))))
                  (local.set $dst (i32.add (local.get $dst) (local.get $bytes)))
                  (local.set $pix (i32.add (local.get $pix) (local.get $dw)))
                  (br_if $taps (i32.lt_u (local.tee $kx (i32.add (local.get $kx) (i32.const 1))) (local.get $kw))))))))
        (local.set $y (i32.add (local.get $y) (local.get $dh)))
        (br_if $lines (i32.lt_u (local.tee $ky (i32.add (local.get $ky) (i32.const 1))) (local.get $kh))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br $pixels))))`;

/** A window that slides over each channel by itself: depthwise convolution and pooling. Channels go four at a time. */
function window(
  name: string,
  extra: string,
  lanes: number,
  start: string,
  tap: (v: number) => string,
  finish: (v: number) => string,
): string {
  const loops = (vectors: number): string => `
          ${times(vectors, (v) => `(local.set $acc${v} ${start})`)}
          (local.set $count (f32.const 0))
          (local.set $ky (i32.const 0))
          (local.set $iy (local.get $y))
          (local.set $tapRow (local.get $f))
          (loop $lines
            (if (i32.lt_u (local.get $iy) (local.get $h)) (then
              (local.set $kx (i32.const 0))
              (local.set $ix (local.get $x))
              (local.set $tap (i32.add (local.get $tapRow) (local.get $ch)))
              (loop $taps
                (if (i32.lt_u (local.get $ix) (local.get $w)) (then
                  (local.set $at (i32.add (i32.add (local.get $image)
                    (i32.mul (i32.add (i32.mul (local.get $iy) (local.get $w)) (local.get $ix)) (local.get $bytes))) (local.get $ch)))
                  (local.set $count (f32.add (local.get $count) (f32.const 1)))
                  ${times(vectors, tap)}))
                (local.set $tap (i32.add (local.get $tap) (local.get $bytes)))
                (local.set $ix (i32.add (local.get $ix) (local.get $dw)))
                (br_if $taps (i32.lt_u (local.tee $kx (i32.add (local.get $kx) (i32.const 1))) (local.get $kw))))))
            (local.set $tapRow (i32.add (local.get $tapRow) (i32.mul (local.get $kw) (local.get $bytes))))
            (local.set $iy (i32.add (local.get $iy) (local.get $dh)))
            (br_if $lines (i32.lt_u (local.tee $ky (i32.add (local.get $ky) (i32.const 1))) (local.get $kh))))
          ${times(vectors, (v) => `(v128.store offset=${16 * v} (i32.add (local.get $dst) (local.get $ch)) ${finish(v)})`)}
          (local.set $ch (i32.add (local.get $ch) (i32.const ${16 * vectors})))`;
  return `
  (func (export "${name}") (param $src i32) (param $f i32) (param $dst i32) (param $n i32)
    (param $h i32) (param $w i32) (param $c i32) (param $kh i32) (param $kw i32) (param $sh i32) (param $sw i32)
    (param $dh i32) (param $dw i32) (param $pt i32) (param $pl i32) (param $oh i32) (param $ow i32) ${extra}
    (local $bytes i32) (local $y i32) (local $x i32) (local $oy i32) (local $ox i32) (local $image i32) (local $ky i32)
    (local $kx i32) (local $iy i32) (local $ix i32) (local $at i32) (local $tap i32) (local $tapRow i32) (local $ch i32)
    (local $count f32) (local $lo v128) (local $hi v128)
    ${times(lanes, (v) => `(local $acc${v} v128)`)}
    (local.set $bytes (i32.shl (local.get $c) (i32.const 2)))
    ${extra.includes("$low") ? "(local.set $lo (f32x4.splat (local.get $low))) (local.set $hi (f32x4.splat (local.get $high)))" : ""}
    (local.set $image (local.get $src))
    (block $done (loop $images
      (br_if $done (i32.eqz (local.get $n)))
      (local.set $oy (i32.const 0))
      (loop $outRows
        (local.set $y (i32.sub (i32.mul (local.get $oy) (local.get $sh)) (local.get $pt)))
        (local.set $ox (i32.const 0))
        (loop $outColumns
          (local.set $x (i32.sub (i32.mul (local.get $ox) (local.get $sw)) (local.get $pl)))
          (local.set $ch (i32.const 0))
          (block $wide (loop $channels
            (br_if $wide (i32.gt_u (i32.add (local.get $ch) (i32.const ${16 * lanes})) (local.get $bytes)))
            ${loops(lanes)}
            (br $channels)))
          (block $narrow (loop $channels
            (br_if $narrow (i32.ge_u (local.get $ch) (local.get $bytes)))
            ${loops(1)}
            (br $channels)))
          (local.set $dst (i32.add (local.get $dst) (local.get $bytes)))
          (br_if $outColumns (i32.lt_u (local.tee $ox (i32.add (local.get $ox) (i32.const 1))) (local.get $ow))))
        (br_if $outRows (i32.lt_u (local.tee $oy (i32.add (local.get $oy) (i32.const 1))) (local.get $oh))))
      (local.set $image (i32.add (local.get $image) (i32.mul (i32.mul (local.get $h) (local.get $w)) (local.get $bytes))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $images))))`;
}

/** 1 / (1 + e^-x), or x times that: Cephes' polynomial of e^x, good to the last bit or two of float32. */
function sigmoid(fused: boolean): string {
  const constant = (x: number): string => `(f32x4.splat (f32.const ${x}))`;
  const polynomial = [
    1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  ]
    .map((c, i) =>
      i === 0
        ? `(local.set $p ${constant(c)})`
        : fused
          ? `(local.set $p (f32x4.relaxed_madd (local.get $p) (local.get $x) ${constant(c)}))`
          : `(local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) ${constant(c)}))`,
    )
    .join("\n");
  return `
  (func (export "sigmoid") (param $src i32) (param $dst i32) (param $n i32) (param $swish i32)
    (local $v v128) (local $x v128) (local $k v128) (local $p v128)
    (block $done (loop $vectors
      (br_if $done (i32.eqz (local.get $n)))
      (local.set $v (v128.load (local.get $src)))
      (local.set $x (f32x4.pmin (f32x4.pmax (f32x4.neg (local.get $v)) ${constant(-87)}) ${constant(88)}))
      (local.set $k (f32x4.floor (f32x4.add (f32x4.mul (local.get $x) ${constant(Math.LOG2E)}) ${constant(0.5)})))
      (local.set $x (f32x4.sub (local.get $x) (f32x4.mul (local.get $k) ${constant(0.693359375)})))
      (local.set $x (f32x4.sub (local.get $x) (f32x4.mul (local.get $k) ${constant(-2.1219444e-4)})))
      ${polynomial}
      (local.set $p (f32x4.add (f32x4.add (f32x4.mul (local.get $p) (f32x4.mul (local.get $x) (local.get $x))) (local.get $x)) ${constant(1)}))
      (local.set $p (f32x4.mul (local.get $p)
        (i32x4.shl (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $k)) (i32x4.splat (i32.const 127))) (i32.const 23))))
      (local.set $p (f32x4.div ${constant(1)} (f32x4.add ${constant(1)} (local.get $p))))
      (if (local.get $swish) (then (local.set $p (f32x4.mul (local.get $p) (local.get $v)))))
      (v128.store (local.get $dst) (local.get $p))
      (local.set $src (i32.add (local.get $src) (i32.const 16)))
      (local.set $dst (i32.add (local.get $dst) (i32.const 16)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $vectors))))`;
}

function moduleText(fused: boolean): string {
  const load = (v: number, from: string): string => `(v128.load offset=${16 * v} (local.get ${from}))`;
  const zero = "(v128.const i32x4 0 0 0 0)";
  const channel = (base: string, v: number): string =>
    `(v128.load offset=${16 * v} (i32.add (local.get ${base}) (local.get $ch)))`;
  return `(module
  (memory (export "memory") 1 65536)
  ${gemm(fused)}
  ${im2col}
  ${sigmoid(fused)}
  ${window(
    "depthwise",
    "(param $scale i32) (param $shift i32) (param $low f32) (param $high f32)",
    4,
    zero,
    (v) => madd(fused, `$acc${v}`, load(v, "$at"), load(v, "$tap")),
    (v) =>
      clamp(`(f32x4.add (f32x4.mul (local.get $acc${v}) ${channel("$scale", v)}) ${channel("$shift", v)})`),
  )}
  ${window(
    "maxPool",
    "",
    4,
    "(f32x4.splat (f32.const -inf))",
    (v) => `(local.set $acc${v} (f32x4.max (local.get $acc${v}) ${load(v, "$at")}))`,
    (v) => `(local.get $acc${v})`,
  )}
  ${window(
    "avgPool",
    "",
    4,
    zero,
    (v) => `(local.set $acc${v} (f32x4.add (local.get $acc${v}) ${load(v, "$at")}))`,
    (v) => `(f32x4.div (local.get $acc${v}) (f32x4.splat (local.get $count)))`,
  )}
)`;
}

const wabt = await wabtFactory();
const assemble = (fused: boolean): string => {
  const features = { simd: true, bulk_memory: true, relaxed_simd: fused };
  const parsed = wabt.parseWat("gemm.wat", moduleText(fused), features as never);
  parsed.validate();
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return Buffer.from(buffer).toString("base64");
};

const target = join(import.meta.dirname, "../src/generated/gemm-module.ts");
const text = `// Made by scripts/generate-gemm.ts: edit that file instead.

/** float32 kernels in WebAssembly SIMD, base64. */
export const simdModule: string =
  "${assemble(false)}";

/** The same with fused multiply-add, for engines that have relaxed SIMD. */
export const fusedModule: string =
  "${assemble(true)}";
`;
let old = "";
try {
  old = readFileSync(target, "utf8");
} catch {
  // first time
}
if (old !== text) {
  if (process.argv.includes("--check")) {
    console.error("gemm-module.ts is not up to date: run npm run generate");
    process.exitCode = 1;
  } else writeFileSync(target, text);
}
