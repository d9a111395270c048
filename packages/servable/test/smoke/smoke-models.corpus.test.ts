import { existsSync, readdirSync } from "node:fs";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { fixtureGoldens, serveAndSmoke } from "./serve-and-smoke.ts";

/** Goldens that a model server can't give, with the reason. */
const EXCEPTIONS: Readonly<Record<string, RegExp>> = {
  // its output has shape [1,10,10,1]: the golden was fed by tensor name, and Regress refuses such shapes (regressor.cc)
  tfs_half_plus_two_mkl: /Expected output Tensor shape to be either \[batch_size\] or \[batch_size, 1\]/,
};
/** Models that a CPU server refuses to load; TensorFlow Lite is not a SavedModel. */
const NOT_SERVED =
  /^tfs_(bad_half_plus_two|half_plus_two_gpu|half_plus_two_gpu_trt|half_plus_two_tflite|half_plus_two_tflite_with_sigdef|parse_example_tflite|session_bundle_half_plus_two)$/;

describe.skipIf(!hasShared)("smoke of every fixture model with predictions of TensorFlow", () => {
  const names = hasShared
    ? readdirSync(sharedFixture("models")).filter(
        (name) => !NOT_SERVED.test(name) && existsSync(sharedFixture("expected", `${name}.json`)),
      )
    : [];

  it("has models", () => {
    expect(names.length).toBeGreaterThan(30);
  });

  it.each(names)("%s", async (name) => {
    const goldens = fixtureGoldens(sharedFixture("expected", `${name}.json`));
    const report = await serveAndSmoke(name, sharedFixture("models", name), { goldens });
    const failed = report.checks.filter(
      (result) => result.outcome === "fail" && EXCEPTIONS[name]?.test(result.message) !== true,
    );
    expect(failed.map((result) => `${result.id} ${result.transport}: ${result.message}`)).toEqual([]);
    const passed = report.checks.filter(
      (result) => result.id === "goldens/answers" && result.outcome === "pass",
    );
    // goldens of older versions are not served by the default policy, stateful ones are not sent
    const served = report.checks.find((result) => result.id === "status/available")!.version;
    const due = goldens.filter(
      (golden) => String(golden.version) === String(served) && golden.stateful !== true,
    );
    expect(passed.length).toBeGreaterThanOrEqual(due.length - (name in EXCEPTIONS ? 1 : 0));
  });
});
