// How fast are model folders checked? node bench.mjs FOLDER: makes what it needs below FOLDER, then measures.
//
// Processor time (user + system) stands beside time on the clock, since a busy machine spoils the latter.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: bench.mjs FOLDER");
const here = import.meta.dirname;
const tree = join(folder, "tree");
const big = join(folder, "big-model");
const megabytes = Number(process.argv[3] ?? 1024);
if (!existsSync(tree))
  execFileSync(process.execPath, [join(here, "make-tree.mjs"), tree], { stdio: "inherit" });
if (!existsSync(big))
  execFileSync(process.execPath, [join(here, "make-big-model.mjs"), big, String(megabytes)], {
    stdio: "inherit",
  });

/** Best of several runs of a command, by its processor time. */
function measure(name, command, args, runs = 5) {
  let best;
  for (let run = 0; run < runs; run++) {
    const done = spawnSync("/usr/bin/time", ["-f", "%e %U %S %M", command, ...args], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    if (done.status !== 0 && done.status !== 1) {
      console.log(`${name}: not available`);
      return undefined;
    }
    const [clock, user, system, memory] = done.stderr.trim().split("\n").at(-1).split(" ").map(Number);
    const result = { name, clock, processor: user + system, memory: memory / 1024 };
    if (best === undefined || result.processor < best.processor) best = result;
  }
  return best;
}

const data = join(big, "big/1/variables/variables.data-00000-of-00001");
const check = (path, level) => [join(here, "check.mjs"), path, level];
const rows = [
  measure("find -type f, 10,000 versions", "find", [tree, "-type", "f"]),
  measure("check at level quick, 10,000 versions", process.execPath, check(tree, "quick")),
  measure("check at level graph, 10,000 versions", process.execPath, check(tree, "graph"), 1),
  measure(`cat, ${megabytes} MB`, "cat", [data]),
  measure(`sha256sum, ${megabytes} MB`, "sha256sum", [data]),
  measure(`md5sum, ${megabytes} MB`, "md5sum", [data]),
  measure(`cksum, ${megabytes} MB`, "cksum", [data]),
  measure(`check at level bytes, ${megabytes} MB`, process.execPath, check(big, "bytes")),
  measure("bare Node", process.execPath, ["-e", "0"]),
].filter((row) => row !== undefined);

console.log(`Node ${process.version}, ${cpus()[0]?.model}, ${availableParallelism()} processors\n`);
console.log("| what | clock (s) | processor (s) | MB/s of processor time | peak memory (MB) |");
console.log("|---|---|---|---|---|");
for (const { name, clock, processor, memory } of rows) {
  const speed = name.includes(" MB") ? (megabytes / processor).toFixed(0) : "";
  console.log(
    `| ${name} | ${clock.toFixed(2)} | ${processor.toFixed(2)} | ${speed} | ${memory.toFixed(0)} |`,
  );
}
