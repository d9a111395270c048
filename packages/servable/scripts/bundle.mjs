// Bundles the CLI with everything it needs: one package without dependencies. What `check` of one file loads is one
// chunk, as each further file costs Node about a millisecond; heavy parts stay in chunks of their own, loaded when used.
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import { thirdPartyNotices } from "../../../scripts/third-party-notices.mjs";

const here = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const out = join(here, "dist");
const entry = join(here, "src/bin.ts");
const conditions = ["@servable/source"];

/** What would be bundled: every module, and which module loads which at once. */
const { metafile } = await build({
  entryPoints: [entry],
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
const core = loadedWith(["src/run.ts"]);

rmSync(out, { recursive: true, force: true });
const bundle = await rolldown({
  input: { bin: entry },
  platform: "node",
  resolve: { conditionNames: [...conditions, "node", "import", "module", "default"] },
  transform: { target: "node20.19", define: { SERVABLE_VERSION: JSON.stringify(version) } },
  logLevel: "warn",
  // In one chunk on purpose.
  checks: { ineffectiveDynamicImport: false },
});
await bundle.write({
  dir: out,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: {
    groups: [{ name: "core", test: (id) => core.has(id) || id.includes("rolldown/runtime") }],
  },
  comments: false,
  minify: { compress: true, mangle: true, codegen: { removeWhitespace: true } },
});
await bundle.close();
chmodSync(join(out, "bin.js"), 0o755);
writeFileSync(join(out, "THIRD-PARTY-NOTICES.txt"), await thirdPartyNotices(metafile, here));
