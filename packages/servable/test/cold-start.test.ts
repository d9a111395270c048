import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { root } from "@servable/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "servable-cold-"));
const dist = join(folder, "dist");
const loadedFile = join(folder, "loaded.json");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Files of the bundle, without hashes. */
  readonly files: readonly string[];
  /** Modules of Node that a bare process does not have. */
  readonly builtins: readonly string[];
}

/** One run of the bundle; what it loads is written down when the process ends. */
function run(args: readonly string[], stdin: "ignore" | "pipe" = "ignore"): Run {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", join(folder, "watch.cjs"), join(dist, "bin.js"), ...args],
    {
      cwd: folder,
      encoding: "utf8",
      stdio: [stdin, "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", GITHUB_ACTIONS: "", LOADED_FILE: loadedFile },
    },
  );
  const loaded = JSON.parse(readFileSync(loadedFile, "utf8")) as { files: string[]; builtins: string[] };
  return {
    status,
    stdout,
    stderr,
    files: loaded.files
      .filter((file) => !file.endsWith("watch.cjs"))
      .map((file) => relative(dist, file).replaceAll("\\", "/"))
      .map((file) => file.replace(/-[\w-]{8}\.js$/, "")),
    builtins: loaded.builtins,
  };
}

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "packages/servable/scripts/bundle.mjs"), dist], {
    stdio: "pipe",
  });
  writeFileSync(
    join(folder, "watch.cjs"),
    `const before = new Set(process.moduleLoadList);
process.on("exit", () => {
  const builtins = process.moduleLoadList.filter((name) => !before.has(name));
  require("node:fs").writeFileSync(process.env.LOADED_FILE, JSON.stringify({ files: Object.keys(require.cache), builtins }));
});\n`,
  );
  writeFileSync(join(folder, "batching_parameters.txt"), "max_batch_size { value: 8 }\n");
  writeFileSync(join(folder, "bad.txt"), "max_batch_sise { value: 8 }\n");
  writeFileSync(
    join(folder, "models.config"),
    'model_config_list { config { name: "m" base_path: "/models/m" model_platform: "tensorflow" } }\n',
  );
}, 120_000);

describe("what a command of the bundle loads", () => {
  it("check of a text proto: the core and the rules of its kind, nothing more of Node", () => {
    for (const [file, rules] of [
      ["batching_parameters.txt", "batching-rules"],
      ["models.config", "model-config-rules"],
    ] as const) {
      const { status, stdout, files, builtins } = run(["check", file]);
      expect({ status, stdout }).toEqual({ status: 0, stdout: "no problems in 1 file\n" });
      expect(files).toEqual(["bin.js", "run.js", `chunks/${rules}`]);
      // On Node 20.20 none at all; others may name one or two of their own.
      expect(
        builtins.filter((name) => /stream|tty|net|perf_hooks|worker|crypto|readline/.test(name)),
      ).toEqual([]);
    }
  });
  it("the wording of mistakes only where there is one", () => {
    const { status, stdout, files } = run(["check", "--kind", "batching-parameters", "bad.txt"]);
    expect(status).toBe(1);
    expect(stdout).toContain("did you mean max_batch_size?");
    expect(files).toContain("chunks/findings");
    expect(files).not.toContain("chunks/any-schemas");
  });
  it("errors of the user's", () => {
    for (const args of [
      ["check", "--format=nope"],
      ["check", "missing.config"],
      ["chekc"],
      ["check", "--wrong"],
    ]) {
      const { status, stderr } = run(args);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^error: /);
    }
  });
  it("--version and --help: next to nothing", () => {
    expect(run(["--version"]).files).toEqual(["bin.js"]);
    const { stdout, files } = run(["--help"]);
    expect(stdout).toContain("Commands");
    expect(files.map((file) => basename(file))).toEqual(["bin.js", "run.js", "help"]);
  });
  it("is plain ASCII without template literals in the core", () => {
    const core = readFileSync(join(dist, "run.js"));
    expect(core.every((byte) => byte < 0x80)).toBe(true);
    expect(core.length).toBeLessThan(110_000);
  });
});

/** One run of the bundle through a shell, for what only a shell can do to it. */
function shell(script: string, cwd = folder): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("bash", ["-c", script], {
    cwd,
    encoding: "utf8",
    env: {
      ...process.env,
      NO_COLOR: "1",
      GITHUB_ACTIONS: "",
      SV: `${process.execPath} ${join(dist, "bin.js")}`,
    },
  });
}

describe.skipIf(process.platform === "win32")("in odd conditions the program", () => {
  it("keeps its exit code where nobody reads its output to the end", () => {
    expect(shell("set -o pipefail; $SV rules --format json | head -c 1").status).toBe(0);
    expect(shell("set -o pipefail; $SV check --kind batching-parameters bad.txt | true").status).toBe(1);
  });
  it.skipIf(process.platform !== "linux")("says that a disk is full", () => {
    for (const command of ["check models.config", "--version", "rules --format json"]) {
      const { status, stderr } = shell(`$SV ${command} > /dev/full`);
      expect({ command, status }).toEqual({ command, status: 2 });
      expect(stderr).toMatch(/^error: cannot write to standard output: ENOSPC/);
    }
    expect(shell("$SV check missing.config 2> /dev/full").status).toBe(2);
  });
  it("works with closed descriptors and without an environment", () => {
    expect(shell("$SV check models.config >&- 2>&- <&-").status).toBe(0);
    expect(shell(`env -i ${process.execPath} ${join(dist, "bin.js")} check models.config`).stdout).toBe(
      "no problems in 1 file\n",
    );
  });
  it("says that its folder is gone", () => {
    const { status, stderr } = shell("mkdir gone; cd gone; rmdir ../gone; $SV check");
    expect(status).toBe(2);
    expect(stderr).toContain("error: the working folder is gone");
    expect(shell("mkdir gone; cd gone; rmdir ../gone; $SV --version").status).toBe(0);
  });
  it("colours only where it may", () => {
    expect(shell("unset NO_COLOR FORCE_COLOR; $SV check models.config | od -c").stdout).not.toContain("033");
    expect(shell("unset NO_COLOR; export FORCE_COLOR=1; $SV check models.config | od -c").stdout).toContain(
      "033   [",
    );
  });
});
