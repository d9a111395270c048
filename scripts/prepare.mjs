// npm's `prepare`: builds the command when this repository is installed from git, as pre-commit does
// (`npm install -g git+file://…`). In a checkout, `npm ci` runs this too and it does nothing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const { INIT_CWD, _PACOTE_NO_PREPARE_, npm_execpath } = process.env;
// npm prepares a git dependency in a temporary clone: by a nested `npm install`, which carries that variable, and
// then once more from where the user typed the command.
const installedFromGit =
  _PACOTE_NO_PREPARE_ !== undefined || (INIT_CWD !== undefined && resolve(INIT_CWD) !== root);

if (installedFromGit && !existsSync(join(root, "packages", "servable", "dist", "bin.js"))) {
  // With `-g` the nested install is global too, and leaves the clone without its dependencies.
  if (!existsSync(join(root, "node_modules", "esbuild"))) {
    run([npm_execpath, "ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"], root);
  }
  run([join("scripts", "bundle.mjs")], join(root, "packages", "servable"));
}

function run(args, cwd) {
  const env = { ...process.env };
  // What the outer npm was told is not meant for this install.
  for (const name of Object.keys(env)) {
    if (/^npm_config_(?:global|location|prefix|save|package_lock|dry_run|install_links|force)/i.test(name))
      delete env[name];
  }
  const result = spawnSync(process.execPath, args, { cwd, env, stdio: "inherit" });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
