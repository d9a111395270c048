// Cold start of the built CLI beside bare Node: interleaved rounds, so that drift of the machine hits all alike.
// A one-shot Predict stands beside: what a fresh process pays for one request, with the lean client and with the usual
// grpc-js client by reflection. Each row also gives the CPU time of the process, which other load disturbs less.
// Usage: npm run build --workspace servable (or turbo run build), then: node bench/cold-start/cold-start.mjs [ROUNDS]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const rounds = Number(process.argv[2] ?? 40);
const bin = resolve(import.meta.dirname, "..", "..", "packages", "servable", "dist", "bin.js");
const folder = mkdtempSync(join(tmpdir(), "servable-cold-"));
writeFileSync(join(folder, "empty.mjs"), "");
writeFileSync(
  join(folder, "batching_parameters.txt"),
  "max_batch_size { value: 128 }\nbatch_timeout_micros { value: 1000 }\nallowed_batch_sizes: 64\nallowed_batch_sizes: 128\n",
);
writeFileSync(
  join(folder, "models.config"),
  'model_config_list {\n  config {\n    name: "resnet"\n    base_path: "/models/resnet"\n    model_platform: "tensorflow"\n  }\n}\n',
);

const smoke = resolve(import.meta.dirname, "..", "smoke-client");
const server = spawn(process.execPath, [join(smoke, "answering-server.mjs")], {
  stdio: ["ignore", "pipe", "inherit"],
});
const port = await new Promise((done) => server.stdout.once("data", (data) => done(String(data).trim())));
const predict = (kind) => [join(smoke, "one-shot.mjs"), kind, `127.0.0.1:${port}`, "10"];

const cases = [
  { name: "node, an empty module", args: [join(folder, "empty.mjs")] },
  { name: "servable --version", args: [bin, "--version"] },
  { name: "servable check batching_parameters.txt", args: [bin, "check", "batching_parameters.txt"] },
  { name: "servable check models.config", args: [bin, "check", "models.config"] },
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
  for (const { name, args } of cases) {
    const before = hasProc ? childrenCpu() : 0;
    const started = process.hrtime.bigint();
    const run = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    const elapsed = Number(process.hrtime.bigint() - started) / 1e6;
    if (run.status !== 0) throw new Error(`${name} ended with ${run.status}: ${run.stderr}${run.stdout}`);
    // The first two rounds fill the file cache.
    if (round >= 2) {
      times.get(name).push(elapsed);
      if (hasProc) cpu.get(name).push(childrenCpu() - before);
    }
  }
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
  "| command | min ms | median ms | p90 ms | above bare Node (median) | CPU ms above bare Node (mean) |",
);
console.log("|---|---|---|---|---|---|");
for (const { name } of cases) {
  const sorted = times.get(name).sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const cells = [sorted[0], median, quantile(sorted, 0.9), median - bare, mean(cpu.get(name)) - bareCpu].map(
    (value) => value.toFixed(1),
  );
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
