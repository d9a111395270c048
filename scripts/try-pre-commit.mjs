// Runs the real `pre-commit` (on PATH, from PyPI) with this repository's hooks, as a user would: `try-repo` with all
// hooks on a sound project, then each hook from a `.pre-commit-config.yaml` on a broken one.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
if (spawnSync("pre-commit", ["--version"]).status !== 0) {
  console.error("pre-commit is not installed: pip install pre-commit");
  process.exit(process.env.CI === "true" ? 1 : 0);
}

const scratch = mkdtempSync(join(tmpdir(), "servable-hooks-"));
const env = {
  ...process.env,
  PRE_COMMIT_HOME: join(scratch, "cache"),
  PRE_COMMIT_COLOR: "never",
  NO_COLOR: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.com",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.com",
};
const project = join(scratch, "project");
const repository = join(scratch, "servable");
let failed = 0;

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer: 1 << 26 });
  return { status: result.status, text: `${result.stdout}${result.stderr}` };
}

function must(command, args, cwd) {
  const result = run(command, args, cwd);
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${result.text}`);
  return result.text.trim();
}

function expect(name, result, { status, includes = [] }) {
  const missing = includes.filter((text) => !result.text.includes(text));
  if (result.status === status && missing.length === 0) {
    console.log(`ok: ${name}`);
    return;
  }
  failed++;
  console.error(
    `FAILED: ${name}: status ${result.status}, wanted ${status}; lacks ${JSON.stringify(missing)}`,
  );
  console.error(result.text);
}

const SOUND = `model_config_list {
  config {
    name: "half_plus_two"
    base_path: "/models/half_plus_two"
    model_platform: "tensorflow"
  }
}
`;

function commitAll(message) {
  must("git", ["add", "-A"], project);
  must("git", ["commit", "-q", "--allow-empty", "--no-verify", "-m", message], project);
}

try {
  must("git", ["clone", "-q", root, repository], scratch);
  const rev = must("git", ["rev-parse", "HEAD"], repository);

  mkdirSync(join(project, "config"), { recursive: true });
  must("git", ["init", "-q"], project);
  cpSync(join(root, "fixtures", "models", "keras_mlp_export"), join(project, "models", "mlp"), {
    recursive: true,
  });
  writeFileSync(join(project, "config", "models.config"), SOUND);

  // The command as pre-commit will install it writes the project's own spec and artifacts first.
  writeFileSync(
    join(project, ".pre-commit-config.yaml"),
    `repos:
  - repo: ${repository}
    rev: ${rev}
    hooks:
      - id: servable-check
      - id: servable-fmt
      - id: servable-models
      - id: servable-generate
`,
  );
  commitAll("start");
  console.log("installing the hooks (npm installs and builds this repository)");
  must("pre-commit", ["install-hooks"], project);
  const servable = installedCommand();
  must(servable, ["init", "models/mlp", "--yes"], project);
  must(servable, ["generate"], project);
  commitAll("spec and artifacts");

  expect("all hooks pass on a sound project", run("pre-commit", ["run", "--all-files"], project), {
    status: 0,
    includes: [
      "servable check",
      "servable fmt",
      "servable check (model folders)",
      "servable generate --check",
      "Passed",
    ],
  });

  writeFileSync(join(project, "config", "models.config"), SOUND.replace('"/models', '"models'));
  expect("servable-check names the relative base path", hook("servable-check"), {
    status: 1,
    includes: ["models.config:4:"],
  });

  writeFileSync(join(project, "config", "models.config"), SOUND.replace(/^ +/gm, " # kept\n"));
  expect("servable-fmt rewrites a file", hook("servable-fmt"), {
    status: 1,
    includes: ["files were modified by this hook"],
  });
  const formatted = readFileSync(join(project, "config", "models.config"), "utf8");
  if (!formatted.includes("# kept"))
    expect("servable-fmt keeps comments", { status: 1, text: formatted }, { status: 0 });
  must("git", ["add", "-A"], project);
  expect("servable-fmt is content with its own work", hook("servable-fmt"), { status: 0 });

  writeFileSync(join(project, "config", "models.config"), SOUND);
  commitAll("sound again");
  truncateSync(join(project, "models", "mlp", "1", "variables", "variables.data-00000-of-00001"), 10);
  expect("servable-models finds the cut variables", hook("servable-models"), {
    status: 1,
    includes: ["variables"],
  });
  must("git", ["reset", "-q", "--hard"], project);

  const artifact = must("git", ["ls-files", "serving"], project).split("\n")[0];
  writeFileSync(
    join(project, artifact),
    `${readFileSync(join(project, artifact), "utf8")}\n# edited by hand\n`,
  );
  expect("servable-generate finds the edit by hand", hook("servable-generate"), {
    status: 1,
    includes: [artifact.split("/").at(-1)],
  });
  must("git", ["reset", "-q", "--hard"], project);

  expect("try-repo", run("pre-commit", ["try-repo", repository, "--ref", rev, "--all-files"], project), {
    status: 0,
    includes: ["servable check", "Passed"],
  });
} finally {
  if (process.env.KEEP !== "1") rmSync(scratch, { recursive: true, force: true });
  else console.log(`kept ${scratch}`);
}
console.log(failed === 0 ? "the hooks work" : `${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function hook(id) {
  must("git", ["add", "-A"], project);
  return run("pre-commit", ["run", id, "--all-files", "--verbose"], project);
}

/** The `servable` that pre-commit installed into its cache. */
function installedCommand() {
  const found = must("find", [env.PRE_COMMIT_HOME, "-path", "*bin/servable"], scratch)
    .split("\n")
    .filter(Boolean);
  if (found.length === 0) throw new Error("pre-commit installed no command `servable`");
  return found[0];
}
