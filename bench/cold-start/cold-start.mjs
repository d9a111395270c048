// Cold start of the built CLI beside bare Node: interleaved rounds, so that drift of the machine hits all alike.
// A one-shot Predict stands beside: what a fresh process pays for one request, with the lean client and with the usual
// grpc-js client by reflection. Each row also gives the CPU time of the process, which other load disturbs less, and its
// peak memory. Bare Node is an empty CommonJS script, which starts quicker than an empty ES module.
// Usage: npm run build --workspace servable (or turbo run build), then: node bench/cold-start/cold-start.mjs [ROUNDS]
// With SERVABLE_BIN=FILE another build is measured.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const rounds = Number(process.argv[2] ?? 40);
const bin =
  process.env.SERVABLE_BIN ??
  resolve(import.meta.dirname, "..", "..", "packages", "servable", "dist", "bin.js");
const folder = mkdtempSync(join(tmpdir(), "servable-cold-"));
writeFileSync(join(folder, "empty.mjs"), "");
writeFileSync(join(folder, "empty.cjs"), "");
// Preloaded for the rounds that measure memory: the most that the process ever had, as the kernel counts it.
writeFileSync(
  join(folder, "memory.cjs"),
  'process.on("exit", () => require("node:fs").writeSync(3, String(process.resourceUsage().maxRSS)));\n',
);
writeFileSync(
  join(folder, "batching_parameters.txt"),
  "max_batch_size { value: 128 }\nbatch_timeout_micros { value: 1000 }\nallowed_batch_sizes: 64\nallowed_batch_sizes: 128\n",
);
writeFileSync(
  join(folder, "models.config"),
  'model_config_list {\n  config {\n    name: "resnet"\n    base_path: "/models/resnet"\n    model_platform: "tensorflow"\n  }\n}\n',
);
writeFileSync(join(folder, "bad.config"), 'model_config_list {\n  config {\n    nam: "resnet"\n  }\n}\n');

const smoke = resolve(import.meta.dirname, "..", "smoke-client");
const server = spawn(process.execPath, [join(smoke, "answering-server.mjs")], {
  stdio: ["ignore", "pipe", "inherit"],
});
const port = await new Promise((done) => server.stdout.once("data", (data) => done(String(data).trim())));
const predict = (kind) => [join(smoke, "one-shot.mjs"), kind, `127.0.0.1:${port}`, "10"];

const cases = [
  { name: "node, an empty script", args: [join(folder, "empty.cjs")] },
  { name: "node, an empty ES module", args: [join(folder, "empty.mjs")] },
  { name: "servable --version", args: [bin, "--version"] },
  { name: "servable check batching_parameters.txt", args: [bin, "check", "batching_parameters.txt"] },
  { name: "servable check models.config", args: [bin, "check", "models.config"] },
  { name: "servable check of a file with an error", args: [bin, "check", "bad.config"], status: 1 },
  { name: "servable --help", args: [bin, "--help"] },
  { name: "one Predict, lean client", args: predict("lean") },
  { name: "one Predict, grpc-js by reflection", args: predict("plain, tensor_content") },
];
const times = new Map(cases.map(({ name }) => [name, []]));
const cpu = new Map(cases.map(({ name }) => [name, []]));
/** CPU time of all children that have ended, in ms (Linux: fields 16 and 17 of stat, in ticks of 10 ms). */
function childrenCpu() {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
const hasProc = existsSync("/proc/self/stat");
for (let round = 0; round < rounds + 2; round++) {
  for (const { name, args, status = 0 } of cases) {
    const before = hasProc ? childrenCpu() : 0;
    const started = process.hrtime.bigint();
    const run = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    const elapsed = Number(process.hrtime.bigint() - started) / 1e6;
    if (run.status !== status)
      throw new Error(`${name} ended with ${run.status}: ${run.stderr}${run.stdout}`);
    // The first two rounds fill the file cache.
    if (round >= 2) {
      times.get(name).push(elapsed);
      if (hasProc) cpu.get(name).push(childrenCpu() - before);
    }
  }
}
const memory = new Map();
for (const { name, args } of cases) {
  const peaks = Array.from({ length: 5 }, () => {
    const run = spawnSync(process.execPath, ["--require", join(folder, "memory.cjs"), ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    return Number(run.output[3]) / 1024;
  }).sort((a, b) => a - b);
  memory.set(name, peaks[2]);
}
server.kill();
rmSync(folder, { recursive: true, force: true });

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
const bare = quantile(
  [...times.get(cases[0].name)].sort((a, b) => a - b),
  0.5,
);
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? "unknown CPU"} x ${cpus().length}, ${rounds} rounds\n`,
);
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length);
const bareCpu = mean(cpu.get(cases[0].name));
console.log(
  "| command | min ms | median ms | p90 ms | above bare Node (median) | CPU ms above bare Node (mean) | peak memory, MB |",
);
console.log("|---|---|---|---|---|---|---|");
for (const { name } of cases) {
  const sorted = times.get(name).sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const cells = [
    sorted[0],
    median,
    quantile(sorted, 0.9),
    median - bare,
    mean(cpu.get(name)) - bareCpu,
    memory.get(name),
  ].map((value) => value.toFixed(1));
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
