import { spawnSync } from "node:child_process";
import { BATCHING_PARAMETERS } from "@servable/batching-gen";
import { type ArtifactKind, generateArtifacts, hostArtifacts } from "@servable/deploy-gen";
import { schemas } from "@servable/protos/text-schema";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { encode, parse, read } from "@servable/text-proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitrarySpec } from "./arbitrary-spec.ts";
import { filesOf, resolvedIfSound, tool } from "./resolved.ts";

const messages: Partial<Record<ArtifactKind, string>> = {
  "batching-parameters": BATCHING_PARAMETERS,
  "per-model-batching": BATCHING_PARAMETERS,
  "model-server-config": "tensorflow.serving.ModelServerConfig",
  "monitoring-config": "tensorflow.serving.MonitoringConfig",
  "ssl-config": "tensorflow.serving.SSLConfig",
};

describe.skipIf(!hasShared)("protoc with TensorFlow Serving's own descriptors", () => {
  it("reads every generated text proto, as the bytes that we read", (ctx) => {
    if (spawnSync("protoc", ["--version"]).error !== undefined) ctx.skip("protoc is not installed");
    const descriptors = sharedFixture("descriptors", "tfs-official.binpb");
    let seen = 0;
    for (const spec of fc.sample(arbitrarySpec, { numRuns: 150, seed: 3 })) {
      const resolved = resolvedIfSound(spec);
      if (resolved === undefined) continue;
      const options = { tool, specFile: "servable.yaml", files: filesOf(resolved), specFolder: "/project" };
      for (const { kind, path, contents } of [
        ...generateArtifacts(resolved, options),
        ...hostArtifacts(resolved, options),
      ]) {
        const message = messages[kind];
        if (message === undefined) continue;
        const { status, stdout, stderr } = spawnSync(
          "protoc",
          [`--descriptor_set_in=${descriptors}`, `--encode=${message}`, "--deterministic_output"],
          { input: contents },
        );
        expect([path, contents, status, stderr.toString()]).toEqual([path, contents, 0, ""]);
        const ours = encode(read(parse(contents), message, schemas).message);
        expect(Buffer.from(ours).toString("hex")).toBe(stdout.toString("hex"));
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(100);
  });
});
