// Cold start of the built CLI beside bare Node: interleaved rounds, so that drift of the machine hits all alike.
// Usage: npm run build --workspace servable (or turbo run build), then: node bench/cold-start/cold-start.mjs [ROUNDS]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

const cases = [
  { name: "node, an empty module", args: [join(folder, "empty.mjs")] },
  { name: "servable --version", args: [bin, "--version"] },
  { name: "servable check batching_parameters.txt", args: [bin, "check", "batching_parameters.txt"] },
  { name: "servable check models.config", args: [bin, "check", "models.config"] },
  { name: "servable --help", args: [bin, "--help"] },
];
const times = new Map(cases.map(({ name }) => [name, []]));
for (let round = 0; round < rounds + 2; round++) {
  for (const { name, args } of cases) {
    const started = process.hrtime.bigint();
    const run = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    const elapsed = Number(process.hrtime.bigint() - started) / 1e6;
    if (run.status !== 0) throw new Error(`${name} ended with ${run.status}: ${run.stderr}${run.stdout}`);
    // The first two rounds fill the file cache.
    if (round >= 2) times.get(name).push(elapsed);
  }
}
rmSync(folder, { recursive: true, force: true });

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
const bare = quantile(
  [...times.get(cases[0].name)].sort((a, b) => a - b),
  0.5,
);
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? "unknown CPU"} x ${cpus().length}, ${rounds} rounds\n`,
);
console.log("| command | min ms | median ms | p90 ms | above bare Node (median) |");
console.log("|---|---|---|---|---|");
for (const { name } of cases) {
  const sorted = times.get(name).sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const cells = [sorted[0], median, quantile(sorted, 0.9), median - bare].map((value) => value.toFixed(1));
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
