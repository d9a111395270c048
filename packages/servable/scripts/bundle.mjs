// Bundles the CLI with everything it needs: one package without dependencies, heavy parts in chunks of their own.
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const here = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const out = join(here, "dist");
rmSync(out, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [join(here, "src/bin.ts")],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  conditions: ["@servable/source"],
  chunkNames: "chunks/[name]-[hash]",
  define: { SERVABLE_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages call require for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  legalComments: "none",
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  logLevel: "warning",
});
chmodSync(join(out, "bin.js"), 0o755);
const notices = join(here, "../../scripts/third-party-notices.mjs");
if (existsSync(notices)) {
  const { thirdPartyNotices } = await import(notices);
  writeFileSync(join(out, "THIRD-PARTY-NOTICES.txt"), await thirdPartyNotices(metafile));
}
if (process.argv.includes("--metafile")) writeFileSync(join(here, "metafile.json"), JSON.stringify(metafile));
