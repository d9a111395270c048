import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startModelServer } from "@servable/model-server";
import { fixture, root } from "@servable/test-fixtures";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Ran, runCli } from "../run-cli.ts";
import { type EngineOptions, type Fate, type StandInEngine, startStandInEngine } from "./stand-in-engine.ts";

let folder: string;
let engine: StandInEngine | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "servable-verify-docker-"));
  mkdirSync(join(folder, "models"));
  cpSync(fixture("models", "half_plus_two_versions"), join(folder, "models/half"), { recursive: true });
});
afterEach(async () => {
  await engine?.close();
  engine = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function spec(more: Record<string, unknown> = {}): Promise<void> {
  const text = JSON.stringify({
    server: { version: "2.17.1" },
    ports: { grpc: { published: await freePort() }, rest: { published: await freePort() } },
    models: [{ name: "half", path: "models/half" }],
    docker: true,
    ...more,
  });
  writeFileSync(join(folder, "servable.yaml"), text);
}

async function verify(fate: Fate, args: readonly string[] = []): Promise<Ran> {
  engine = await startStandInEngine(fate);
  return runCli(folder, ["verify", "--with", "docker", ...args], { env: engine.env });
}

/** The commands that docker was given, without their arguments. */
const commands = (): string[] => engine?.calls.map(([command]) => command ?? "") ?? [];

describe("verify --with docker", { timeout: 60_000 }, () => {
  it("runs the generated docker run word for word, and nothing else", async () => {
    await spec();
    const { code, stdout, stderr } = await verify({ kind: "serves" });
    expect({ code, stdout: code === 0 ? "" : stdout, stderr }).toMatchObject({ code: 0, stdout: "" });
    const printed = await runCli(folder, ["generate", "--print", "docker-argv"]);
    expect(engine?.calls).toEqual([JSON.parse(printed.stdout)]);
    expect(engine?.containers()).toEqual([]);
    expect(stderr).toContain("container removed");
    expect(stdout).toMatch(/\d+ passed, 0 failed/);
  });

  it("proves several models from a mounted models.config, by their labels, with metrics", async () => {
    cpSync(fixture("models", "keras_mlp_export"), join(folder, "models/mlp"), { recursive: true });
    await spec({
      models: [
        { name: "half", path: "models/half", versionPolicy: "all" },
        { name: "mlp", path: "models/mlp" },
      ],
      monitoring: true,
      batching: true,
    });
    const { code, stdout } = await verify({ kind: "serves" }, ["--format", "json"]);
    const report = JSON.parse(stdout) as { checks: { model?: string; outcome: string; id: string }[] };
    expect(report.checks.filter(({ outcome }) => outcome === "fail")).toEqual([]);
    expect(code).toBe(0);
    expect(new Set(report.checks.map(({ model }) => model))).toContain("mlp");
    expect(engine?.calls[0]?.join(" ")).toContain(
      "--model_config_file=/etc/tensorflow-serving/models.config",
    );
  });

  it("removes a detached container by its id", async () => {
    await spec({ docker: { detach: true } });
    const { code } = await verify({ kind: "serves" });
    expect(code).toBe(0);
    // A quick smoke test is over before `docker wait` and `docker logs` have begun.
    expect(commands().filter((command) => command !== "wait" && command !== "logs")).toEqual(["run", "rm"]);
    expect(engine?.containers()).toEqual([]);
  });

  it.each([
    ["does not remove itself", { remove: false }],
    ["does not hear signals", { init: false }],
    ["would be started again", { restart: "always" }],
  ])("removes a container that %s, and no other", async (_what, docker) => {
    await spec({ docker });
    engine = await startStandInEngine({ kind: "serves" });
    const printed = await runCli(folder, ["generate", "--print", "docker-argv"]);
    const argv = JSON.parse(printed.stdout) as string[];
    const image = "tensorflow/serving:2.17.1";
    const foreign = [
      engine.addForeign(image, []),
      // Of the same spec, started by hand a moment ago.
      engine.addForeign(image, argv.slice(argv.indexOf(image) + 1)),
      engine.addForeign(image, ["--port=9"]),
    ];
    const { code } = await runCli(folder, ["verify", "--with", "docker"], { env: engine.env });
    expect(code).toBe(0);
    expect(engine.containers()).toEqual(foreign);
  });

  it("waits while the image is pulled, however long that takes", async () => {
    await spec({ smoke: { startupWaitSeconds: 1 } });
    const { code, stderr } = await verify({ kind: "serves", pullsForMs: 2500 });
    expect(stderr).toContain("docker pulls the image");
    expect(code).toBe(0);
  });

  // Texts of docker 28.2 and its engine.
  it.each([
    [
      "Unable to find image 'tensorflow/serving:2.17.1' locally\ndocker: Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host\n\nRun 'docker run --help' for more information\n",
      /status 125: Get "https:/,
      /docker pull/,
    ],
    [
      'docker: Error response from daemon: Conflict. The container name "/tfs" is already in use by container "af2f". You have to remove (or rename) that container to be able to reuse that name.\n',
      /Conflict\. The container name/,
      /docker\.name/,
    ],
    [
      "docker: Error response from daemon: driver failed programming external connectivity on endpoint c3: Bind for 0.0.0.0:8500 failed: port is already allocated\n",
      /port is already allocated/,
      /published/,
    ],
    [
      'docker: Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /nope\n',
      /bind source path does not exist: \/nope/,
      /does not see that folder/,
    ],
    [
      'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]\n',
      /could not select device driver/,
      /NVIDIA Container Toolkit/,
    ],
    [
      "docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
      /Cannot connect to the Docker daemon/,
      /start the Docker engine/,
    ],
    [
      "unknown flag: --nope\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n",
      /unknown flag: --nope/,
      /extraArgs/,
    ],
    ["docker: Error response from daemon: something new\n", /something new/, /docker-argv/],
  ])("tells what to do when docker refuses (%#)", async (text, message, hint) => {
    await spec();
    const { code, stderr } = await verify({ kind: "refused", stderr: text });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(hint);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it("does not take another server's answers for the container's", async () => {
    await spec();
    const { ports } = JSON.parse(readFileSync(join(folder, "servable.yaml"), "utf8")) as {
      ports: Record<"grpc" | "rest", { published: number }>;
    };
    const other = await startModelServer({
      argv: [
        `--port=${ports.grpc.published}`,
        `--rest_api_port=${ports.rest.published}`,
        "--model_name=half",
        `--model_base_path=${join(folder, "models/half")}`,
      ],
    });
    try {
      const stderr = "docker: Error response from daemon: Bind failed: port is already allocated\n";
      // Long after the smoke test has passed.
      for (const leavesContainer of [false, true]) {
        const { code, stderr: said } = await verify({
          kind: "refused",
          stderr,
          afterMs: 4000,
          leavesContainer,
        });
        expect(said).toContain("port is already allocated");
        expect(code).toBe(2);
        await engine?.close();
        engine = undefined;
      }
    } finally {
      await other.stop();
    }
  });

  it("asks the engine whether a server that logs nothing runs", async () => {
    await spec();
    const { code } = await verify({ kind: "serves", silent: true });
    expect(code).toBe(0);
    expect(commands()).toEqual(["run", "ps", "inspect"]);
  });

  it("removes what docker made before it refused, but not the container that has the name", async () => {
    await spec({ docker: { remove: false } });
    engine = await startStandInEngine({
      kind: "refused",
      stderr: "docker: Error response from daemon: Bind for 0.0.0.0:1 failed: port is already allocated\n",
      leavesContainer: true,
    });
    const foreign = engine.addForeign("tensorflow/serving:2.17.1", []);
    const { code } = await runCli(folder, ["verify", "--with", "docker"], { env: engine.env });
    expect(code).toBe(2);
    expect(engine.containers()).toEqual([foreign]);
  });

  it.each([
    "docker: Error response from daemon: Bind for 0.0.0.0:8500 failed: port is already allocated\n",
    'docker: Error response from daemon: Conflict. The container name "/tfs" is already in use by container "af2f".\n',
  ])("names the container of an earlier run that is in the way, and leaves it (%#)", async (stderr) => {
    await spec();
    engine = await startStandInEngine({ kind: "refused", stderr });
    const printed = await runCli(folder, ["generate", "--print", "docker-argv"]);
    const argv = JSON.parse(printed.stdout) as string[];
    const image = "tensorflow/serving:2.17.1";
    const other = engine.addForeign(image, ["--port=9"]);
    const without = await runCli(folder, ["verify", "--with", "docker"], { env: engine.env });
    expect(without.stderr).not.toContain("same image and flags");
    const same = engine.addForeign(image, argv.slice(argv.indexOf(image) + 1));
    const { code, stderr: said } = await runCli(folder, ["verify", "--with", "docker"], { env: engine.env });
    expect(code).toBe(2);
    expect(said).toMatch(new RegExp(`container ${same.slice(0, 12)} \\(made at 20.*same image and flags`));
    expect(said).toContain(`\`docker rm --force ${same.slice(0, 12)}\``);
    // What it may be else is still said.
    expect(said).toMatch(/published|docker\.name/);
    expect(engine.containers()).toEqual([other, same]);
  });

  it.each([false, true])("shows the log of a container that ends at once (detached: %s)", async (detach) => {
    await spec({ docker: { detach, ...(detach ? { remove: false } : {}) } });
    const log = "F tensorflow_serving: Failed to start server. Error: INVALID_ARGUMENT: no\n";
    const { code, stderr } = await verify({ kind: "exits", status: 255, log });
    expect(code).toBe(3);
    expect(stderr).toContain("ended by itself with status 255");
    expect(stderr).toContain("Failed to start server");
    expect(stderr).toContain("refused its configuration");
    expect(engine?.containers()).toEqual([]);
  });

  it("shows the log of a server that never opens its ports, and removes it", async () => {
    await spec({ smoke: { startupWaitSeconds: 2 } });
    const log = "E Could not find base path /models/half for servable half\n";
    const { code, stderr } = await verify({ kind: "hangs", log });
    expect(code).toBe(3);
    expect(stderr).toContain("Could not find base path");
    expect(engine?.containers()).toEqual([]);
  });

  /** Ctrl-C while the server starts. */
  async function interruptedOnce(docker: object, engineOptions: EngineOptions = {}): Promise<Ran> {
    await spec({ docker });
    engine = await startStandInEngine({ kind: "hangs", log: "waiting\n" }, engineOptions);
    const controller = new AbortController();
    const running = runCli(folder, ["verify", "--with", "docker"], {
      env: engine.env,
      signal: controller.signal,
    });
    await expect.poll(() => engine?.containers().length, { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    controller.abort(new DOMException("SIGINT", "AbortError"));
    return running;
  }

  it.each([
    ["attached", {}],
    ["detached", { detach: true }],
    ["deaf to signals", { init: false }],
  ])("removes the container on Ctrl-C (%s)", async (_what, docker) => {
    const { code } = await interruptedOnce(docker);
    expect({ code, left: engine?.containers() }).toEqual({ code: 130, left: [] });
  });

  it.each([
    ["attached", { init: false }],
    ["detached", { detach: true }],
  ])(
    "removes the container where the Ctrl-C reaches the new docker client too (%s)",
    async (_what, docker) => {
      const { code, stderr } = await interruptedOnce(docker, { interruptedRemovals: 1 });
      expect(stderr).toContain("container removed");
      expect({ code, left: engine?.containers() }).toEqual({ code: 130, left: [] });
      expect(engine?.calls.filter(([command]) => command === "rm")).toHaveLength(2);
    },
  );

  it.each<[string, object, EngineOptions]>([
    ["docker rm ended with SIGINT and no word", { detach: true }, { interruptedRemovals: 2 }],
    ["Cannot connect to the daemon", { init: false }, { refusesList: "Cannot connect to the daemon" }],
  ])("says that the container could not be removed: %s", async (why, docker, engineOptions) => {
    const { code, stderr } = await interruptedOnce(docker, engineOptions);
    expect(stderr).toContain(`could not be removed: ${why}`);
    expect({ code, left: engine?.containers() }).toMatchObject({ code: 130, left: { length: 1 } });
  });

  describe("as a process of its own", () => {
    /** Runs the command, with its whole process group sent the signal each time that `when` is said. */
    async function interrupted(
      when: readonly RegExp[],
      signal: NodeJS.Signals = "SIGINT",
    ): Promise<{ code: number | null; stderr: string }> {
      // As built: what runs the sources would die of the same signals, and parts that are loaded later with it.
      const args = [join(root, "packages/servable/dist/bin.js"), "verify", "--with", "docker"];
      // In a group of its own, as a shell starts a command.
      const child = spawn(
        process.execPath,
        [...args, "--spec", join(folder, "servable.yaml"), "--out", folder],
        {
          env: { ...process.env, ...engine?.env },
          detached: true,
          stdio: ["ignore", "ignore", "pipe"],
        },
      );
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
      for (const said of when) {
        await expect.poll(() => stderr, { timeout: 20_000 }).toMatch(said);
        process.kill(-(child.pid ?? 0), signal);
      }
      return { code: await ended, stderr };
    }

    it.each([
      ["attached", { init: false }],
      ["detached", { detach: true }],
    ])("removes the container in spite of a second Ctrl-C (%s)", async (_what, docker) => {
      await spec({ docker });
      engine = await startStandInEngine({ kind: "hangs", log: "waiting\n" }, { removesInMs: 1000 });
      const { code, stderr } = await interrupted([/docker run started/, /removing the container/]);
      expect(stderr).toMatch(/the container is being removed; Ctrl-C once more leaves it there/);
      expect(stderr).toContain("container removed");
      expect({ code, left: engine.containers() }).toEqual({ code: 130, left: [] });
    });

    it.each([
      ["SIGTERM", {}],
      ["SIGTERM", { detach: true }],
      ["SIGHUP", { init: false }],
      ["SIGHUP", { detach: true }],
    ] as const)("removes the container on %s (%o)", async (signal, docker) => {
      await spec({ docker });
      engine = await startStandInEngine({ kind: "hangs", log: "waiting\n" });
      const ended = await interrupted([/docker run started/], signal);
      expect(ended.stderr).toContain("container removed");
      expect({ code: ended.code, left: engine.containers() }).toEqual({ code: 130, left: [] });
    });

    it("is ended by the third", async () => {
      await spec({ docker: { init: false } });
      engine = await startStandInEngine({ kind: "hangs", log: "waiting\n" }, { removesInMs: 60_000 });
      const when = [/docker run started/, /removing the container/, /Ctrl-C once more/];
      const { code, stderr } = await interrupted(when);
      expect(code).toBe(130);
      expect(stderr).not.toContain("container removed");
      expect(engine.containers()).toHaveLength(1);
    });
  });

  it("says that docker is not installed", async () => {
    await spec();
    const { code, stderr } = await runCli(folder, ["verify", "--with", "docker"], {
      env: { PATH: join(folder, "models") },
    });
    expect(code).toBe(2);
    expect(stderr).toContain("docker is not installed, or not on PATH");
  });

  it("says that a container without a published port can't be proven, and starts none", async () => {
    await spec({ ports: { grpc: { published: false }, rest: { published: false } } });
    const { code, stderr } = await verify({ kind: "serves" });
    expect(code).toBe(2);
    expect(stderr).toContain("publishes no port");
    expect(engine?.calls).toEqual([]);
  });
});
