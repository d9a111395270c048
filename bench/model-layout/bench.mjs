// How fast are model folders checked? node bench.mjs FOLDER [MEGABYTES] [ROUNDS]: makes what it needs below FOLDER, then
// measures the built CLI beside find, cat and the checksum tools of the machine, in turn, and gives medians.
//
// The page cache is warm: everything is read once before. For a cold one see README.md.
// GOOGLE_CRC32C_PYTHON: a Python that has the wheel google-crc32c, the same checksum in C.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";

const [folder, megabytesGiven = "4096", rounds = "7"] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: bench.mjs FOLDER [MEGABYTES] [ROUNDS]");
const here = import.meta.dirname;
const tree = join(folder, "tree");
const big = join(folder, "big-model");
const megabytes = Number(megabytesGiven);
const make = (script, ...args) =>
  execFileSync(process.execPath, [join(here, script), ...args], { stdio: "inherit" });
if (!existsSync(tree)) make("make-tree.mjs", tree);
if (!existsSync(big)) make("make-big-model.mjs", big, String(megabytes));

const data = join(big, "big/1/variables/variables.data-00000-of-00001");
const bin = join(here, "../../packages/servable/dist/bin.js");
const check = (path, level) => [process.execPath, bin, "check", path, "--level", level];
const python = process.env.GOOGLE_CRC32C_PYTHON;
const versions = {
  "find -type f": ["find", tree, "-type", "f"],
  "check --level quick": check(tree, "quick"),
  "check --level quick, on one processor": ["taskset", "-c", "0", ...check(tree, "quick")],
  "bare Node": [process.execPath, "-e", "0"],
};
const bytes = {
  cat: ["cat", data],
  "cksum (CRC-32 by carry-less multiply)": ["cksum", data],
  ...(python === undefined
    ? {}
    : { "google-crc32c (CRC-32C in C)": [python, join(here, "google-crc32c.py"), data] }),
  md5sum: ["md5sum", data],
  sha256sum: ["sha256sum", data],
  "check --level bytes": check(big, "bytes"),
  "check --level graph": check(big, "graph"),
};

function run([command, ...args]) {
  const done = spawnSync("/usr/bin/time", ["-f", "%e %U %S %M", command, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (done.status !== 0) return undefined;
  const [clock, user, system, memory] = done.stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { clock, processor: user + system, memory: memory / 1024 };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** Prints medians, and how often the first command's time each takes. */
function table(commands, reference, size) {
  const runs = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round <= Number(rounds); round++) {
    for (const [name, command] of Object.entries(commands)) {
      const result = run(command);
      // The first round warms the cache.
      if (result !== undefined && round > 0) runs[name].push(result);
    }
  }
  const of = (name, key) => median(runs[name].map((one) => one[key]));
  const speed = size === undefined ? "" : " MB/s by the clock | MB/s of processor |";
  console.log(
    `| what | clock (s) | processor (s) | times ${reference}: clock | processor |${speed} peak memory (MB) |`,
  );
  console.log(`|---|---|---|---|---|${size === undefined ? "" : "---|---|"}---|`);
  for (const [name, results] of Object.entries(runs)) {
    if (results.length === 0) continue;
    const [clock, processor, memory] = ["clock", "processor", "memory"].map((key) => of(name, key));
    const cells = [
      name,
      clock.toFixed(2),
      processor.toFixed(2),
      (clock / of(reference, "clock")).toFixed(2),
      (processor / of(reference, "processor")).toFixed(2),
      ...(size === undefined ? [] : [(size / clock).toFixed(0), (size / processor).toFixed(0)]),
      memory.toFixed(0),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

console.log(
  `Node ${process.version}, ${cpus()[0]?.model}, ${availableParallelism()} processors, load ${loadavg()[0].toFixed(1)}; medians of ${rounds} rounds\n\n10,000 versions:\n`,
);
table(versions, "find -type f");
const graph = run(check(tree, "graph"));
if (graph !== undefined)
  console.log(
    `\ncheck --level graph, once: ${graph.clock.toFixed(1)} s by the clock, ${graph.processor.toFixed(1)} s of processor, ${graph.memory.toFixed(0)} MB`,
  );
console.log(`\n${megabytes} MB of tensors:\n`);
table(bytes, "cksum (CRC-32 by carry-less multiply)", megabytes);
