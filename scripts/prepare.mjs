// npm's `prepare`: builds the command when this repository is installed from git, as pre-commit does
// (`npm install -g git+file://…`). In a checkout, `npm ci` runs this too and it does nothing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const { INIT_CWD, _PACOTE_NO_PREPARE_ } = process.env;
// npm prepares a git dependency in a temporary clone: first with its dependencies put in place by a nested
// `npm install`, which carries that variable, then once more from where the user typed the command.
const installedFromGit =
  _PACOTE_NO_PREPARE_ !== undefined || (INIT_CWD !== undefined && resolve(INIT_CWD) !== root);

if (installedFromGit && !existsSync(join(root, "packages", "servable", "dist", "bin.js"))) {
  const build = spawnSync(process.execPath, ["scripts/bundle.mjs"], {
    cwd: join(root, "packages", "servable"),
    stdio: "inherit",
  });
  process.exitCode = build.status ?? 1;
}
