import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { bundledPackages, thirdPartyNotices } from "../third-party-notices.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "servable-notices-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function add(name: string, manifest: Record<string, unknown>, files: Record<string, string>): void {
  const path = join(folder, "node_modules", name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), JSON.stringify({ name, version: "1.0.0", ...manifest }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
}

const metafile = (...paths: string[]) => ({
  outputs: { "bin.js": { inputs: Object.fromEntries(paths.map((path) => [path, { bytesInOutput: 10 }])) } },
});

it("lists each bundled package once, by name, with its licence text", async () => {
  add("b", { license: "MIT" }, { LICENSE: "MIT text of b" });
  add("@x/a", { license: "(GPL-3.0 OR ISC)" }, { "LICENCE.md": "ISC text of a" });
  const text = await thirdPartyNotices(
    metafile(
      "node_modules/b/x.js",
      "node_modules/b/y.js",
      "node_modules/@x/a/z.js",
      "packages/own/src/index.ts",
    ),
    folder,
  );
  expect(text).toContain("the following 2 packages");
  expect(text.indexOf("@x/a 1.0.0")).toBeLessThan(text.indexOf("b 1.0.0\nLicence: MIT\n\nMIT text of b"));
});

it("lists packages whose files are carried beside the bundle", async () => {
  const name = "@cornerstonejs/codec-libjpeg-turbo-8bit";
  add(name, { license: "ISC" }, {});
  const text = await thirdPartyNotices(metafile(), folder, [`node_modules/${name}`]);
  // published without a licence text: ours comes from its repository and libjpeg-turbo's
  expect(text).toContain(`${name} 1.0.0`);
  expect(text).toContain("based in part on the work of the Independent JPEG Group");
});

it("leaves out what was shaken away", () => {
  add("b", { license: "MIT" }, { LICENSE: "x" });
  const shaken = { outputs: { "bin.js": { inputs: { "node_modules/b/x.js": { bytesInOutput: 0 } } } } };
  expect(bundledPackages(shaken, folder)).toEqual([]);
});

it("refuses a licence that is not permissive, and a package without a text", async () => {
  add("gpl", { license: "GPL-3.0" }, { LICENSE: "x" });
  add("bare", { license: "MIT" }, {});
  await expect(thirdPartyNotices(metafile("node_modules/gpl/x.js"), folder)).rejects.toThrow("gpl (GPL-3.0)");
  await expect(thirdPartyNotices(metafile("node_modules/bare/x.js"), folder)).rejects.toThrow(
    "carries no licence text",
  );
});

it("takes the licence section of a README where there is no file", async () => {
  add("r", { license: "MIT" }, { "README.md": "# r\n\n## License\n\nMIT, by somebody\n" });
  expect(await thirdPartyNotices(metafile("node_modules/r/x.js"), folder)).toContain("MIT, by somebody");
});
