// Writes the generated part of the site: reference pages, rule pages, real outputs, and what the sidebar lists.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { generateAll } from "./generate-all.ts";

const site = resolve(import.meta.dirname, "..");
const { pages, data, examples } = await generateAll();
console.log(`${pages.length} pages; ${examples.shown} of ${examples.all} bad examples with their output`);
for (const folder of ["rules", "reference/commands", ".generated"]) {
  rmSync(join(site, folder), { recursive: true, force: true });
}
for (const { path, markdown } of pages) write(join(site, path), markdown);
for (const [name, text] of data) {
  // Offered for download; everything else is for the theme and for includes.
  write(name.endsWith(".schema.json") ? join(site, "public", name) : join(site, ".generated", name), text);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
