import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { importsOf } from "./imports-of.mjs";

/** Reads the packages below `root`: manifests, tsconfig references, and every import of src, test, scripts, bench. */
export function readWorkspace(root) {
  const packages = [];
  for (const folder of ["packages", "apps"].flatMap((parent) => foldersIn(root, parent)).concat("bench")) {
    const manifestFile = join(root, folder, "package.json");
    if (!existsSync(manifestFile)) continue;
    const tsconfigFile = join(root, folder, "tsconfig.json");
    packages.push({
      folder,
      shortName: folder.split("/").at(-1),
      manifest: JSON.parse(readFileSync(manifestFile, "utf8")),
      references: existsSync(tsconfigFile)
        ? (JSON.parse(readFileSync(tsconfigFile, "utf8")).references ?? []).map((entry) =>
            join(folder, entry.path).split(sep).join("/"),
          )
        : undefined,
      files: sourceFiles(join(root, folder)).map((path) => ({
        path: relative(root, path).split(sep).join("/"),
        inSource: relative(join(root, folder), path).split(sep)[0] === "src",
        imports: importsOf(readFileSync(path, "utf8")),
      })),
    });
  }
  const rootTsconfig = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  return {
    packages,
    rootReferences: (rootTsconfig.references ?? []).map((entry) => entry.path),
    allowed: readAllowed(readFileSync(join(root, "ARCHITECTURE.md"), "utf8")),
    exists: (path) => existsSync(join(root, path)),
  };
}

/** The table of ARCHITECTURE.md: short package name to the set it may import, or "everything". */
export function readAllowed(markdown) {
  const allowed = new Map();
  for (const line of markdown.split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    if (cells.length !== 5 || !/^`[a-z-]+`(?:, `[a-z-]+`)*$/.test(cells[1])) continue;
    const names = codeSpans(cells[1]);
    const may = /everything/.test(cells[3]) ? "everything" : new Set(codeSpans(cells[3]));
    for (const name of names) allowed.set(name, may);
  }
  return allowed;
}

const codeSpans = (text) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]);

function foldersIn(root, parent) {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`)
    .sort();
}

function sourceFiles(folder) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (["node_modules", "dist", "fixtures", "golden", "cache"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...sourceFiles(path));
    else if (/\.(?:ts|mts|mjs|js)$/.test(entry.name)) found.push(path);
  }
  return found.sort();
}
