// What is published is right: packs `packages/servable` and lets publint and attw judge the tarball, and its size.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "packages", "servable");
const LIMIT_BYTES = 5_000_000;
const scratch = mkdtempSync(join(tmpdir(), "servable-pack-"));

function run(command, args, cwd = root) {
  const result = spawnSync(command, args, { cwd, stdio: "inherit", shell: process.platform === "win32" });
  return result.status === 0;
}

let ok = run("npm", ["pack", "--silent", "--pack-destination", scratch], folder);
const tarball = readdirSync(scratch).find((name) => name.endsWith(".tgz"));
if (!ok || tarball === undefined) {
  console.error("npm pack failed");
  process.exit(1);
}
const path = join(scratch, tarball);
const bytes = statSync(path).size;
console.log(`${tarball}: ${bytes} bytes packed`);

const unpack = join(scratch, "unpacked");
run("mkdir", ["-p", unpack]);
ok = run("tar", ["-xzf", path, "-C", unpack]) && ok;
const unpacked = sizeOf(unpack);
console.log(`${unpacked} bytes unpacked (limit ${LIMIT_BYTES})`);
if (unpacked > LIMIT_BYTES) {
  console.error("the package is larger than its limit");
  ok = false;
}

ok = run(join(root, "node_modules", ".bin", "publint"), [path, "--strict"]) && ok;
// The package is ESM only, and `./package.json` has no types by nature.
ok =
  run(join(root, "node_modules", ".bin", "attw"), [
    path,
    "--profile",
    "esm-only",
    "--exclude-entrypoints",
    "./package.json",
  ]) && ok;

rmSync(scratch, { recursive: true, force: true });
process.exitCode = ok ? 0 : 1;

function sizeOf(directory) {
  let sum = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const child = join(directory, entry.name);
    sum += entry.isDirectory() ? sizeOf(child) : statSync(child).size;
  }
  return sum;
}
