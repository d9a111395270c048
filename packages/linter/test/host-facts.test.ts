import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { imageFacts } from "../src/deploy-context.ts";
import { featuresOf, hostFacts } from "../src/host-facts.ts";

describe("hostFacts", () => {
  it("reads the flags of an x86 processor, and none of another", () => {
    const x86 = "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu sse sse2 avx avx2\nbugs\t: x\n";
    expect([...(featuresOf(x86) ?? [])]).toEqual(["fpu", "sse", "sse2", "avx", "avx2"]);
    expect(featuresOf("processor\t: 0\nFeatures\t: fp asimd\n")).toBeUndefined();
    expect(featuresOf("")).toBeUndefined();
  });
  it("knows mode and owner of what is there", () => {
    const folder = mkdtempSync(join(tmpdir(), "host-"));
    try {
      const path = join(folder, "ssl.config");
      writeFileSync(path, "", { mode: 0o600 });
      const { permissions, architecture } = hostFacts();
      expect(permissions?.(path)).toMatchObject({ mode: 0o600, uid: process.getuid?.() ?? 0 });
      expect(permissions?.(join(folder, "none"))).toBeUndefined();
      expect(architecture).toBe(process.arch);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("imageFacts", () => {
  it.each([
    ["tensorflow/serving", { official: true, gpu: false }],
    ["tensorflow/serving:2.17.1-gpu", { official: true, gpu: true }],
    ["docker.io/tensorflow/serving:latest-devel-gpu", { official: true, devel: true, gpu: true }],
    ["mirror.example:5000/tensorflow/serving@sha256:ab", { official: true }],
    ["mirror.example:5000/tensorflow/serving-custom:1", { official: false }],
    ["acme/tf-serving:2.17.1", { official: false }],
  ])("%s", (reference, facts) => expect(imageFacts(reference)).toMatchObject(facts));
});
