import { expect, it } from "vitest";
import { compareVersions, isVersion, supportedVersions, versionWithin } from "../src/index.ts";

it("orders versions, candidates before releases, image suffixes ignored", () => {
  expect([...supportedVersions].sort(compareVersions)).toEqual(supportedVersions);
  expect(compareVersions("2.9", "2.11.0")).toBeLessThan(0);
  expect(compareVersions("2.17", "2.17.0")).toBe(0);
  expect(compareVersions("2.17.1-gpu", "2.17.1")).toBe(0);
  expect(compareVersions("2.17.0-rc0", "2.17.0")).toBeLessThan(0);
  expect(compareVersions("2.17.0-rc1-gpu", "2.17.0-rc0")).toBeGreaterThan(0);
  expect(compareVersions("latest", "2.20.0")).toBeGreaterThan(0);
  expect(compareVersions("latest", "nightly")).toBe(0);
  expect(isVersion("latest")).toBe(false);
  expect(versionWithin("2.4.0", "2.4", "2.5")).toBe(true);
  expect(versionWithin("2.5.1", "2.4", "2.5")).toBe(false);
});
