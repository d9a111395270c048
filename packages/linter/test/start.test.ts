import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryFileSystem } from "@servable/model-layout";
import { flagTable, parseServerFlags, supportedVersions } from "@servable/server-flags";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkReload } from "../src/reload.ts";
import { exampleModel } from "../src/rules/example-model.ts";
import { checkStart, listeningPorts, modelServerShares } from "../src/start.ts";

/** The least model.tflite that is one. */
const TFLITE = "\x0c\0\0\0TFL3\x04\0\x04\0\x04\0\0\0";

const encoder = new TextEncoder();
const files = (texts: Readonly<Record<string, string>>) =>
  memoryFileSystem(new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)])));

const start = (argv: readonly string[], texts: Readonly<Record<string, string>> = {}, more: object = {}) =>
  checkStart({ argv, cwd: "/w", fs: files({ "/w/here": "", ...texts }), cpus: 2, ...more });

// TensorFlow Lite versions need no SavedModel, so that an example can be written down.
const one = ["--port=8500", "--rest_api_port=8501", "--prefer_tflite_model=true", "--model_base_path=/w/m"];
const model = { "/w/m/1/model.tflite": TFLITE };

describe("checkStart", () => {
  it("lets the earliest step decide", () => {
    expect(start(one, model).outcome).toEqual({ prediction: "serves", because: [] });
    const both = [...one, "--port=0", "--model_base_path=relative"];
    expect(start(both, model).outcome).toEqual({ prediction: "exits", because: ["flags/grpc-endpoint"] });
    expect(
      start([...one, "--ssl_config_file=none", "--model_base_path=/w/none"], model).outcome.because,
    ).toEqual(["start/base-path-exists"]);
  });
  it("knows what older servers do", () => {
    const config = { ...model, "/w/c": "model_config_list { nope: 1 }" };
    const flags = ["--rest_api_port=8501", "--model_config_file=/w/c"];
    expect(start(flags, config, { tfsVersion: "2.17.1" }).outcome.prediction).toBe("exits");
    expect(start(flags, config, { tfsVersion: "1.14.0" }).outcome.prediction).toBe("aborts");
    const socket = [
      "--port=0",
      "--grpc_socket_path=/w/s",
      "--model_base_path=/w/m",
      "--prefer_tflite_model=true",
    ];
    expect(start(socket, model, { tfsVersion: "2.4.0" }).outcome.because).toEqual(["flags/grpc-endpoint"]);
    expect(start(socket, model, { tfsVersion: "2.5.1" }).outcome.prediction).toBe("serves");
  });
  describe("thread pools of negative size", () => {
    const saved = { "/w/m/1/saved_model.pbtxt": exampleModel() };
    const argv = ["--port=8500", "--model_base_path=/w/m"];
    const platform = (session: string) => ({
      ...saved,
      "/w/p": `platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { session_config { ${session} } } } } } }`,
    });
    it.each([
      ["intra_op_parallelism_threads: -1", "aborts"],
      ["intra_op_parallelism_threads: 0", "serves"],
      ["inter_op_parallelism_threads: -1", "serves"],
      [
        "session_inter_op_thread_pool { num_threads: 2 } session_inter_op_thread_pool { num_threads: -3 }",
        "aborts",
      ],
      ["session_inter_op_thread_pool { }", "serves"],
    ])("platform config: %s %s", (session, prediction) => {
      const { outcome } = start([...argv, "--platform_config_file=/w/p"], platform(session));
      expect(outcome).toEqual({
        prediction,
        because: prediction === "aborts" ? ["platform/threads-not-negative"] : [],
      });
      // The session's settings are looked at after the folder.
      const none = { ...platform(session), "/w/m/1/saved_model.pbtxt": "no" };
      expect(start([...argv, "--platform_config_file=/w/p"], none).outcome.prediction).toBe("hangs");
    });
    it("session config file: the pools stay, the flags overwrite the rest", () => {
      const file = (text: string) =>
        start([...argv, "--tensorflow_session_config_file=/w/s"], { ...saved, "/w/s": text });
      expect(file("intra_op_parallelism_threads: -1").outcome.prediction).toBe("serves");
      expect(file("session_inter_op_thread_pool { num_threads: -1 }").outcome).toEqual({
        prediction: "aborts",
        because: ["session/pools-not-negative"],
      });
    });
    it.each([
      [["--tensorflow_session_parallelism=-1"], "aborts"],
      [["--tensorflow_intra_op_parallelism=-1"], "serves"],
      [["--tensorflow_inter_op_parallelism=-1"], "serves"],
      [["--tensorflow_intra_op_parallelism=-1", "--tensorflow_inter_op_parallelism=4"], "aborts"],
      [["--tensorflow_intra_op_parallelism=4294967295"], "aborts"],
      [["--tensorflow_intra_op_parallelism=4", "--tensorflow_inter_op_parallelism=-1"], "serves"],
      [["--tensorflow_session_parallelism=-1", "--tensorflow_inter_op_parallelism=4"], "serves"],
    ])("flags: %j %s", (flags, prediction) => {
      expect(start([...argv, ...flags], saved).outcome).toEqual({
        prediction,
        because: prediction === "aborts" ? ["flags/parallelism-in-range"] : [],
      });
    });
  });
  it("knows ports that are taken", () => {
    expect(start(one, model, { takenPorts: new Set([8500]) }).outcome.prediction).toBe("exits");
    expect(start(one, model, { takenPorts: new Set([8501]) }).outcome.prediction).toBe("serves-partially");
    const health = [...one, "--enable_grpc_healthcheck_service=true"];
    expect(start(health, model, { takenPorts: new Set([8500]) }).outcome.prediction).toBe("aborts");
  });
  it("knows that model servers of one user share a gRPC port, unless told not to", () => {
    const shared = { takenPorts: new Set([8500]), sharesPort: () => true };
    const { diagnostics, outcome } = start(one, model, shared);
    expect(outcome).toEqual({ prediction: "serves", because: [] });
    expect(diagnostics.filter(({ rule }) => rule === "start/port-free")).toMatchObject([
      { severity: "warning", message: expect.stringContaining("is another model server's too") },
    ]);
    for (const off of ["grpc.so_reuseport=0", "grpc.max_connection_age_ms=9,grpc.so_reuseport=0"]) {
      const argv = [...one, `--grpc_channel_arguments=${off}`];
      expect(start(argv, model, shared).outcome.prediction).toBe("exits");
    }
    // REST has no such option.
    const both = { ...shared, takenPorts: new Set([8500, 8501]) };
    expect(start(one, model, both).outcome.prediction).toBe("serves-partially");
  });
  describe("who has a port", () => {
    let proc: string;
    const row = (at: number, port: string, state: string, uid: number, inode: number): string =>
      `   ${at}: 00000000:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;
    const program = (pid: number, argv: readonly string[], sockets: readonly number[]): void => {
      mkdirSync(join(proc, String(pid), "fd"), { recursive: true });
      writeFileSync(join(proc, String(pid), "cmdline"), `${argv.join("\0")}\0`);
      symlinkSync("/dev/null", join(proc, String(pid), "fd", "0"));
      for (const [index, inode] of sockets.entries())
        symlinkSync(`socket:[${inode}]`, join(proc, String(pid), "fd", String(index + 3)));
    };
    beforeEach(() => {
      proc = mkdtempSync(join(tmpdir(), "servable-proc-"));
      mkdirSync(join(proc, "net"));
      // 8500 to 8504, in hexadecimal; the last is a connection.
      const rows = [
        row(0, "2134", "0A", 1000, 71),
        row(1, "2135", "0A", 1000, 72),
        row(2, "2136", "0A", 1001, 73),
        row(3, "2137", "0A", 1000, 74),
        row(4, "2138", "01", 1000, 75),
      ];
      writeFileSync(join(proc, "net/tcp"), `  sl  local_address …\n${rows.join("")}`);
      const off = "--grpc_channel_arguments=grpc.so_reuseport=0";
      program(11, ["/usr/bin/tensorflow_model_server", "--port=8500"], [70, 71]);
      program(12, ["python3", "tensorflow_model_server"], [72]);
      program(13, ["tensorflow_model_server"], [73]);
      program(14, ["tensorflow_model_server", off], [74]);
      mkdirSync(join(proc, "99"));
    });
    afterEach(() => rmSync(proc, { recursive: true, force: true }));

    it("finds the ports", () => {
      expect([...listeningPorts(proc)]).toEqual([8500, 8501, 8502, 8503]);
      expect([...listeningPorts(join(proc, "nowhere"))]).toEqual([]);
    });
    it.each([
      [8500, true, "a model server of this user"],
      [8501, false, "another program"],
      [8502, false, "another user's"],
      [8503, false, "one that does not share"],
      [8504, false, "nobody"],
    ])("%i: shared %s, it is %s", (port, shared) => {
      expect(modelServerShares(port, proc, 1000)).toBe(shared);
    });
    it("is not shared where one of two does not share", () => {
      writeFileSync(join(proc, "net/tcp6"), `  sl …\n${row(0, "2134", "0A", 1000, 72)}`);
      expect(modelServerShares(8500, proc, 1000)).toBe(false);
    });
  });
  it("finds the ports on which something listens", async (context) => {
    if (process.platform !== "linux") return context.skip("the tables of listening sockets are Linux's");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(listeningPorts().has(port)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });
  it("names models and versions", () => {
    const { models, counts } = start(one, { "/w/m/1/model.tflite": TFLITE, "/w/m/2/model.tflite": TFLITE });
    expect(models).toEqual([
      { name: "default", basePath: "/w/m", versions: [{ version: 2, path: "m/2", state: "AVAILABLE" }] },
    ]);
    expect(counts).toEqual({ files: 0, models: 1, versions: 1 });
  });
  it("never throws, and gives reasons for what it predicts, on any flags and files", () => {
    const value = fc.oneof(
      fc.constantFrom(
        "",
        "0",
        "1",
        "-1",
        "true",
        "8500",
        "/w/m",
        "/w/c",
        "/w/none",
        "gs://b/m",
        "s3://b",
        "x",
        "serve",
        "a=b,",
        "4294967304",
      ),
      fc.string(),
    );
    const flag = fc
      .tuple(fc.constantFrom(...flagTable.map(({ name }) => name)), value)
      .map(([name, text]) => `--${name}=${text}`);
    const argument = fc.oneof({ weight: 8, arbitrary: flag }, fc.string());
    const body = fc.constantFrom(
      "",
      "# x\n",
      "model_config_list {}",
      'model_config_list { config { name: "a" base_path: "/w/m" model_platform: "tensorflow" } }',
      "max_batch_size { value: 0 }",
      "nonsense",
      'platform_configs { key: "tensorflow" value {} }',
    );
    fc.assert(
      fc.property(
        fc.array(argument, { maxLength: 12 }),
        body,
        fc.constantFrom(...supportedVersions),
        (argv, text, tfsVersion) => {
          const { outcome, diagnostics } = start(argv, { ...model, "/w/c": text }, { tfsVersion });
          if (outcome.prediction !== "serves") expect(outcome.because.length).toBeGreaterThan(0);
          for (const rule of outcome.because)
            expect(diagnostics.map((diagnostic) => diagnostic.rule)).toContain(rule);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("checkReload", () => {
  const config = (...names: readonly string[]): string =>
    `model_config_list { ${names.map((name) => `config { name: "${name}" base_path: "/w/${name}" model_platform: "tensorflow" }`).join(" ")} }`;
  const reload = (
    oldText: string,
    newText: string,
    texts: Readonly<Record<string, string>>,
    argv: readonly string[] = ["--prefer_tflite_model=true"],
  ) =>
    checkReload({
      oldText,
      newText,
      oldFile: "old",
      newFile: "new",
      cwd: "/w",
      fs: files(texts),
      flags: parseServerFlags(argv, "2.17.1"),
    }).reload;
  const disk = { "/w/a/1/model.tflite": TFLITE, "/w/b/3/model.tflite": TFLITE };
  it("loads, unloads and waits", () => {
    expect(reload(config("a"), config("a", "b"), disk)).toEqual({
      accepted: true,
      wedges: false,
      loads: [{ model: "b", version: 3 }],
      unloads: [],
      because: [],
    });
    expect(reload(config("a", "b"), config("a"), disk).unloads).toEqual([{ model: "b", version: 3 }]);
    expect(reload(config("a"), config("a", "c"), disk)).toMatchObject({
      accepted: false,
      wedges: true,
      because: ["reload/new-model-appears"],
    });
    expect(reload(config("a"), config("a", "a"), disk)).toMatchObject({
      accepted: false,
      wedges: false,
      loads: [],
    });
  });
});
