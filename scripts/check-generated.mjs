// Runs every `generate` task and fails if a committed generated file changes: sources and what is made from them agree.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

function hashes() {
  const found = new Map();
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else found.set(relative(root, path), createHash("sha256").update(readFileSync(path)).digest("hex"));
    }
  };
  for (const name of readdirSync(join(root, "packages"))) {
    const folder = join(root, "packages", name, "src", "generated");
    if (existsSync(folder)) walk(folder);
  }
  return found;
}

const before = hashes();
const run = spawnSync(
  process.execPath,
  [
    join(root, "node_modules", "turbo", "bin", "turbo"),
    "run",
    "generate",
    "--filter=./packages/*",
    "--force",
    "--output-logs=errors-only",
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, DO_NOT_TRACK: "1" } },
);
if (run.status !== 0) process.exit(1);
const after = hashes();

const changed = [...new Set([...before.keys(), ...after.keys()])]
  .filter((path) => before.get(path) !== after.get(path))
  .sort();
for (const path of changed) console.error(`${path}: differs from what its generator makes`);
if (changed.length > 0) {
  console.error("\nrun `npm run generate` and commit the result");
  process.exitCode = 1;
} else {
  console.log(`${after.size} generated files are up to date`);
}
