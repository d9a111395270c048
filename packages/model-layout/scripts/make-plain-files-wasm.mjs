/**
 * Makes src/generated/plain-files-wasm.ts from wasm/plain-files.ts and what it imports, which is AssemblyScript.
 *
 *     node packages/model-layout/scripts/make-plain-files-wasm.mjs
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const here = join(import.meta.dirname, "..");
const options = ["plain-files.ts", "--outFile", "plain-files.wasm", "--runtime", "stub", "-Oz", "--noAssert"];
let binary;
const { error, stderr } = await asc.main(options, {
  // Imports here name files as they are; the compiler adds an extension.
  readFile: (name) => {
    const path = join(here, "wasm", name.replace(/\.ts\.ts$/, ".ts"));
    return existsSync(path) ? readFileSync(path, "utf8") : null;
  },
  writeFile: (_, contents) => {
    binary = contents;
  },
  listFiles: () => [],
});
if (error !== null || binary === undefined) throw new Error(`${error?.message}\n${stderr.toString()}`);
const target = join(here, "src/generated/plain-files-wasm.ts");
writeFileSync(
  target,
  `// Made by scripts/make-plain-files-wasm.mjs from wasm/plain-files.ts: edit that file instead.

/** The module in base64. */
export const wasm =
  "${Buffer.from(binary).toString("base64")}";
`,
);
console.log(`${target}: ${binary.length} bytes`);
