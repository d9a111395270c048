import type { DType } from "@servable/tensors";
import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.ts";
import { allocate, arithmeticOf, dtypeName, ints, product, scalarInt, type Value } from "../value.ts";
import { floatsToHalf, widen } from "./half.ts";
import { handleOf } from "./variables.ts";

type Block = [number, number, number, number];

function high32(a: number, b: number): number {
  const [ah, al, bh, bl] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = ah * bl + Math.floor((al * bl) / 65536);
  const carry = (middle % 65536) + al * bh;
  return (ah * bh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

/** Philox 4x32-10: the generator behind TensorFlow's random ops. */
class Philox {
  readonly #key: readonly [number, number];
  readonly #counter: Uint32Array;

  constructor(key: readonly [number, number], counter: ArrayLike<number>) {
    this.#key = key;
    this.#counter = Uint32Array.from(counter);
  }

  copy(): Philox {
    return new Philox(this.#key, this.#counter);
  }

  /** The 128-bit counter moved on by `count` blocks. */
  skip(count: number): void {
    let carry = BigInt(count);
    for (let i = 0; i < 4 && carry > 0n; i++) {
      const sum = BigInt(this.#counter[i]!) + (carry & 0xffffffffn);
      this.#counter[i] = Number(sum & 0xffffffffn);
      carry = (carry >> 32n) + (sum >> 32n);
    }
  }

  next(): Block {
    let [c0, c1, c2, c3] = this.#counter as unknown as Block;
    let [k0, k1] = this.#key;
    for (let round = 0; round < 10; round++) {
      const [lo0, hi0] = [Math.imul(0xd2511f53, c0) >>> 0, high32(0xd2511f53, c0)];
      const [lo1, hi1] = [Math.imul(0xcd9e8d57, c2) >>> 0, high32(0xcd9e8d57, c2)];
      [c0, c1, c2, c3] = [(hi1 ^ c1 ^ k0) >>> 0, lo1, (hi0 ^ c3 ^ k1) >>> 0, lo0];
      k0 = (k0 + 0x9e3779b9) >>> 0;
      k1 = (k1 + 0xbb67ae85) >>> 0;
    }
    this.skip(1);
    return [c0, c1, c2, c3];
  }
}

const low = (x: bigint): number => Number(x & 0xffffffffn);
const high = (x: bigint): number => Number((x >> 32n) & 0xffffffffn);

/** Key and counter that TensorFlow scrambles a pair of seeds into. */
function scrambled(seed: Value): Philox {
  if (seed.shape.length !== 1 || seed.shape[0] !== 2)
    throw invalid(`seed must have shape [2], not [${seed.shape.join(",")}]`);
  const [a, b] = Array.from(seed.data as ArrayLike<number | bigint>, (v) =>
    BigInt.asUintN(64, BigInt(v)),
  ) as [bigint, bigint];
  const mixed = new Philox([0x3ec8f720, 0x02461e29], [low(a), high(a), low(b), high(b)]).next();
  return new Philox([mixed[0], mixed[1]], [0, 0, mixed[2], mixed[3]]);
}

function keyAndCounter(seed: Value): [Value, Value] {
  const [a, b] = Array.from(seed.data as ArrayLike<number | bigint>, (v) =>
    BigInt.asUintN(64, BigInt(v)),
  ) as [bigint, bigint];
  const mixed = new Philox([0x3ec8f720, 0x02461e29], [low(a), high(a), low(b), high(b)]).next();
  const pair = (x: number, y: number): bigint => BigInt(x) | (BigInt(y) << 32n);
  return [
    { dtype: "DT_UINT64", shape: [1], data: BigUint64Array.of(pair(mixed[0], mixed[1])) },
    { dtype: "DT_UINT64", shape: [2], data: BigUint64Array.of(0n, pair(mixed[2], mixed[3])) },
  ];
}

function given(key: Value, counter: Value, algorithm: Value): Philox {
  const alg = scalarInt(algorithm);
  if (alg !== 1 && alg !== 3)
    throw unimplemented(`the random number algorithm ${alg} is not supported`, ["StatelessRandom"]);
  const k = (key.data as BigUint64Array)[0]!;
  const [c0, c1] = counter.data as unknown as [bigint, bigint];
  if (counter.shape[0]! < 2) {
    throw invalid(
      `counter must be a vector with length at least 2; got shape: [${counter.shape.join(",")}]. (Note that batched counters are not supported yet.)`,
    );
  }
  return new Philox([low(k), high(k)], [low(c0), high(c0), low(c1), high(c1)]);
}

const word = new Uint32Array(2);
const single = new Float32Array(word.buffer);
const double = new Float64Array(word.buffer);

function toFloat(x: number): number {
  word[0] = 0x3f800000 | (x & 0x7fffff);
  return single[0]! - 1;
}

function toDouble(x0: number, x1: number): number {
  word[0] = x1;
  word[1] = 0x3ff00000 | (x0 & 0xfffff);
  return double[0]! - 1;
}

/** Two normal numbers of two uniform ones (Box and Muller), in float32 steps. */
function normals(x0: number, x1: number): [number, number] {
  const u1 = Math.max(toFloat(x0), Math.fround(1e-7));
  const v1 = Math.fround(Math.fround(2 * Math.PI) * toFloat(x1));
  const u2 = Math.fround(Math.sqrt(Math.fround(-2 * Math.fround(Math.log(u1)))));
  return [Math.fround(Math.fround(Math.sin(v1)) * u2), Math.fround(Math.fround(Math.cos(v1)) * u2)];
}

function doubleNormals(x: Block): [number, number] {
  const u1 = Math.max(toDouble(x[0], x[1]), 1e-7);
  const v1 = 2 * Math.PI * toDouble(x[2], x[3]);
  const u2 = Math.sqrt(-2 * Math.log(u1));
  return [Math.sin(v1) * u2, Math.cos(v1) * u2];
}

const halfOf = (x: number): number => (x & 0x3ff) / 1024;
const brainOf = (x: number): number => (x & 0x7f) / 128;

/** Numbers made of one block, in the order in which they are stored. */
type Draw = (block: Block) => readonly (number | bigint)[];

function uniformDraw(dtype: DType): Draw {
  switch (dtype) {
    case "DT_FLOAT":
      return (block) => block.map(toFloat);
    case "DT_DOUBLE":
      return ([a, b, c, d]) => [toDouble(a, b), toDouble(c, d)];
    case "DT_HALF":
      return (block) => block.map(halfOf);
    case "DT_BFLOAT16":
      return (block) => block.map(brainOf);
    default:
      throw unimplemented(`random numbers of ${dtypeName(dtype)} are not supported`, [
        "StatelessRandomUniform",
      ]);
  }
}

const normalDraw = (dtype: DType): Draw =>
  dtype === "DT_DOUBLE" ? doubleNormals : ([a, b, c, d]) => [...normals(a, b), ...normals(c, d)];

const wide = ([a, b, c, d]: Block): bigint[] => [
  BigInt(a) | (BigInt(b) << 32n),
  BigInt(c) | (BigInt(d) << 32n),
];

function integerDraw(dtype: DType, from: Value, to: Value): Draw {
  const low = BigInt((from.data as ArrayLike<number | bigint>)[0]!);
  const high = BigInt((to.data as ArrayLike<number | bigint>)[0]!);
  if (low >= high) throw invalid(`Need minval < maxval, got ${low} >= ${high}`);
  const span = high - low;
  if (arithmeticOf(dtype) === "bigint") return (block) => wide(block).map((x) => low + (x % span));
  return (block) => block.map((x) => Number(low) + (x % Number(span)));
}

function fill(dtype: DType, shape: readonly number[], generator: Philox, draw: Draw): Value {
  const half = arithmeticOf(dtype) === "half";
  const data = allocate(half ? "DT_FLOAT" : dtype, shape) as unknown as (number | bigint)[];
  for (let i = 0; i < data.length; ) {
    for (const x of draw(generator.next())) if (i < data.length) data[i++] = x;
  }
  const made = data as unknown as Value["data"];
  return { dtype, shape, data: half ? floatsToHalf(dtype as "DT_HALF", made as Float32Array) : made };
}

/** Normal numbers without those beyond two standard deviations; each group of outputs has 256 blocks of its own. */
function fillTruncated(dtype: DType, shape: readonly number[], base: Philox): Value {
  const half = arithmeticOf(dtype) === "half";
  const isDouble = dtype === "DT_DOUBLE";
  const group = isDouble ? 2 : 4;
  const data = allocate(half ? "DT_FLOAT" : dtype, shape) as Float32Array;
  for (let start = 0, index = 0; start < data.length; start += group, index++) {
    const generator = base.copy();
    generator.skip(index * 64 * group);
    let block = generator.next();
    let at = 0;
    const one = (): number => {
      if (at === 4) {
        block = generator.next();
        at = 0;
      }
      return block[at++]!;
    };
    let filled = 0;
    while (filled < group) {
      const pair = isDouble ? doubleNormals([one(), one(), one(), one()]) : normals(one(), one());
      for (const x of pair) {
        if (Math.abs(x) >= 2 || filled >= group) continue;
        if (start + filled < data.length) data[start + filled] = x;
        filled++;
      }
    }
  }
  return { dtype, shape, data: half ? floatsToHalf(dtype as "DT_HALF", data) : data };
}

type Source = (inputs: readonly Value[]) => { generator: Philox; rest: readonly Value[] };

const bySeed: Source = ([, seed, ...rest]) => ({ generator: scrambled(seed!), rest });
const byKey: Source = ([, key, counter, algorithm, ...rest]) => ({
  generator: given(key!, counter!, algorithm!),
  rest,
});

const uniform =
  (source: Source): KernelFactory =>
  (node) => {
    const dtype = node.attrs.dtype("dtype");
    const draw = uniformDraw(dtype);
    return (inputs) => fill(dtype, ints(inputs[0]!), source(inputs).generator, draw);
  };
const normal =
  (source: Source): KernelFactory =>
  (node) => {
    const dtype = node.attrs.dtype("dtype");
    const draw = normalDraw(dtype);
    return (inputs) => fill(dtype, ints(inputs[0]!), source(inputs).generator, draw);
  };
const truncated =
  (source: Source): KernelFactory =>
  (node) => {
    const dtype = node.attrs.dtype("dtype");
    return (inputs) => fillTruncated(dtype, ints(inputs[0]!), source(inputs).generator);
  };
const integer =
  (source: Source): KernelFactory =>
  (node) => {
    const dtype = node.attrs.dtype("dtype");
    return (inputs) => {
      const { generator, rest } = source(inputs);
      return fill(dtype, ints(inputs[0]!), generator, integerDraw(dtype, rest[0]!, rest[1]!));
    };
  };
const fullInteger =
  (source: Source): KernelFactory =>
  (node) => {
    const dtype = node.attrs.dtype("dtype");
    const draw: Draw = arithmeticOf(dtype) === "bigint" ? wide : (block) => block;
    return (inputs) => fill(dtype, ints(inputs[0]!), source(inputs).generator, draw);
  };

const categorical: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("output_dtype");
  return ([logitsGiven, countValue, seed]) => {
    const logits = widen(logitsGiven!);
    const [batch, classes] = logits.shape as [number, number];
    const count = scalarInt(countValue!);
    const shape = [batch, count];
    const data = allocate(dtype, shape) as unknown as (number | bigint)[];
    const source = logits.data as Float32Array;
    const generator = scrambled(seed!);
    let block: Block = [0, 0, 0, 0];
    let at = 4;
    const one = (): number => {
      if (at === 4) {
        block = generator.next();
        at = 0;
      }
      return block[at++]!;
    };
    for (let b = 0; b < batch; b++) {
      let highest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++)
        if (Number.isFinite(source[b * classes + c])) highest = Math.max(highest, source[b * classes + c]!);
      const sums = new Float64Array(classes);
      let total = 0;
      for (let c = 0; c < classes; c++) {
        const x = source[b * classes + c]!;
        if (Number.isFinite(x)) total += Math.exp(x - highest);
        sums[c] = total;
      }
      for (let s = 0; s < count; s++) {
        const [x0, x1] = [one(), one()];
        const wanted = toDouble(x0, x1) * total;
        let c = 0;
        while (c < classes && sums[c]! <= wanted) c++;
        data[b * count + s] = dtype === "DT_INT64" ? BigInt(c) : c;
      }
    }
    return { dtype, shape, data: data as unknown as Value["data"] };
  };
};

const algorithm = (): Value => ({ dtype: "DT_INT32", shape: [], data: Int32Array.of(1) });

/** The state of a generator that a variable holds: read, then moved on. */
const readAndSkip: KernelFactory =
  () =>
  ([handle, alg, delta], run) => {
    if (scalarInt(alg!) !== 1)
      throw unimplemented(`the random number algorithm ${scalarInt(alg!)} is not supported`, [
        "RngReadAndSkip",
      ]);
    const resource = handleOf(handle!);
    const state = run.resources.read(resource);
    const old = BigUint64Array.from(state.data as BigInt64Array, (v) => BigInt.asUintN(64, v));
    const counter = (old[0]! | (old[1]! << 64n)) + BigInt((delta!.data as ArrayLike<bigint>)[0]!) * 256n;
    const data = (state.data as BigInt64Array).slice();
    data[0] = BigInt.asIntN(64, counter);
    data[1] = BigInt.asIntN(64, counter >> 64n);
    run.resources.assign(resource, { ...state, data });
    return { dtype: "DT_UINT64", shape: [old.length], data: old };
  };

/** The generator of a stateful random op that was given seeds; undefined for one that was not. */
function seededGenerator(node: KernelNode): Philox | undefined {
  const seed = BigInt.asUintN(64, node.attrs.get("seed").i ?? 0n);
  const seed2 = BigInt.asUintN(64, node.attrs.get("seed2").i ?? 0n);
  if (seed === 0n && seed2 === 0n) return undefined;
  return new Philox([low(seed), high(seed)], [0, 0, low(seed2), high(seed2)]);
}

/** What a seeded op draws in one run, after which its generator has moved past all that it might have used. */
export function seededDraw(
  node: KernelNode,
  kind: "uniform" | "normal" | "truncated" | "integer",
  dtype: DType,
): ((shape: readonly number[], from?: Value, to?: Value) => Value) | undefined {
  const base = seededGenerator(node);
  if (!base) return undefined;
  return (shape, from, to) => {
    const generator = base.copy();
    base.skip(product(shape) * 256);
    if (kind === "truncated") return fillTruncated(dtype, shape, generator);
    const draw =
      kind === "uniform"
        ? uniformDraw(dtype)
        : kind === "normal"
          ? normalDraw(dtype)
          : integerDraw(dtype, from!, to!);
    return fill(dtype, shape, generator, draw);
  };
}

/** Whole numbers below a limit, one word each, that a seeded op draws in one run of `count` of them. */
export function seededWords(node: KernelNode): ((count: number) => (limit: number) => number) | undefined {
  const base = seededGenerator(node);
  if (!base) return undefined;
  return (count) => {
    const generator = base.copy();
    base.skip(Math.ceil(count / 4));
    let block: Block = [0, 0, 0, 0];
    let at = 4;
    return (limit) => {
      if (at === 4) {
        block = generator.next();
        at = 0;
      }
      return block[at++]! % limit;
    };
  };
}

/** Random numbers that are the same for the same seed. */
export const statelessRandomKernels: KernelTable = {
  StatelessRandomUniform: uniform(bySeed),
  StatelessRandomUniformV2: uniform(byKey),
  StatelessRandomNormal: normal(bySeed),
  StatelessRandomNormalV2: normal(byKey),
  StatelessTruncatedNormal: truncated(bySeed),
  StatelessTruncatedNormalV2: truncated(byKey),
  StatelessRandomUniformInt: integer(bySeed),
  StatelessRandomUniformIntV2: integer(byKey),
  StatelessRandomUniformFullInt: fullInteger(bySeed),
  StatelessRandomUniformFullIntV2: fullInteger(byKey),
  StatelessMultinomial: categorical,
  StatelessRandomGetAlg: () => algorithm,
  StatelessRandomGetKeyCounter:
    () =>
    ([seed]) =>
      keyAndCounter(seed!),
  StatelessRandomGetKeyCounterAlg:
    () =>
    ([seed]) => [...keyAndCounter(seed!), algorithm()],
  RngReadAndSkip: readAndSkip,
};
