import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { fixture, root } from "@servable/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/registry.ts";

const folder = mkdtempSync(join(tmpdir(), "servable-pack-"));
const project = join(folder, "project");
const bin = join(project, "node_modules/.bin/servable");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sizeOf = (path: string): number =>
  lstatSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
    : lstatSync(path).size;

function run(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(bin, args, {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", GITHUB_ACTIONS: "" },
  });
}

/** The same without blocking, for a command that talks to another one. */
function execute(args: readonly string[]): Promise<{ status: number | null; stdout: string }> {
  return new Promise((resolve) => {
    const child = spawn(bin, args, { cwd: project, stdio: ["ignore", "pipe", "ignore"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.once("close", (status) => resolve({ status, stdout }));
  });
}

interface Ready {
  readonly grpcPort: number;
  readonly restPort: number;
}

/** Runs `servable serve` while something is done with it; gives the exit code after SIGTERM. */
async function serving(use: (ready: Ready) => Promise<void>): Promise<unknown> {
  const flags = [
    "--port=0",
    "--rest_api_port=0",
    "--model_name=half",
    `--model_base_path=${join(project, "models/half")}`,
  ];
  const child = spawn(bin, ["serve", "--", ...flags], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  try {
    const line = await new Promise<string>((resolve) =>
      child.stdout.setEncoding("utf8").once("data", resolve),
    );
    await use(JSON.parse(line) as Ready);
  } finally {
    child.kill("SIGTERM");
  }
  return ended;
}

beforeAll(() => {
  const packageFolder = join(root, "packages/servable");
  execFileSync(process.execPath, [join(packageFolder, "scripts/bundle.mjs")], { stdio: "pipe" });
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: packageFolder,
    encoding: "utf8",
  });
  const parsed = JSON.parse(packed) as { filename: string }[] | Record<string, { filename: string }>;
  const [entry] = Array.isArray(parsed) ? parsed : Object.values(parsed);
  mkdirSync(project);
  // Nothing may be fetched: the tarball is all there is.
  execFileSync(
    "npm",
    [
      "install",
      "--offline",
      "--no-audit",
      "--no-fund",
      "--prefix",
      project,
      join(folder, entry?.filename ?? ""),
    ],
    { stdio: "pipe" },
  );
  cpSync(fixture("models", "half_plus_two_versions"), join(project, "models/half"), { recursive: true });
}, 120_000);

describe("the packed tarball in an empty folder", () => {
  it("installs less than 5 MB and nothing else", () => {
    expect(readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "servable",
    ]);
    expect(sizeOf(join(project, "node_modules"))).toBeLessThan(5_000_000);
  });
  it("knows its version", () => {
    expect(run(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
  it("decodes a JPEG with the library that it carries", () => {
    const name = "resnet_v2_uint8_nhwc";
    const version = join(project, "pictures", "1");
    cpSync(fixture("models", name, "1"), version, { recursive: true });
    const picture = fixture("images", "landscape_320x213_420.jpg");
    const { status, stdout, stderr } = run(["warmup", "write", version, "--image", picture]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/: \d+ records?, /);
    const notices = readFileSync(join(project, "node_modules/servable/dist/THIRD-PARTY-NOTICES.txt"), "utf8");
    expect(notices).toContain("Independent JPEG Group");
  });
  it("runs every command", { timeout: 240_000 }, async () => {
    const good: Record<string, readonly string[]> = {
      init: ["init", "models/half", "--yes", "--monitoring"],
      generate: ["generate"],
      check: ["check"],
      fmt: ["fmt", "--check", "serving/monitoring.config"],
      inspect: ["inspect", "models/half"],
      publish: ["publish", "models/half/1", "live/half"],
      diff: ["diff", "models/half/1", "live/half/1"],
      warmup: ["warmup", "write", "live/half/1"],
      verify: ["verify"],
      explain: ["explain", "No versions of servable half found under base path /models/half"],
      rules: ["rules"],
    };
    for (const [name, args] of Object.entries(good)) {
      const { status, stdout, stderr } = run(args);
      expect({ name, status, said: status === 0 ? "" : stdout + stderr }).toEqual({
        name,
        status: 0,
        said: "",
      });
    }
    // serve and smoke belong together, and lsp is spoken to.
    await serving(async ({ grpcPort, restPort }) => {
      const smoked = await execute([
        "smoke",
        ...["--grpc", `127.0.0.1:${grpcPort}`, "--rest", `http://127.0.0.1:${restPort}`],
        ...["--model", "half=models/half"],
      ]);
      expect(smoked).toMatchObject({ status: 0 });
    });
    const message = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { processId: null, rootUri: null, capabilities: {} },
    });
    const child = spawn(bin, ["lsp", "--stdio"], { cwd: project, stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.write(`Content-Length: ${message.length}\r\n\r\n${message}`);
    const spoken = await new Promise<string>((resolve) => {
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (text.includes("codeActionKinds")) resolve(text);
      });
      child.once("exit", () => resolve(text));
    });
    child.stdin.end();
    expect(spoken).toContain('"hoverProvider":true');
    const tried = new Set([...Object.keys(good), "serve", "smoke", "lsp"]);
    expect(COMMANDS.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
  });
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "leaves nothing of a publish that %s ends",
    { timeout: 60_000 },
    async (signal) => {
      const version = join(project, "large");
      const basePath = join(project, "interrupted", "large");
      cpSync(fixture("models", "half_plus_two_versions", "1"), version, { recursive: true });
      mkdirSync(join(version, "assets.extra"), { recursive: true });
      // Long enough to be met half-way.
      writeFileSync(join(version, "assets.extra", "padding"), "");
      truncateSync(join(version, "assets.extra", "padding"), 400_000_000);
      const child = spawn(bin, ["publish", version, basePath], { stdio: ["ignore", "pipe", "pipe"] });
      const said: Record<"stdout" | "stderr", string> = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const) {
        child[name].setEncoding("utf8").on("data", (text: string) => {
          said[name] += text;
        });
      }
      const ended = new Promise((resolve) => child.once("close", resolve));
      const hidden = (): boolean =>
        existsSync(basePath) && readdirSync(basePath).some((name) => name.startsWith(".publishing-"));
      await expect.poll(hidden, { interval: 1, timeout: 30_000 }).toBe(true);
      child.kill(signal);
      expect({ code: await ended, ...said }).toEqual({
        code: 130,
        stdout: "",
        stderr: "interrupted: nothing was published\n",
      });
      expect(existsSync(join(project, "interrupted"))).toBe(false);
    },
  );
  it("has the worker that helps with large repositories", { timeout: 60_000 }, async () => {
    const paths = [join(project, "models/half/1"), join(project, "models/half/none")];
    const shared = new SharedArrayBuffer(4 * (1 + paths.length));
    const file = join(project, "node_modules/servable/dist/chunks/clean-worker.js");
    const worker = new Worker(file, { workerData: { kind: "version", paths: paths.join("\0"), shared } });
    const ended = await new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject));
    expect(ended).toBe(0);
    expect([...new Int32Array(shared, 4)]).toEqual([1, -1]);
    // From this many folders on the command starts it.
    for (let index = 0; index < 220; index++) {
      const version = join(project, "many", `m${index}`, "1");
      cpSync(fixture("models", "half_plus_two_versions/1"), version, { recursive: true });
      if (index === 100) rmSync(join(version, "variables/variables.index"));
    }
    const { status, stdout } = run(["check", "many", "--level", "quick"]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining("many/m100/1") });
    expect(stdout).toContain("in 220 models with 220 versions");
  });
  it("serves from flags, says when it is ready, and stops on SIGTERM", { timeout: 30_000 }, async () => {
    const ended = await serving(async (ready) => {
      expect(ready).toMatchObject({ ready: true, models: [{ name: "half", versions: [20240131] }] });
      expect(ready.grpcPort).toBeGreaterThan(0);
      const answer = await fetch(`http://127.0.0.1:${ready.restPort}/v1/models/half`);
      expect(await answer.json()).toMatchObject({
        model_version_status: [{ version: "20240131", state: "AVAILABLE" }],
      });
    });
    expect(ended).toBe(0);
  });
});
