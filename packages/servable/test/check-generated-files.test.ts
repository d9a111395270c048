import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "servable-generated-"));
  cpSync(fixture("models", "half_plus_two_versions"), join(folder, "models/half"), { recursive: true });
  cpSync(fixture("models", "half_plus_two_versions"), join(folder, hostile), { recursive: true });
  cpSync(fixture("models", "keras_mlp_export"), join(folder, "models/mlp"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hostile = `it's "my" $HOME, dir/half`;
const half = { name: "half", path: "models/half" };
const everywhere = { docker: true, compose: true, kubernetes: { modelVolume: { claim: "models" } } };

describe("whatever is generated passes our own check", () => {
  it.each([
    ["one model", { models: [half] }],
    ["a GPU", { models: [half], server: { version: "2.17.1", image: "gpu" }, resources: { gpus: 1 } }],
    [
      "several models, labels, batching, monitoring, an autoscaler",
      {
        models: [
          { ...half, versionPolicy: { specific: [20240131] }, labels: { stable: 20240131 } },
          { name: "mlp", path: "models/mlp" },
        ],
        batching: { maxBatchSize: 64 },
        monitoring: true,
        resources: { cores: 4, memoryMiB: 4096 },
        kubernetes: {
          modelVolume: { claim: "models" },
          autoscale: { minReplicas: 2, maxReplicas: 4, cpuPercent: 70 },
        },
      },
    ],
    ["an image of one's own", { models: [half], build: { image: "me/tfs:2.17.1-v3", march: "x86-64-v3" } }],
    ["a folder with signs of the shell and of CSV", { models: [{ name: "half", path: hostile }] }],
    [
      "a model in a bucket",
      { models: [{ name: "m", uri: "gs://bucket/m" }], loading: { fileSystemPollSeconds: 60 } },
    ],
  ])("%s", { timeout: 60_000 }, async (_what, spec) => {
    const file = join(folder, "servable.yaml");
    writeFileSync(file, JSON.stringify({ server: { version: "2.17.1" }, ...everywhere, ...spec }));
    rmSync(join(folder, "serving"), { recursive: true, force: true });
    const made = await runCli(folder, ["generate"]);
    expect(made).toMatchObject({ code: 0 });
    const files = (readdirSync(join(folder, "serving"), { recursive: true }) as string[])
      .filter((path) => /\.[a-z]+$/.test(path) && !path.endsWith("docker-build.sh"))
      .map((path) => join("serving", path));
    expect(files.length).toBeGreaterThan(3);
    for (const path of files) {
      const { code, stdout, stderr } = await runCli(folder, ["check", "--max-warnings", "0", path]);
      expect({ path, code, said: code === 0 ? "" : stdout + stderr }).toEqual({ path, code: 0, said: "" });
    }
  });
});
