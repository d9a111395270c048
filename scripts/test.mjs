// `npm test`: builds what the tests run, runs every unit project, then the corpus projects where the corpora are.
// The last line on stdout is exactly "N passed, N failed, N skipped"; the exit code is 1 if anything failed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { countingSkips, describeSkips, summaryLine, totals } from "./test-summary.mjs";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    part: { type: "string" },
    "skip-build": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`usage: npm test -- [--part unit|corpora] [--skip-build]

  unit     the tests of every package, of the docs and of the repository's own scripts; they need nothing else
  corpora  suites over the corpora in ../shared (or $SERVABLE_SHARED), where these are present

With CI=true a test that is skipped because a tool is missing counts as failed.`);
  process.exit(0);
}

/** A part that takes longer hangs: no test may stop the whole run from ending. */
const PART_TIMEOUT_MS = 20 * 60_000;

const ci = process.env.CI === "true" || process.env.CI === "1";
const shared = resolve(process.env.SERVABLE_SHARED ?? join(root, "..", "shared"));
const env = { ...process.env, DO_NOT_TRACK: "1", TURBO_TELEMETRY_DISABLED: "1" };
const workers = String(Math.max(1, Math.min(4, availableParallelism())));
const scratch = mkdtempSync(join(tmpdir(), "servable-test-"));

/** Runs a tool of this workspace by its JavaScript entry, so that no shell and no global install is involved. */
function runTool(entry, args, extraEnv = {}, timeout = undefined) {
  return spawnSync(process.execPath, [join(root, "node_modules", ...entry.split("/")), ...args], {
    cwd: root,
    env: { ...env, ...extraEnv },
    stdio: "inherit",
    ...(timeout === undefined ? {} : { timeout, killSignal: "SIGKILL" }),
  });
}

function runPart({ name, projects }) {
  const started = performance.now();
  console.log(`\n== ${name} ==`);
  const countsFile = join(scratch, `${name}.json`);
  const run = runTool(
    "vitest/vitest.mjs",
    [
      "run",
      ...projects.flatMap((project) => ["--project", project]),
      `--maxWorkers=${workers}`,
      "--passWithNoTests",
      "--reporter=default",
      `--reporter=${join(root, "scripts", "vitest-counts.mjs")}`,
    ],
    { SERVABLE_TEST_COUNTS: countsFile },
    PART_TIMEOUT_MS,
  );
  const seconds = (performance.now() - started) / 1000;
  if (!existsSync(countsFile)) {
    // No test file matched, or vitest itself did not come up.
    const failed = run.status === 0 ? 0 : 1;
    const running = existsSync(`${countsFile}.running`)
      ? JSON.parse(readFileSync(`${countsFile}.running`, "utf8")).join(", ")
      : "-";
    const failures =
      failed === 0
        ? []
        : [{ project: name, file: running, name: `vitest ended with ${run.status ?? run.signal}` }];
    return { name, seconds, projects: {}, skips: [], failures, files: [], extraFailed: failed };
  }
  const counts = JSON.parse(readFileSync(countsFile, "utf8"));
  const listed = Object.values(counts.projects).reduce((sum, project) => sum + project.failed, 0);
  // An error outside any test fails the run though each test passed.
  const extraFailed = listed === 0 && run.status !== 0 ? 1 : 0;
  if (extraFailed === 1) {
    const reason = counts.unhandledErrors[0] ?? `vitest ended with ${run.status ?? run.signal}`;
    counts.failures.push({ project: name, file: "-", name: reason });
  }
  return { name, seconds, extraFailed, ...counts };
}

const parts = [];
let buildFailed = false;
if (!values["skip-build"]) {
  console.log("== build ==");
  const build = runTool("turbo/bin/turbo", [
    "run",
    "build",
    "--filter=./packages/*",
    "--output-logs=errors-only",
    `--concurrency=${workers}`,
  ]);
  buildFailed = build.status !== 0;
}

if (values.part !== "corpora") parts.push(runPart({ name: "unit", projects: ["!*:corpus"] }));
if (values.part !== "unit") {
  if (existsSync(join(shared, "fixtures"))) {
    parts.push(runPart({ name: "corpora", projects: ["*:corpus"] }));
  } else {
    console.log("\n== corpora ==\nnot present (../shared or $SERVABLE_SHARED): this part did not run");
  }
}
rmSync(scratch, { recursive: true, force: true });

console.log("\n== summary ==");
if (buildFailed) console.log("build: failed");
const sum = { passed: 0, failed: buildFailed ? 1 : 0, skipped: 0 };
for (const part of parts) {
  const counted = countingSkips(part, { ci });
  const total = totals(counted);
  sum.passed += total.passed;
  sum.failed += total.failed;
  sum.skipped += total.skipped;
  console.log(`${part.name} (${part.seconds.toFixed(0)} s): ${summaryLine(total)}`);
  for (const [project, counts] of Object.entries(part.projects).sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`  ${project.padEnd(26)} ${summaryLine(counts)}`);
  }
  const slow = [...part.files]
    .sort((a, b) => b.durationMs - a.durationMs)
    .filter((file) => file.durationMs > 5000);
  for (const file of slow.slice(0, 5)) {
    console.log(`  slow: ${file.file} ${(file.durationMs / 1000).toFixed(1)} s`);
  }
  for (const line of describeSkips(counted.skips)) console.log(`  ${line}`);
  for (const failure of counted.failures) console.log(`  failed: ${failure.file} > ${failure.name}`);
}
console.log(summaryLine(sum));
process.exitCode = sum.failed > 0 ? 1 : 0;
