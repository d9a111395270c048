import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckResult } from "@servable/smoke-client";
import { fixture } from "@servable/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { fixtureGoldens, serveAndSmoke } from "./serve-and-smoke.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const told = (results: readonly CheckResult[]): string[] =>
  results.map(
    (result) => `${result.id} ${result.signature ?? ""} ${result.transport ?? ""}: ${result.message}`,
  );

describe("smoke over the embedded model server", () => {
  it.each([
    "half_plus_two_versions",
    "keras_mlp_export",
    "tf1_classify_regress",
    "multi_signature_dynamic_seq",
    "vocab_lookup_tf2",
  ])("%s: every check passes, with TensorFlow's own answers as goldens", async (name) => {
    const goldens = fixtureGoldens(fixture("expected", `${name}.json`));
    const report = await serveAndSmoke(name, fixture("models", name), { goldens });
    expect(told(report.checks.filter((result) => result.outcome === "fail"))).toEqual([]);
    expect(
      report.checks.filter((result) => result.id === "goldens/answers" && result.outcome === "pass").length,
    ).toBeGreaterThanOrEqual(
      goldens.filter((golden) => golden.version === undefined || name !== "half_plus_two_versions").length,
    );
  });

  it("sends nothing that changes a model's state unless asked to", async () => {
    const goldens = fixtureGoldens(fixture("expected", "counter_tf2.json"));
    const careful = await serveAndSmoke("counter", fixture("models", "counter_tf2"), { goldens });
    expect(careful.summary.failed).toBe(0);
    const skipped = careful.checks.filter(
      (result) => result.id === "predict/signatures" && result.signature === "serving_default",
    );
    expect(skipped.map((result) => result.message).join()).toContain("AssignAddVariableOp");
    // in order on a fresh server: only right if nothing else was counted before
    const bold = await serveAndSmoke("counter", fixture("models", "counter_tf2"), {
      goldens,
      stateful: true,
      only: (id) => id === "goldens/answers" || id === "predict/signatures",
    });
    expect(told(bold.checks.filter((result) => result.outcome === "fail"))).toEqual([]);
    // once each, by gRPC; REST says why it sends none
    const passed = bold.checks.filter(
      (result) => result.id === "goldens/answers" && result.outcome === "pass",
    );
    expect(passed.map((result) => result.transport)).toEqual(goldens.map(() => "grpc"));
  });

  it("sends a given picture to a model that decodes JPEG", async () => {
    const name = "resnet_v2_jpeg_bytes";
    const picture = new Uint8Array(readFileSync(fixture("images", "landscape_320x213_420.jpg")));
    const report = await serveAndSmoke(name, fixture("models", name), {
      models: [{ name, basePath: fixture("models", name), images: { "landscape.jpg": picture } }],
      only: (id) => id.startsWith("predict/"),
    });
    expect(told(report.checks.filter((result) => result.outcome === "fail"))).toEqual([]);
    const images = report.checks.filter((result) => result.id === "predict/images");
    expect(images.map((result) => result.message)).toContainEqual(
      expect.stringMatching(/^landscape\.jpg \(320x213\) → /),
    );
  });

  it.each([
    ["resnet_v2_fp32_nhwc", /^landscape\.jpg \(320x213 as DT_FLOAT \[1, ?\d+, ?\d+, ?3\] of 0 to 255\) → /],
    ["resnet_v2_uint8_nhwc", /^landscape\.jpg \(320x213 as DT_UINT8 \[1, ?\d+, ?\d+, ?3\] of 0 to 255\) → /],
  ])(
    "sends a given picture as NHWC pixels to %s, and says so of one that is cut off",
    async (name, told2) => {
      const picture = new Uint8Array(readFileSync(fixture("images", "landscape_320x213_420.jpg")));
      const images = { "landscape.jpg": picture, "half.jpg": picture.subarray(0, picture.length >> 1) };
      const report = await serveAndSmoke(name, fixture("models", name), {
        models: [{ name, basePath: fixture("models", name), images }],
        only: (id) => id === "predict/images",
      });
      const passed = report.checks.filter((result) => result.outcome === "pass");
      expect(passed.map((result) => result.transport)).toEqual(expect.arrayContaining(["grpc", "rest"]));
      for (const { message } of passed) expect(message).toMatch(told2);
      const failed = report.checks.filter((result) => result.outcome === "fail");
      expect(failed).toHaveLength(passed.length);
      for (const { message } of failed) expect(message).toMatch(/^half\.jpg: the picture's data ends early/);
    },
  );

  it("finds that the folder holds another model than the one served", async () => {
    const folder = mkdtempSync(join(tmpdir(), "servable-smoke-"));
    folders.push(folder);
    cpSync(fixture("models", "keras_mlp_export"), folder, { recursive: true });
    const report = await serveAndSmoke("half", fixture("models", "half_plus_two_versions"), {
      models: [{ name: "half", basePath: folder }],
    });
    const failed = report.checks.filter((result) => result.outcome === "fail");
    expect(failed.length).toBeGreaterThan(0);
    for (const result of failed) {
      expect(result.id).toBe("status/versions");
      expect(result.help).toBeTruthy();
    }
  });

  it("checks metrics and health where they are on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "servable-smoke-"));
    folders.push(folder);
    const monitoring = join(folder, "monitoring.config");
    writeFileSync(monitoring, 'prometheus_config { enable: true path: "/metrics" }\n');
    const report = await serveAndSmoke("half", fixture("models", "half_plus_two_versions"), {
      flags: [`--monitoring_config_file=${monitoring}`, "--enable_grpc_healthcheck_service=true"],
      metricsPath: "/metrics",
      health: true,
      only: (id) => id.startsWith("monitoring/") || id.startsWith("health/"),
    });
    expect(report.checks.map((result) => [result.id, result.outcome])).toEqual([
      ["monitoring/metrics", "pass"],
      ["health/service", "pass"],
      ["health/service", "pass"],
    ]);
  });
});
