// Predict by our lean client beside a plain grpc-js client by reflection, and Python's grpcio where it is installed:
// cold (one request from a fresh process) and warm (requests one after another, and eight at a time).
// Usage: npm run build && node bench/smoke-client/smoke-client.mjs [seconds per Python case]
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { performance } from "node:perf_hooks";
import { KINDS } from "./clients.mjs";

const here = import.meta.dirname;
const seconds = Number(process.argv[2] ?? 2);
const SIZES = [
  ["10 floats", 10],
  ["image 224x224x3", 224 * 224 * 3],
];
const python = process.env.PYTHON ?? "python3";
const hasPython = spawnSync(python, ["-c", "import grpc, google.protobuf, numpy"]).status === 0;

const server = spawn(process.execPath, [`${here}/answering-server.mjs`], {
  stdio: ["ignore", "pipe", "inherit"],
});
const port = await new Promise((resolve) =>
  server.stdout.once("data", (data) => resolve(String(data).trim())),
);
const target = `127.0.0.1:${port}`;
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Median wall and CPU time of a process, in ms; the process prints its own CPU time. */
function cold(command, args) {
  const walls = [];
  const cpus = [];
  for (let run = 0; run < 9; run++) {
    const start = performance.now();
    cpus.push(Number(execFileSync(command, args)));
    walls.push(performance.now() - start);
  }
  return [median(walls), median(cpus)];
}

/** Medians of three processes of their own, so that none profits from what another has compiled. */
function warm(kind, count, concurrency) {
  const requests = String(count > 1000 ? 100 : 1500);
  const args = [`${here}/warm.mjs`, kind, target, String(count), requests, String(concurrency)];
  const runs = Array.from({ length: 3 }, () => JSON.parse(String(execFileSync(process.execPath, args))));
  return { rate: median(runs.map((run) => run.rate)), cpuMs: median(runs.map((run) => run.cpuMs)) };
}

try {
  console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, Node ${process.versions.node}`);
  const bare = cold(process.execPath, [
    "-e",
    "const u = process.cpuUsage(); console.log((u.user + u.system) / 1000)",
  ]);
  console.log(`\nbare Node: ${bare[0].toFixed(0)} ms, CPU ${bare[1].toFixed(0)} ms`);
  for (const [name, count] of SIZES) {
    console.log(`\n${name}`);
    console.log(
      "| client | cold request, ms | its CPU, ms | requests/s, one at a time | requests/s, 8 at a time | CPU per warm request, ms |",
    );
    console.log("| --- | --- | --- | --- | --- | --- |");
    let base;
    const row = (label, figures) => {
      base ??= figures;
      const cells = figures.map((value, index) => {
        if (value === undefined) return "";
        const ratio = index < 2 || index === 4 ? value / base[index] : base[index] / value;
        return `${value < 10 ? value.toFixed(2) : value.toFixed(0)}${figures === base ? "" : ` (${ratio.toFixed(1)}x)`}`;
      });
      console.log(`| ${label} | ${cells.join(" | ")} |`);
    };
    for (const kind of Object.keys(KINDS)) {
      const one = cold(process.execPath, [`${here}/one-shot.mjs`, kind, target, String(count)]);
      const single = warm(kind, count, 1);
      const eight = warm(kind, count, 8);
      row(kind, [...one, single.rate, eight.rate, single.cpuMs]);
    }
    if (hasPython) {
      for (const [label, mode] of [
        ["Python grpcio, float_val", "list"],
        ["Python grpcio, tensor_content", "content"],
      ]) {
        const one = cold(python, [`${here}/python_client.py`, mode, target, String(count), "0"]);
        const rate = Number(
          execFileSync(python, [`${here}/python_client.py`, mode, target, String(count), String(seconds)]),
        );
        row(label, [...one, rate, undefined, undefined]);
      }
    } else console.log(`\n(${python} has no grpc, protobuf and numpy: no Python rows)`);
  }
} finally {
  server.kill();
}
