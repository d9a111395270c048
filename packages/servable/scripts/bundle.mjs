// Bundles the CLI with everything it needs: one package without dependencies. What every command loads is one file, as
// each further one costs Node about half a millisecond; the rest are chunks, loaded when used (see lazy-parts.mjs).
//
// CommonJS, because every run waits for it: Node 20 needs 6 ms more to start with an ES module. Only ASCII, as Node reads
// that without decoding and V8 keeps it in one byte a character; no template literals, which V8 scans slowly.
//
// Usage: node scripts/bundle.mjs [FOLDER]   (default: dist)
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { build, transform } from "esbuild";
import { rolldown } from "rolldown";
import { thirdPartyNotices } from "../../../scripts/third-party-notices.mjs";
import { isPart, needsFolder, partOf, requireWhenUsed } from "./lazy-parts.mjs";

const here = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const out = resolve(here, process.argv[2] ?? "dist");
const entry = "src/run.ts";
const conditions = ["@servable/source"];
const define = {
  SERVABLE_VERSION: JSON.stringify(version),
  SERVABLE_JPEG_LIBRARY: JSON.stringify("../libjpeg-turbo/decoder"),
};
const minified = {
  minify: true,
  charset: "ascii",
  legalComments: "none",
  format: "cjs",
  platform: "node",
  target: "node20.19",
  supported: { "template-literal": false },
};

/** What would be bundled: every module, and which module loads which at once. */
const { metafile } = await build({
  entryPoints: [join(here, entry)],
  absWorkingDir: here,
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  conditions,
  metafile: true,
  write: false,
  logLevel: "warning",
});

/** Modules that are loaded together with these, by static imports. */
function loadedWith(paths) {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind, external } of metafile.inputs[path]?.imports ?? []) {
      if (!external && kind !== "dynamic-import") visit(next);
    }
  };
  paths.forEach(visit);
  return new Set([...seen].map((path) => resolve(here, path)));
}
const core = loadedWith([entry]);
const groupOf = (id) => (core.has(id) ? (partOf(id) ?? "core") : needsFolder(id) ? "folder" : null);

rmSync(out, { recursive: true, force: true });
const bundle = await rolldown({
  input: { run: join(here, entry), "publish-worker": join(here, "src/publishing/publish-worker.ts") },
  // The core lies in the entry's own file, whose exports the other chunks use.
  preserveEntrySignatures: "allow-extension",
  platform: "node",
  resolve: { conditionNames: [...conditions, "node", "import", "module", "default"] },
  transform: { target: "node20.19", define },
  logLevel: "warn",
  // In one chunk on purpose.
  checks: { ineffectiveDynamicImport: false },
});
const { output } = await bundle.generate({
  format: "cjs",
  // A worker is started by the path beside the chunk that wants it.
  entryFileNames: ({ name }) => (name === "run" ? "run.js" : `chunks/${name}.js`),
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ name: groupOf, debugName: "parts" }],
  },
  minifyInternalExports: false,
  comments: false,
  minify: "dce-only",
});
await bundle.close();
mkdirSync(join(out, "chunks"), { recursive: true });
const runtime = output.find(({ fileName }) => fileName.includes("rolldown-runtime"));
for (const { fileName, code: whole } of output) {
  // The bundler's runtime does nothing by itself.
  let code = whole.replace(/^require\("[^"]*rolldown-runtime[^"]*"\);$/m, "");
  code = requireWhenUsed(code);
  if (fileName === "run.js" || isPart(fileName) || fileName.startsWith("chunks/folder-")) {
    // The few functions of the bundler's runtime are copied: that is quicker than loading one more file.
    code = code.replace(
      new RegExp(`require\\("\\./(chunks/)?${basename(runtime.fileName)}"\\)`),
      () => `(() => { const exports = {};\n${runtime.code}\nreturn exports; })()`,
    );
  }
  writeFileSync(join(out, fileName), (await transform(code, minified)).code);
}
await build({
  ...minified,
  entryPoints: [join(here, "src/bin.ts")],
  outfile: join(out, "bin.js"),
  bundle: true,
  define,
  // The program is a file beside it, loaded without Node's loader of ES modules.
  supported: { ...minified.supported, "dynamic-import": false },
  plugins: [
    {
      name: "run",
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/run\.ts$/ }, () => ({ path: "./run.js", external: true })),
    },
  ],
});
chmodSync(join(out, "bin.js"), 0o755);
// The other threads of a large repository's check, started by the path beside the chunk that wants them.
await build({
  ...minified,
  entryPoints: [join(here, "../model-layout/src/quick/clean-worker.ts")],
  outfile: join(out, "chunks/clean-worker.js"),
  bundle: true,
  conditions,
});
// The package is of ES modules, its bundle is not.
writeFileSync(join(out, "package.json"), '{ "type": "commonjs" }\n');

// libjpeg-turbo as it is published: only pictures need it, and it finds its WebAssembly by its path.
const near = createRequire(join(here, "../tensors/package.json"));
const [code, wasm] = ["decodewasmjs", "decodewasm"].map((name) =>
  near.resolve(`@cornerstonejs/codec-libjpeg-turbo-8bit/${name}`),
);
mkdirSync(join(out, "libjpeg-turbo"), { recursive: true });
copyFileSync(code, join(out, "libjpeg-turbo/decoder.cjs"));
copyFileSync(wasm, join(out, "libjpeg-turbo/decoder.wasm"));
const carried = [join(dirname(wasm), "..")];
writeFileSync(join(out, "THIRD-PARTY-NOTICES.txt"), await thirdPartyNotices(metafile, here, carried));
