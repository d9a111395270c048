import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { completeLockfile } from "../complete-lockfile.mjs";

const lock = {
  packages: {
    "": { name: "root" },
    "node_modules/tool": {
      version: "1.0.0",
      dev: true,
      license: "MIT",
      optionalDependencies: {
        "@tool/linux-x64-musl": "1.0.0",
        "@tool/win32-arm64": "1.0.0",
        "any-range": "^1.0.0",
      },
    },
    "node_modules/@tool/win32-arm64": { version: "1.0.0" },
    "node_modules/other/node_modules/tool": {
      version: "2.0.0",
      optionalDependencies: { "@tool/win32-arm64": "2.0.0" },
    },
  },
};

it("adds what is missing, beside the top one or below the package that wants another version", () => {
  const { lock: complete, added } = completeLockfile(lock);
  expect(added).toEqual([
    "node_modules/@tool/linux-x64-musl",
    "node_modules/other/node_modules/tool/node_modules/@tool/win32-arm64",
  ]);
  expect(complete.packages["node_modules/@tool/linux-x64-musl"]).toEqual({
    version: "1.0.0",
    cpu: ["x64"],
    dev: true,
    libc: ["musl"],
    license: "MIT",
    optional: true,
    os: ["linux"],
  });
  expect(completeLockfile(complete).added).toEqual([]);
});

it("this repository's lock file is complete", () => {
  const file = join(resolve(import.meta.dirname, "..", ".."), "package-lock.json");
  expect(completeLockfile(JSON.parse(readFileSync(file, "utf8"))).added).toEqual([]);
});
