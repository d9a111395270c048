import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

interface ExpectedVersion {
  readonly dir: string;
  readonly goldens?: readonly {
    readonly api: string;
    readonly error?: unknown;
    readonly stateful?: boolean;
  }[];
}

/**
 * Models that a real server on a CPU does not answer for as the recorded TensorFlow session did; what is said instead.
 * The first two: recorded starts bm-gpu and bm-trt. The third: Regress takes one value an example, and this output has
 * 100 (servables/tensorflow/regressor.cc). The last: a TensorProto cannot carry sparse and composite inputs.
 */
const EXCEPTIONS: Readonly<Record<string, RegExp>> = {
  tfs_half_plus_two_gpu: /Cannot assign a device for operation/,
  tfs_half_plus_two_gpu_trt: /Cannot assign a device for operation/,
  tfs_half_plus_two_mkl: /Expected output Tensor shape to be either \[batch_size\] or \[batch_size, 1\]/,
  sparse_ragged_composite_tf1: /bad|coo_sparse|composite|dtype/,
};

const models = hasShared
  ? readdirSync(sharedFixture("expected")).flatMap((file) => {
      const name = file.replace(/\.json$/, "");
      const { versions } = JSON.parse(readFileSync(sharedFixture("expected", file), "utf8")) as {
        versions: ExpectedVersion[];
      };
      return versions
        .filter(({ goldens }) => (goldens?.length ?? 0) > 0)
        .map((version) => ({ name, ...version }));
    })
  : [];

describe.skipIf(!hasShared)(
  "servable verify gives TensorFlow's answers (skipped: the corpora are not here)",
  () => {
    it.each(models)("$name/$dir", { timeout: 60_000 }, async ({ name, dir, goldens = [] }) => {
      const root = mkdtempSync(join(tmpdir(), "servable-verify-"));
      try {
        writeFileSync(join(root, "goldens.json"), JSON.stringify(goldens));
        writeFileSync(
          join(root, "servable.json"),
          JSON.stringify({
            models: [
              { name, path: sharedFixture("models", name), versionPolicy: { specific: [Number(dir)] } },
            ],
            smoke: { goldens: [{ model: name, file: "goldens.json" }] },
          }),
        );
        const { code, stdout, stderr } = await runCli(root, [
          "verify",
          "--spec",
          "servable.json",
          "--format",
          "json",
          "--stateful",
        ]);
        const exception = EXCEPTIONS[name];
        if (exception !== undefined) {
          expect(code).not.toBe(0);
          expect(stdout + stderr).toMatch(exception);
          return;
        }
        expect(stderr).toContain("embedded server ready");
        const { checks } = JSON.parse(stdout) as {
          checks: { id: string; outcome: string; message: string; signature: string | null }[];
        };
        const failed = checks
          .filter(({ outcome }) => outcome === "fail")
          .map(({ id, signature, message }) => `${id} ${signature}: ${message}`);
        expect(failed).toEqual([]);
        const proven = checks.filter(({ id, outcome }) => id === "goldens/answers" && outcome === "pass");
        expect(proven.length).toBeGreaterThanOrEqual(goldens.length);
        expect(code).toBe(0);
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    });
  },
);
