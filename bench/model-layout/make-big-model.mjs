// Makes one model version with a data file of many megabytes: node make-big-model.mjs FOLDER [MEGABYTES]
import { closeSync, cpSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32c, maskCrc, openVariables } from "@servable/model-layout";

const [folder, megabytes = "1024"] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: make-big-model.mjs FOLDER [MEGABYTES]");
const version = join(folder, "big", "1");
cpSync(join(import.meta.dirname, "../../fixtures/models/half_plus_two_versions/1"), version, {
  recursive: true,
});
rmSync(join(version, "fingerprint.pb"));

const TENSOR = 64 << 20;
const varint = (value) => {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
};
const word = (value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
const entry = (key, value) => [
  0,
  ...varint(key.length),
  ...varint(value.length),
  ...Buffer.from(key),
  ...value,
];
const block = (entries) => {
  // Every entry is a restart point: no key is shared.
  const offsets = [];
  let at = 0;
  for (const one of entries) {
    offsets.push(at);
    at += one.length;
  }
  const contents = [...entries.flat(), ...offsets.flatMap(word), ...word(offsets.length)];
  const typed = Uint8Array.from([...contents, 0]);
  return [...typed, ...word(maskCrc(crc32c(typed)))];
};

/** BundleEntryProto. */
const stored = (dtype, shape, offset, size, checksum) => {
  const dims = shape.flatMap((length) => {
    const dim = [8, ...varint(length)];
    return [18, dim.length, ...dim];
  });
  return [
    ...[8, dtype, 18, dims.length, ...dims],
    ...(offset === 0 ? [] : [32, ...varint(offset)]),
    ...[40, ...varint(size), 53, ...word(checksum)],
  ];
};

// What the graph restores comes first, as it was.
const NUMBERS = { DT_FLOAT: 1, DT_STRING: 7, DT_INT64: 9 };
const before = openVariables(version);
const kept = before.entries.map((each) => ({ ...each, bytes: before.readBytes(each) }));
const data = openSync(join(version, "variables/variables.data-00000-of-00001"), "w");
const entries = [entry("", [8, 1, 26, 2, 8, 1])];
let offset = 0;
for (const { key, dtype, shape, bytes, crc32c: checksum } of kept) {
  writeSync(data, bytes);
  entries.push(entry(key, stored(NUMBERS[dtype], shape, offset, bytes.length, checksum)));
  offset += bytes.length;
}
const bytes = new Uint8Array(TENSOR);
let seed = 1;
for (let index = 0; index * TENSOR < Number(megabytes) * 2 ** 20; index++) {
  for (let at = 0; at < TENSOR; at += 4) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    bytes[at] = seed >>> 24;
    bytes[at + 1] = seed >>> 16;
    bytes[at + 2] = seed >>> 8;
    bytes[at + 3] = seed;
  }
  writeSync(data, bytes);
  const value = stored(1, [TENSOR / 4], offset, TENSOR, maskCrc(crc32c(bytes)));
  entries.push(entry(`v${String(index).padStart(4, "0")}`, value));
  offset += TENSOR;
}
closeSync(data);
const first = block(entries);
const meta = block([]);
const handle = (at, size) => [...varint(at), ...varint(size)];
const index = block([entry("w", handle(0, first.length - 5))]);
const footer = [
  ...handle(first.length, meta.length - 5),
  ...handle(first.length + meta.length, index.length - 5),
];
writeFileSync(
  join(version, "variables/variables.index"),
  Uint8Array.from([
    ...first,
    ...meta,
    ...index,
    ...footer,
    ...new Array(40 - footer.length).fill(0),
    0x57,
    0xfb,
    0x80,
    0x8b,
    0x24,
    0x75,
    0x47,
    0xdb,
  ]),
);
console.log(version);
