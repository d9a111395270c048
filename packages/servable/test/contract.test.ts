import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { project } from "./project.ts";
import { runCli } from "./run-cli.ts";

const model = { "models/half": { model: "half_plus_two_versions" } } as const;
const spec = "models:\n  - name: half\n    path: ./models/half\n";

describe("flags that take whole numbers", () => {
  it.each([
    [["check", "--max-warnings", "-1", "x"], "--max-warnings wants a whole number"],
    [["check", "--max-warnings", "1e3", "x"], "--max-warnings wants a whole number"],
    [["init", "--cores", "0", "models/half"], "--cores wants a whole number from 1 to 4096"],
    [["init", "--grpc-port", "65536", "models/half"], "--grpc-port wants a whole number from 1 to 65535"],
    [["publish", "--keep", "0", "models/half/1", "m"], "--keep wants a whole number of at least 1"],
    [["publish", "--version", "9223372036854775808", "models/half/1", "m"], "--version wants a whole number"],
    [["warmup", "write", "models/half/1", "--batch-size", "0"], "--batch-size wants a whole number from 1"],
    [["smoke", "--wait", "Infinity"], "--wait wants seconds"],
    [["smoke", "--wait", "-1"], "--wait wants seconds"],
    [["check", ""], "an argument is empty"],
  ])("%j", async (argv, message) => {
    const { code, stdout, stderr } = await runCli(project(model), argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});

describe("generate --print settings", () => {
  const withProfile = `${spec}ports:\n  grpc: 9000\nprofiles:\n  big:\n    resources: { cores: 8 }\n    batching: true\n`;

  it("says of every value where it comes from, and writes nothing", async () => {
    const root = project({ ...model, "servable.yaml": withProfile });
    const { code, stdout } = await runCli(root, [
      "generate",
      "--print",
      "settings",
      "--profile",
      "big",
      "--format",
      "json",
    ]);
    expect(code).toBe(0);
    const { settings } = JSON.parse(stdout) as {
      settings: { path: string; value: unknown; origin: string; reason?: string }[];
    };
    const of = (path: string) => settings.find((setting) => setting.path === path);
    expect(of("ports.grpc.published")).toEqual({
      path: "ports.grpc.published",
      value: 9000,
      origin: "written",
    });
    expect(of("resources.cores")).toMatchObject({ value: 8, origin: "profile" });
    expect(of("batching.numBatchThreads")).toMatchObject({ value: 8, origin: "default" });
    expect(of("batching.numBatchThreads")?.reason).toMatch(/cores/);
    expect(of("loading.maxLoadRetries")).toMatchObject({ value: 5, origin: "tfs-default" });
    expect(existsSync(join(root, "serving"))).toBe(false);
  });
  it("reads well", async () => {
    const { stdout } = await runCli(project({ ...model, "servable.yaml": spec }), [
      "generate",
      "--print",
      "settings",
    ]);
    expect(stdout).toMatch(/^models\[0\]\.name +"half" {2}\(written in the spec\)$/m);
    expect(stdout).toMatch(/^rest\.timeoutMillis +30000 {2}\(left to TensorFlow Serving\)$/m);
  });
});

describe("check --fix of standard input", () => {
  it("prints the mended text, and the report on standard error", async () => {
    const { code, stdout, stderr } = await runCli(
      project({}),
      ["check", "--fix", "--kind", "batching-parameters", "--format", "json", "-"],
      { stdin: "max_batch_size: 8 # rows\nwrong: 1\n" },
    );
    expect(code).toBe(1);
    expect(stdout).toBe("max_batch_size { value: 8 } # rows\nwrong: 1\n");
    expect(JSON.parse(stderr)).toMatchObject({
      diagnostics: [{ rule: "text-proto/unknown-field", file: "<stdin>", line: 2, column: 1 }],
    });
  });
});

describe("goldens", () => {
  const golden = {
    inputs: { x: { dtype: "DT_FLOAT", shape: [2], values: [1, 2] } },
    outputs: { y: { dtype: "DT_FLOAT", shape: [2], values: [5.5, 6] } },
  };
  it("warm a model with the same file that verify compares with, but for requests that must fail", async () => {
    const root = project({
      ...model,
      "servable.yaml": `${spec}smoke:\n  goldens:\n    - { model: half, file: goldens.json }\n`,
      "goldens.json": JSON.stringify([golden, { inputs: {}, error: { code: "INVALID_ARGUMENT" } }]),
    });
    const warmed = await runCli(root, [
      "warmup",
      "write",
      "models/half/20240131",
      "--golden",
      "goldens.json",
    ]);
    expect(warmed).toMatchObject({ code: 0, stderr: "" });
    expect(warmed.stdout).toContain("1 record");
    const { code, stdout } = await runCli(root, ["verify", "--only", "goldens/"]);
    expect(stdout).toContain("goldens.json[0]");
    expect(code).toBe(0);
  });
  it.each([
    ["{", "goldens.json is not JSON"],
    ["[1]", "goldens.json is not an object"],
    ['[{"api":"classify"}]', "goldens.json has no serialized_examples"],
    ['[{}, {"inputs":{"x":{"dtype":"DT_FLOAT","shape":[2],"values":[1]}}}]', "goldens.json[0].inputs is not"],
    ['{"inputs":{"x":{"dtype":"DT_FLOAT","shape":[2],"values":[1]}}}', "goldens.json.inputs.x: "],
  ])("%s", async (text, message) => {
    const root = project({ ...model, "goldens.json": text });
    const { code, stderr } = await runCli(root, [
      "warmup",
      "write",
      "models/half/1",
      "--golden",
      "goldens.json",
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("init", () => {
  it("writes nothing but the spec, and takes the defaults without a terminal", async () => {
    const root = project(model);
    expect(await runCli(root, ["init", "models/half"])).toMatchObject({ code: 0, stdout: "" });
    const text = readFileSync(join(root, "servable.yaml"), "utf8");
    expect(text).toContain("# serving_default: x float [?] -> y float [?]");
    expect(await runCli(root, ["init", "models/half"])).toMatchObject({ code: 2 });
    expect(readFileSync(join(root, "servable.yaml"), "utf8")).toBe(text);
    expect(await runCli(root, ["init", "models/half", "--force"])).toMatchObject({ code: 0 });
  });
});
