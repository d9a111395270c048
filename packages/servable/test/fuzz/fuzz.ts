/**
 * Mutated inputs for every entry point of the linter, in a process that is watched; nothing may throw or hang:
 *
 *   tsx --conditions=@servable/source packages/servable/test/fuzz/fuzz.ts [inputs] [seed] [first]
 */
import { fork } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runFuzz } from "./run-fuzz.ts";

/** Seconds after which an input counts as hanging. */
const patience = 60;

const [inputs = "100000", seed = "1", first = "0", progress] = process.argv.slice(2);
if (progress === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "servable-fuzz-"));
  const file = join(folder, "input");
  closeSync(openSync(file, "w"));
  const child = fork(import.meta.filename, [inputs, seed, first, file]);
  let last = "";
  let since = performance.now();
  const watch = setInterval(() => {
    const input = readFileSync(file, "latin1");
    if (input !== last) since = performance.now();
    else if (performance.now() - since > patience * 1000) {
      console.log(`seed ${seed}: input ${input} hangs`);
      process.exitCode = 1;
      child.kill("SIGKILL");
    }
    last = input;
  }, 500);
  child.once("exit", (code) => {
    process.exitCode ||= code ?? 1;
    clearInterval(watch);
    rmSync(folder, { recursive: true });
  });
} else {
  const file = openSync(progress, "w");
  const started = performance.now();
  const report = runFuzz(
    Number(seed),
    Number(inputs),
    (input) => writeSync(file, String(input).padStart(12), 0),
    Number(first),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const megabytes = (process.resourceUsage().maxRSS / 1000).toFixed(0);
  console.log(
    `${inputs} inputs (${(report.characters / 1e6).toFixed(0)} million characters), seed ${seed}: nothing threw; slowest ${report.slowest.toFixed(0)} ms (input ${report.slowestInput}); peak memory ${megabytes} MB; ${seconds} s`,
    report.counts,
  );
}
