import { createServer } from "node:net";
import { memoryFileSystem } from "@servable/model-layout";
import { flagTable, parseServerFlags, supportedVersions } from "@servable/server-flags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkReload } from "../src/reload.ts";
import { checkStart, listeningPorts } from "../src/start.ts";

const encoder = new TextEncoder();
const files = (texts: Readonly<Record<string, string>>) =>
  memoryFileSystem(new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)])));

const start = (argv: readonly string[], texts: Readonly<Record<string, string>> = {}, more: object = {}) =>
  checkStart({ argv, cwd: "/w", fs: files({ "/w/here": "", ...texts }), cpus: 2, ...more });

// TensorFlow Lite versions need no SavedModel, so that an example can be written down.
const one = ["--port=8500", "--rest_api_port=8501", "--prefer_tflite_model=true", "--model_base_path=/w/m"];
const model = { "/w/m/1/model.tflite": "" };

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
  it("knows ports that are taken", () => {
    expect(start(one, model, { takenPorts: new Set([8500]) }).outcome.prediction).toBe("exits");
    expect(start(one, model, { takenPorts: new Set([8501]) }).outcome.prediction).toBe("serves-partially");
    const health = [...one, "--enable_grpc_healthcheck_service=true"];
    expect(start(health, model, { takenPorts: new Set([8500]) }).outcome.prediction).toBe("aborts");
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
    const { models, counts } = start(one, { "/w/m/1/model.tflite": "", "/w/m/2/model.tflite": "" });
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
  const disk = { "/w/a/1/model.tflite": "", "/w/b/3/model.tflite": "" };
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
