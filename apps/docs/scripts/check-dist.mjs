// Checks the built site: every script, style, font, image and internal link exists under the base path, and nothing
// is requested from elsewhere. Usage: node scripts/check-dist.mjs [BASE], after a build with DOCS_BASE=BASE.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const base = process.argv[2] ?? "/";
const dist = resolve(import.meta.dirname, "..", ".vitepress", "dist");
const problems = [];
let pages = 0;
let references = 0;

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function fileOf(url, from) {
  const path = decodeURI(url.split(/[?#]/)[0]);
  if (path === "") return from;
  if (path.startsWith("/")) {
    if (!path.startsWith(base)) return undefined;
    return withIndex(join(dist, path.slice(base.length)));
  }
  return withIndex(join(dirname(from), path));
}

function withIndex(path) {
  return existsSync(path) && statSync(path).isDirectory() ? join(path, "index.html") : path;
}

for (const file of files(dist)) {
  const name = relative(dist, file);
  if (name.endsWith(".html")) {
    pages++;
    const text = readFileSync(file, "utf8");
    // Only attributes of tags; code samples are escaped and have no tags.
    for (const [, tag, attributes] of text.matchAll(/<(a|link|script|img|source|iframe)\b([^>]*)>/g)) {
      const url = /\b(?:href|src)="([^"]*)"/.exec(attributes)?.[1]?.replace(/&amp;/g, "&");
      if (url === undefined || url.startsWith("data:") || url.startsWith("mailto:")) continue;
      references++;
      if (/^(?:https?:)?\/\//.test(url)) {
        if (tag !== "a") problems.push(`${name}: <${tag}> requests ${url}`);
        continue;
      }
      const target = fileOf(url, file);
      if (target === undefined) problems.push(`${name}: ${url} is outside the base ${base}`);
      else if (!existsSync(target)) problems.push(`${name}: ${url} does not exist`);
      const anchor = url.split("#")[1] ?? "";
      if (anchor !== "" && target?.endsWith(".html") && existsSync(target)) {
        const page = readFileSync(target, "utf8");
        if (!page.includes(`id="${decodeURIComponent(anchor)}"`)) {
          problems.push(`${name}: ${url} has no such anchor`);
        }
      }
    }
  }
  if (name.endsWith(".css")) {
    for (const [, url] of readFileSync(file, "utf8").matchAll(/url\(["']?([^"')]+)/g)) {
      if (url.startsWith("data:")) continue;
      references++;
      if (/^(?:https?:)?\/\//.test(url)) problems.push(`${name}: requests ${url}`);
      else if (!existsSync(fileOf(url, file) ?? "")) problems.push(`${name}: ${url} does not exist`);
    }
  }
}

for (const problem of [...new Set(problems)].slice(0, 50)) console.error(problem);
console.log(`${pages} pages, ${references} references, ${problems.length} problems, base ${base}`);
process.exitCode = problems.length > 0 || pages === 0 ? 1 : 0;
