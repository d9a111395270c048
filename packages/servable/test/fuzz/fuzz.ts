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

/** Seconds of CPU time after which an input counts as hanging. */
const patience = 30;

/** CPU seconds of a process so far; where that cannot be told, a tenth of the wall clock. */
function cpuSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return performance.now() / 10_000;
  }
}

const [inputs = "100000", seed = "1", first = "0", progress] = process.argv.slice(2);
if (progress === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "servable-fuzz-"));
  const file = join(folder, "input");
  closeSync(openSync(file, "w"));
  const child = fork(import.meta.filename, [inputs, seed, first, file]);
  let last = "";
  let since = 0;
  const watch = setInterval(() => {
    const input = readFileSync(file, "latin1");
    const now = cpuSeconds(child.pid);
    if (input !== last) since = now;
    else if (now - since > patience) {
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
