import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@servable/diagnostics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBasePath, checkGrpcAddress, checkRestAddress } from "../../src/serving/smoke-addresses.ts";

function refusal(work: () => void): UserError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

describe("addresses given to smoke", () => {
  it.each([
    "localhost:8500",
    "[::1]:8500",
    "10.0.0.1:1",
    "unix:/run/serving.sock",
    "dns:///prod:8500",
    "a.b-c:65535",
  ])("takes %s for gRPC", (text) => {
    expect(refusal(() => checkGrpcAddress(text))).toBeUndefined();
  });

  it.each(["localhost", "localhost:", "localhost:abc", "localhost:0", "localhost:70000", ":"])(
    "refuses %s for gRPC",
    (text) => {
      expect(refusal(() => checkGrpcAddress(text))?.message).toContain(`not "${text}"`);
    },
  );

  it("says what to write instead of a URL", () => {
    expect(refusal(() => checkGrpcAddress("http://prod:8500/"))?.hint).toContain("--grpc prod:8500");
    expect(refusal(() => checkRestAddress("http://prod:8501/tf/v1/models/m"))?.hint).toContain(
      "--rest http://prod:8501/tf",
    );
    for (const text of ["prod:8501", "ftp://prod", "http://", ""])
      expect(refusal(() => checkRestAddress(text))).toBeDefined();
    for (const text of ["http://prod:8501", "https://prod/prefix/", "http://[::1]:8501", undefined])
      expect(refusal(() => checkRestAddress(text))).toBeUndefined();
  });
});

describe("base paths given to smoke", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "servable-smoke-"));
    mkdirSync(join(folder, "m", "1"), { recursive: true });
    writeFileSync(join(folder, "m", "1", "saved_model.pb"), "");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("have to be there, and above the versions", () => {
    const path = (...parts: string[]): string => join(folder, ...parts);
    expect(refusal(() => checkBasePath("m", path("m"), "m"))).toBeUndefined();
    expect(refusal(() => checkBasePath("m", path("n"), "n"))?.message).toContain("there is no folder n");
    expect(refusal(() => checkBasePath("m", path("m", "1"), "m/1"))?.hint).toContain("--model m=m");
    expect(refusal(() => checkBasePath("m", path("m", "1", "saved_model.pb"), "f"))?.message).toContain(
      "is not a folder",
    );
  });
});
