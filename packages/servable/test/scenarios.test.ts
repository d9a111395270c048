import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/registry.ts";
import { project } from "./project.ts";
import { runCli } from "./run-cli.ts";

const good = "models:\n  - name: half\n    path: ./models/half\n";
const halfPlusTwo = { "models/half": { model: "half_plus_two_versions" } } as const;

describe("every command", () => {
  it.each(COMMANDS.map(({ name }) => name))("%s --help shows examples, and exits 0", async (name) => {
    const { code, stdout, stderr } = await runCli(project({}), [name, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`servable ${name}`);
    expect(stdout).toContain("Examples");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });
  it("is listed by servable --help", async () => {
    const { stdout } = await runCli(project({}), ["--help"]);
    for (const { name, summary } of COMMANDS) {
      expect(stdout).toContain(name);
      expect(stdout).toContain(summary);
    }
  });
  it.each([
    [["chek"], 2, 'unknown command "chek", did you mean "check"?'],
    [["check", "--formt", "json"], 2, "unknown option --formt, did you mean --format?"],
    [[], 2, "Start here"],
  ])("%j", async (argv, wanted, text) => {
    const { code, stdout, stderr } = await runCli(project({}), argv);
    expect({ code, stdout }).toEqual({ code: wanted, stdout: "" });
    expect(stderr).toContain(text);
  });
});

describe("bad input has a place and no stack trace", () => {
  const cases: readonly [
    string,
    Record<string, string | { model: string }>,
    readonly string[],
    number,
    RegExp,
  ][] = [
    [
      "unreadable YAML",
      { "servable.yaml": "models: [\n  - name: x\n" },
      ["check"],
      1,
      /servable\.yaml:\d+:\d+: error: /,
    ],
    [
      "unreadable YAML, generate",
      { "servable.yaml": "models: [\n  - name: x\n" },
      ["generate"],
      2,
      /servable\.yaml:\d+:\d+: error: /,
    ],
    [
      "unknown key",
      { ...halfPlusTwo, "servable.yaml": `${good}port:\n  grpc: 1\n` },
      ["generate"],
      2,
      /servable\.yaml:4:1: error: .*"?ports"?/s,
    ],
    [
      "wrong type",
      { ...halfPlusTwo, "servable.yaml": `${good}ports:\n  grpc: many\n` },
      ["generate"],
      2,
      /servable\.yaml:5:9: error: /,
    ],
    ["model folder missing", { "servable.yaml": good }, ["check"], 1, /models\/half/],
    [
      "model folder missing, verify",
      { "servable.yaml": `${good}smoke:\n  startupWaitSeconds: 1\n` },
      ["verify"],
      3,
      /models\/half/,
    ],
    ["no spec", {}, ["generate"], 2, /there is no servable\.yaml here/],
    ["no file", {}, ["check", "nothing.config"], 2, /cannot read nothing\.config: no such file/],
    [
      "unknown profile",
      { ...halfPlusTwo, "servable.yaml": `${good}profiles:\n  gpu: {}\n` },
      ["generate", "--profile", "gpuu"],
      2,
      /gpu/,
    ],
    ["not a model", { "x/readme.txt": "hello" }, ["init", "x"], 2, /holds no version directory/],
    [
      "a SavedModel outside of a version directory",
      { "export/m": { model: "half_plus_two_versions" }, "y/saved_model.pb": "" },
      ["init", "y"],
      2,
      /not inside a version directory/,
    ],
  ];
  it.each(cases)("%s", async (_title, files, argv, wanted, pattern) => {
    const { code, stdout, stderr } = await runCli(project(files), argv);
    expect(stdout + stderr).toMatch(pattern);
    expect(code).toBe(wanted);
    expect(stdout + stderr).not.toMatch(/\n\s+at .*\(|internal error/);
  });
  it("a truncated saved_model.pb", async () => {
    const root = project({ ...halfPlusTwo, "servable.yaml": good });
    const file = join(root, "models/half/20240131/saved_model.pb");
    truncateSync(file, Math.floor(readFileSync(file).length / 2));
    const { code, stdout } = await runCli(root, ["check"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/models\/half\/20240131\/saved_model\.pb: error: /);
  });
  it("a port in use", async () => {
    const root = project(halfPlusTwo);
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "0.0.0.0", resolve));
    const { port } = blocker.address() as { port: number };
    try {
      const { code, stderr } = await runCli(root, [
        "serve",
        "--",
        `--port=${port}`,
        "--model_name=half",
        `--model_base_path=${join(root, "models/half")}`,
      ]);
      expect(code).toBe(2);
      expect(stderr).toContain(String(port));
    } finally {
      blocker.close();
    }
  });
});

describe("a start", () => {
  it("is predicted with the ports that are taken on this machine", async () => {
    const root = project(halfPlusTwo);
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "0.0.0.0", resolve));
    const { port } = blocker.address() as { port: number };
    const flags = ["--model_name=half", `--model_base_path=${join(root, "models/half")}`];
    try {
      const taken = await runCli(root, ["check", "--format", "json", "--", `--port=${port}`, ...flags]);
      expect(JSON.parse(taken.stdout).outcome).toEqual({ prediction: "exits", because: ["start/port-free"] });
    } finally {
      await new Promise((resolve) => blocker.close(resolve));
    }
    const free = await runCli(root, ["check", "--format", "json", "--", `--port=${port}`, ...flags]);
    expect(JSON.parse(free.stdout).outcome).toEqual({ prediction: "serves", because: [] });
    expect(free.code).toBe(0);
  });
});

describe("the main job", () => {
  it("init, generate, check, verify", { timeout: 60_000 }, async () => {
    const root = project(halfPlusTwo);
    expect((await runCli(root, ["init", "models/half", "--yes", "--monitoring"])).code).toBe(0);
    expect((await runCli(root, ["init", "models/half", "--yes"])).stderr).toContain("is already there");
    const generated = await runCli(root, ["generate", "--format", "json"]);
    expect(generated.code).toBe(0);
    const { artifacts } = JSON.parse(generated.stdout);
    expect(artifacts.map(({ path, status }: { path: string; status: string }) => [path, status])).toEqual([
      ["monitoring.config", "written"],
      ["docker-run.sh", "written"],
    ]);
    expect((await runCli(root, ["generate", "--check"])).code).toBe(0);
    writeFileSync(join(root, "serving/monitoring.config"), "prometheus_config {}\n");
    const drift = await runCli(root, ["generate", "--check", "--diff"]);
    expect(drift.code).toBe(1);
    expect(drift.stdout).toMatch(/^-prometheus_config \{\}$/m);
    const checked = await runCli(root, ["check", "--format", "json"]);
    const report = JSON.parse(checked.stdout);
    expect(report.outcome).toEqual({ prediction: "serves", because: [] });
    const verified = await runCli(root, ["verify", "--format", "json"]);
    expect(verified.stderr).toContain("embedded server ready");
    const smoke = JSON.parse(verified.stdout);
    expect(smoke.summary.failed).toBe(0);
    expect(smoke.summary.passed).toBeGreaterThan(8);
    expect(verified.code).toBe(0);
    expect(
      smoke.checks.every(
        (check: { outcome: string; message: string }) => check.outcome !== "skip" || check.message.length > 0,
      ),
    ).toBe(true);
  });
});

describe("init", () => {
  it.each([
    [["--target", "compose"], ["compose.yaml"]],
    [
      ["--target", "kubernetes", "--target", "compose"],
      ["compose.yaml", "k8s/deployment.yaml"],
    ],
    [
      ["--batching", "--cores", "4", "--monitoring"],
      ["batching_parameters.txt", "monitoring.config"],
    ],
    [["--rest-port", "off", "--grpc-port", "9000", "--name", "other"], ["docker-run.sh"]],
  ])("%j writes a spec that generates and checks clean", async (flags, wanted) => {
    const root = project(halfPlusTwo);
    expect(await runCli(root, ["init", "models/half", "--yes", ...flags])).toMatchObject({ code: 0 });
    const generated = await runCli(root, ["generate", "--format", "json"]);
    expect(generated).toMatchObject({ code: 0, stderr: "" });
    const paths = JSON.parse(generated.stdout).artifacts.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(wanted));
    const report = JSON.parse((await runCli(root, ["check", "--format", "json"])).stdout);
    expect(report.diagnostics.filter(({ severity }: { severity: string }) => severity !== "info")).toEqual(
      [],
    );
    expect(report.outcome.prediction).toBe("serves");
  });
});

describe("model folders", () => {
  it("publish, diff, warm-up", async () => {
    const root = project({ ...halfPlusTwo, "export/mlp": { model: "keras_mlp_export" } });
    const published = await runCli(root, ["publish", "models/half/2", "live/half", "--format", "json"]);
    expect(JSON.parse(published.stdout)).toMatchObject({ version: 1, path: "live/half/1" });
    expect(
      JSON.parse(
        (await runCli(root, ["publish", "models/half/10", "live/half", "--keep", "1", "--format", "json"]))
          .stdout,
      ),
    ).toMatchObject({
      version: 2,
      removed: ["live/half/1"],
    });
    expect((await runCli(root, ["diff", "models/half/1", "models/half/2"])).code).toBe(0);
    const broken = await runCli(root, ["diff", "models/half/1", "export/mlp/1"]);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain("not compatible");
    const wrote = await runCli(root, [
      "warmup",
      "write",
      "live/half/2",
      "--batch-size",
      "1",
      "--batch-size",
      "8",
    ]);
    expect(wrote).toMatchObject({ code: 0, stderr: "" });
    expect(wrote.stdout).toMatch(
      /^wrote live\/half\/2\/assets\.extra\/tf_serving_warmup_requests: \d+ records/,
    );
    const checked = await runCli(root, ["warmup", "check", "live/half/2", "--format", "json"]);
    expect(checked.code).toBe(0);
    expect(JSON.parse(checked.stdout).records.length).toBeGreaterThanOrEqual(2);
    expect((await runCli(root, ["check", "live"])).code).toBe(0);
    writeFileSync(
      join(root, "live/half/2/assets.extra/tf_serving_warmup_requests"),
      "no TFRecord, but long enough for a header",
    );
    expect((await runCli(root, ["warmup", "check", "live/half/2"])).code).toBe(1);
  });
  it("a picture warms a classifier", async () => {
    const root = project({ "models/resnet": { model: "resnet_v2_fp32_nhwc" } });
    const image = fixture("images", "square_224x224_444.jpg");
    const wrote = await runCli(root, ["warmup", "write", "models/resnet/1538687457", "--image", image]);
    expect(wrote).toMatchObject({ code: 0, stderr: "" });
    expect(wrote.stdout).toContain("2 records");
    expect(
      (await runCli(root, ["warmup", "write", "models/resnet/1538687457", "--image", fixture("README.md")]))
        .code,
    ).toBe(2);
  });
});

describe("fmt of several files", () => {
  it("goes on after one that cannot be read or told, and says what it took a file for", async () => {
    const root = project({
      "what.txt": "x",
      "models.config": "model_config_list{}",
      "batching_parameters.txt": "prometheus_config { enable: true }\n",
    });
    const ran = await runCli(root, ["fmt", "nope.config", "what.txt", "models.config"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("cannot read nope.config: no such file or folder");
    expect(ran.stderr).toContain("cannot tell what kind of text proto what.txt is");
    expect(ran.stderr).toContain("formatted models.config");
    expect(readFileSync(join(root, "models.config"), "utf8")).toBe("model_config_list {}\n");
    const other = await runCli(root, ["fmt", "batching_parameters.txt"]);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain(
      "batching_parameters.txt is read as batching-parameters by its name, but looks like monitoring-config: say it with --kind monitoring-config",
    );
    const stdin = await runCli(root, ["fmt", "--check", "-", "--kind", "batching-parameters"], {
      stdin: "max_batch_size{value:1}",
    });
    expect([stdin.code, stdin.stdout]).toEqual([1, "<stdin> would change\n"]);
  });
});

describe("fmt", () => {
  it("reports what does not parse, and leaves it alone", async () => {
    const deep = `${"a {".repeat(600)}${"}".repeat(600)}\n`;
    const root = project({ "models.config": "model_config_list {\n", "batching_parameters.txt": deep });
    const broken = await runCli(root, ["fmt", "models.config"]);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(/models\.config:\d+:\d+: error: /);
    expect((await runCli(root, ["fmt", "batching_parameters.txt"])).stderr).toMatch(/error: /);
    expect(readFileSync(join(root, "batching_parameters.txt"), "utf8")).toBe(deep);
  });
  it("keeps comments, and is a filter", async () => {
    const root = project({});
    const once = await runCli(root, ["fmt", "-", "--kind", "batching-parameters"], {
      stdin: "max_batch_size{value:8}# most\n",
    });
    expect(once).toEqual({ code: 0, stdout: "max_batch_size { value: 8 }  # most\n", stderr: "" });
  });
});

describe("check --fix", () => {
  it("mends text protos, specs, and flags inside manifests; a second run finds nothing to mend", async () => {
    const root = project({
      ...halfPlusTwo,
      "servable.yaml": `${good}batching:\n  maxBatchsize: 8 # rows\n`,
      "extra/batching_parameters.txt": "max_batch_size: 8 # rows\nallowed_batch_sizes: [4, 2, 8]\n",
      "extra/compose.yaml":
        "services:\n  tfs:\n    image: tensorflow/serving:2.17.1\n    command: [--enable-batching=true, --model_name=half] # flags\n",
    });
    const first = await runCli(root, ["check", "--fix"]);
    expect(first.stderr).toMatch(/fixed \d+ problems? in servable\.yaml/);
    expect(first.stderr).toMatch(/fixed \d+ problems? in extra\/batching_parameters\.txt/);
    expect(first.stderr).toMatch(/fixed \d+ problems? in extra\/compose\.yaml/);
    expect(readFileSync(join(root, "servable.yaml"), "utf8")).toContain("maxBatchSize: 8 # rows");
    expect(readFileSync(join(root, "extra/batching_parameters.txt"), "utf8")).toBe(
      "max_batch_size { value: 8 } # rows\nallowed_batch_sizes: [2, 4, 8]\n",
    );
    expect(readFileSync(join(root, "extra/compose.yaml"), "utf8")).toContain(
      "--enable_batching=true, --model_name=half] # flags",
    );
    const second = await runCli(root, ["check", "--fix", "--format", "json"]);
    expect(second.stderr).toBe("");
    expect(
      JSON.parse(second.stdout).diagnostics.filter(({ fixable }: { fixable: boolean }) => fixable),
    ).toEqual([]);
  });
});

describe("suppression comments in a spec", () => {
  const spec = (comment: string): string =>
    `models:\n  - name: half\n    path: ./models/half\nbatching:\n  maxBatchSize: 8\n${comment}  allowedBatchSizes: [4, 2, 8]\n`;
  const rules = async (comment: string): Promise<string[]> => {
    const where = project({ "servable.yaml": spec(comment), ...halfPlusTwo });
    const { stdout } = await runCli(where, ["check", "servable.yaml", "--format", "json"]);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { rule: string; severity: string }[] };
    return diagnostics.filter(({ rule }) => /ascend|rise|suppression/.test(rule)).map(({ rule }) => rule);
  };
  it("tell one mistake once, not also of the generated file", async () => {
    expect(await rules("")).toEqual(["spec/allowed-sizes-rise"]);
  });
  it("cover the next line, and are reported where they cover nothing", async () => {
    const comment = (rule: string): string => `  # servable-disable-next-line ${rule} -- on purpose\n`;
    expect(await rules(comment("spec/allowed-sizes-rise"))).toEqual([]);
    expect(await rules(comment("spec/ports-apart"))).toEqual(["suppression/used", "spec/allowed-sizes-rise"]);
  });
});

describe("explain", () => {
  it("shows the likeliest rule in full and lists what else the text may come from", async () => {
    const line =
      "2026-03-01 07:08:09.1: W tensorflow_serving/sources/storage_path/file_system_storage_path_source.cc:314] No versions of servable resnet found under base path /models/resnet. Did you forget to name your leaf directory as a number (eg. '/1/')?";
    const { code, stdout } = await runCli(project({}), ["explain", line]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^start\/base-path-has-versions {2}error/);
    expect(stdout).toContain("The same text may also come from\n  start/base-path-above-versions");
  });
  it("says the cause of a symptom that no rule sees", async () => {
    const { code, stdout } = await runCli(project({}), ["explain", "tensor parsing error: images"]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("What to do") });
  });
  it("says so where it knows nothing", async () => {
    const { code, stdout, stderr } = await runCli(project({}), ["explain", "blah blah nothing"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain('error: no rule has or explains "blah blah nothing"');
  });
});
