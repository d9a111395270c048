import type { KernelFactory, KernelTable, PlainKernel } from "../kernel.ts";
import { integers, ints, type Value } from "../value.ts";
import { farmHash64 } from "./farm-hash.ts";
import { sipHash24 } from "./sip-hash.ts";

const MASK = 0xffffffffffffffffn;
const MUL = 0xc6a4a7935bd1e995n;
const INT64_MAX = 0x7fffffffffffffffn;
const encoder = new TextEncoder();

const u64 = (x: bigint): bigint => x & MASK;
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);

/** TensorFlow's FingerprintCat64: one fingerprint of two. */
function fingerprintCat(a: bigint, b: bigint): bigint {
  let result = a ^ MUL;
  result ^= u64(shiftMix(u64(b * MUL)) * MUL);
  result = u64(result * MUL);
  result = u64(shiftMix(result) * MUL);
  return shiftMix(result);
}

type Item = Uint8Array | number | bigint;

/** Values of one feature of each row of the batch. */
interface Column {
  readonly rows: number;
  count(row: number): number;
  at(row: number, k: number): Item;
}

function sparseColumn(indices: Value, values: Value, shape: Value): Column {
  const rows = ints(shape)[0]!;
  const starts = new Array<number>(rows + 1).fill(0);
  const at = indices.data as ArrayLike<number | bigint>;
  const count = indices.shape[0]!;
  for (let r = 0; r < count; r++) starts[Number(at[2 * r]) + 1]!++;
  for (let r = 0; r < rows; r++) starts[r + 1]! += starts[r]!;
  const data = values.data as ArrayLike<Item>;
  return { rows, count: (r) => starts[r + 1]! - starts[r]!, at: (r, k) => data[starts[r]! + k]! };
}

function denseColumn(of: Value): Column {
  const width = of.shape[1]!;
  const data = of.data as ArrayLike<Item>;
  return { rows: of.shape[0]!, count: () => width, at: (r, k) => data[r * width + k]! };
}

function raggedColumn(values: Value, splits: Value): Column {
  const at = ints(splits);
  const data = values.data as ArrayLike<Item>;
  return { rows: at.length - 1, count: (r) => at[r + 1]! - at[r]!, at: (r, k) => data[at[r]! + k]! };
}

const textOf = (item: Item): Uint8Array => (item instanceof Uint8Array ? item : encoder.encode(String(item)));

function joined(items: readonly Item[], separator: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [i, item] of items.entries()) {
    if (i > 0) parts.push(separator);
    parts.push(textOf(item));
  }
  return new Uint8Array(Buffer.concat(parts));
}

const fingerprint = (item: Item): bigint =>
  item instanceof Uint8Array ? farmHash64(item) : u64(BigInt(item));

function strongHash(item: Item, k0: bigint, k1: bigint): bigint {
  if (item instanceof Uint8Array) return sipHash24(item, k0, k1);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(item), true);
  return sipHash24(bytes, k0, k1);
}

const bucket = (hash: bigint, buckets: bigint): bigint => hash % (buckets > 0n ? buckets : INT64_MAX);

/** Every combination of one value a feature, the last feature changing fastest; rows lacking a feature give none. */
function cross<T>(columns: readonly Column[], make: (items: readonly Item[]) => T): T[][] {
  const rows = columns[0]?.rows ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const counts = columns.map((column) => column.count(row));
    const total = counts.reduce((product, n) => product * n, 1);
    const made: T[] = [];
    const pick = counts.map(() => 0);
    for (let i = 0; i < total; i++) {
      made.push(make(columns.map((column, c) => column.at(row, pick[c]!))));
      for (let c = pick.length - 1; c >= 0; c--) {
        pick[c]!++;
        if (pick[c]! < counts[c]!) break;
        pick[c] = 0;
      }
    }
    return made;
  });
}

function values(flat: readonly (bigint | Uint8Array)[], hashed: boolean): Value {
  return hashed
    ? {
        dtype: "DT_INT64",
        shape: [flat.length],
        data: BigInt64Array.from(flat as bigint[], (v) => BigInt.asIntN(64, v)),
      }
    : { dtype: "DT_STRING", shape: [flat.length], data: flat as Uint8Array[] };
}

function sparseResult(rows: readonly (readonly (bigint | Uint8Array)[])[], hashed: boolean): Value[] {
  const indices: number[] = [];
  let widest = 0;
  for (const [r, row] of rows.entries()) {
    widest = Math.max(widest, row.length);
    for (let k = 0; k < row.length; k++) indices.push(r, k);
  }
  return [
    integers("DT_INT64", [indices.length / 2, 2], indices),
    values(rows.flat(), hashed),
    integers("DT_INT64", [2], [rows.length, widest]),
  ];
}

function splitInputs(inputs: readonly Value[], n: number): { columns: Column[]; rest: readonly Value[] } {
  const columns = Array.from({ length: n }, (_, i) =>
    sparseColumn(inputs[i]!, inputs[n + i]!, inputs[2 * n + i]!),
  );
  return { columns, rest: inputs.slice(3 * n) };
}

/** Hashes as the first crossed-column op does: from its key, one feature after the other. */
function keyedHash(key: bigint, buckets: bigint): (items: readonly Item[]) => bigint {
  return (items) => {
    let hash = u64(key);
    for (const item of items) hash = fingerprintCat(hash, fingerprint(item));
    return bucket(hash, buckets);
  };
}

const CROSS = encoder.encode("_X_");

const sparseCross: KernelFactory = (node) => {
  const n = node.attrs.int("N");
  const hashed = node.attrs.bool("hashed_output");
  const make: (items: readonly Item[]) => bigint | Uint8Array = hashed
    ? keyedHash(node.attrs.get("hash_key").i ?? 0n, node.attrs.get("num_buckets").i ?? 0n)
    : (items) => joined(items, CROSS);
  return (inputs) => {
    const { columns, rest } = splitInputs(inputs, n);
    return sparseResult(cross([...columns, ...rest.map(denseColumn)], make), hashed);
  };
};

const sparseCrossV2: KernelFactory = (node) => {
  const n = node.attrs.int("N");
  return (inputs) => {
    const { columns, rest } = splitInputs(inputs, n);
    const separator = (rest[rest.length - 1]!.data as readonly Uint8Array[])[0]!;
    return sparseResult(
      cross([...columns, ...rest.slice(0, -1).map(denseColumn)], (items) => joined(items, separator)),
      false,
    );
  };
};

const sparseCrossHashed: KernelFactory = (node) => {
  const n = node.attrs.int("N");
  return (inputs) => {
    const { columns, rest } = splitInputs(inputs, n);
    const [buckets, strong, salt] = rest.slice(-3) as [Value, Value, Value];
    const [k0, k1] = salt.data as BigInt64Array;
    const count = (buckets.data as BigInt64Array)[0]!;
    const hash = (strong.data as Uint8Array)[0]
      ? (item: Item) => strongHash(item, u64(k0!), u64(k1!))
      : fingerprint;
    return sparseResult(
      cross([...columns, ...rest.slice(0, -3).map(denseColumn)], (items) => {
        let all = hash(items[0]!);
        for (let i = 1; i < items.length; i++) all = fingerprintCat(all, hash(items[i]!));
        return bucket(all, count);
      }),
      true,
    );
  };
};

const raggedCross: KernelFactory = (node) => {
  const ragged = node.attrs.dtypes("ragged_values_types").length;
  const sparse = node.attrs.int("Nsparse");
  const order = node.attrs.string("input_order");
  const hashed = node.attrs.bool("hashed_output");
  const splitType = node.attrs.dtype("out_row_splits_type");
  const make: (items: readonly Item[]) => bigint | Uint8Array = hashed
    ? keyedHash(node.attrs.get("hash_key").i ?? 0n, node.attrs.get("num_buckets").i ?? 0n)
    : (items) => joined(items, CROSS);
  return (inputs) => {
    const { columns: sparseColumns, rest } = splitInputs(inputs.slice(2 * ragged), sparse);
    const next = {
      R: Array.from({ length: ragged }, (_, i) => raggedColumn(inputs[i]!, inputs[ragged + i]!)).values(),
      S: sparseColumns.values(),
      D: rest.map(denseColumn).values(),
    };
    const columns = [...order].map((kind) => next[kind as "R"].next().value!);
    const rows = cross(columns, make);
    const splits = [0];
    for (const row of rows) splits.push(splits[splits.length - 1]! + row.length);
    return [values(rows.flat(), hashed), integers(splitType, [splits.length], splits)];
  };
};

/** TensorFlow's Hash64, a Murmur hash that StringToHashBucket is defined by. */
function hash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let h = u64(0xdecafcaffen ^ u64(BigInt(bytes.length) * MUL));
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const k = u64(view.getBigUint64(at, true) * MUL);
    h = u64((h ^ u64((k ^ (k >> 47n)) * MUL)) * MUL);
  }
  if (at < bytes.length) {
    for (let i = bytes.length - 1; i >= at; i--) h ^= BigInt(bytes[i]!) << BigInt(8 * (i - at));
    h = u64(h * MUL);
  }
  h = u64((h ^ (h >> 47n)) * MUL);
  return h ^ (h >> 47n);
}

const oldHashBucket: KernelFactory = (node) => {
  const buckets = BigInt(node.attrs.int("num_buckets"));
  return ([x]) => ({
    dtype: "DT_INT64",
    shape: x!.shape,
    data: BigInt64Array.from(x!.data as Uint8Array[], (bytes) => hash64(bytes) % buckets),
  });
};

/** Fingerprint of each row: eight bytes, lowest first. */
const fingerprintRows: PlainKernel = ([data]) => {
  const rows = data!.shape[0]!;
  const out = new Uint8Array(rows * 8);
  const view = new DataView(out.buffer);
  if (data!.dtype === "DT_STRING") {
    const items = data!.data as readonly Uint8Array[];
    const each = rows === 0 ? 0 : items.length / rows;
    for (let r = 0; r < rows; r++) {
      if (data!.shape.length === 1) {
        view.setBigUint64(r * 8, farmHash64(items[r]!), true);
        continue;
      }
      const prints = new Uint8Array(each * 8);
      const inner = new DataView(prints.buffer);
      for (let k = 0; k < each; k++) inner.setBigUint64(k * 8, farmHash64(items[r * each + k]!), true);
      view.setBigUint64(r * 8, farmHash64(prints), true);
    }
  } else {
    const source = data!.data as Uint8Array;
    const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    const each = rows === 0 ? 0 : bytes.length / rows;
    for (let r = 0; r < rows; r++)
      view.setBigUint64(r * 8, farmHash64(bytes.subarray(r * each, (r + 1) * each)), true);
  }
  return { dtype: "DT_UINT8", shape: [rows, 8], data: out };
};

/** Crossed features and the hashes behind them. */
export const featureCrossKernels: KernelTable = {
  SparseCross: sparseCross,
  SparseCrossV2: sparseCrossV2,
  SparseCrossHashed: sparseCrossHashed,
  RaggedCross: raggedCross,
  StringToHashBucket: oldHashBucket,
  Fingerprint: () => fingerprintRows,
};
