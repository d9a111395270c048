import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Licences that may be bundled: permissive, with no more duties than keeping the notice. */
const PERMISSIVE = new Set([
  "MIT",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "0BSD",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "Unlicense",
  "Zlib",
]);

/**
 * The licence notices of every registry package with code in a bundle, as one text.
 *
 * @param metafile esbuild's metafile; its paths are relative to `folder`, where esbuild ran
 * @param carried folders of packages whose files lie beside the bundle as they are
 * @throws if a package has no licence text, or one that is not permissive
 */
export async function thirdPartyNotices(metafile, folder = process.cwd(), carried = []) {
  const packages = bundledPackages(metafile, folder, carried);
  const refused = packages.filter(({ licence }) => !isPermissive(licence));
  if (refused.length > 0) {
    throw new Error(
      `not to be bundled: ${refused.map((each) => `${each.name} (${each.licence})`).join(", ")}`,
    );
  }
  const parts = packages.map(({ name, version, licence, text }) => {
    if (text === undefined) throw new Error(`${name} ${version} carries no licence text`);
    return `${name} ${version}\nLicence: ${licence}\n\n${text.trim()}\n`;
  });
  const rule = `\n${"=".repeat(80)}\n\n`;
  return [
    `This package contains code of the following ${packages.length} packages, under their own licences.\n`,
    ...parts,
  ].join(rule);
}

/** Name, version, licence and licence text of the packages whose code is in some output, sorted by name. */
export function bundledPackages(metafile, folder = process.cwd(), carried = []) {
  const inputs = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      if (bytesInOutput > 0) inputs.add(path);
    }
  }
  const folders = new Set(carried.map((each) => resolve(folder, each)));
  for (const path of inputs) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (found !== undefined) folders.add(resolve(folder, found));
  }
  return [...folders]
    .map((each) => {
      const manifest = JSON.parse(readFileSync(join(each, "package.json"), "utf8"));
      return {
        name: manifest.name,
        version: manifest.version,
        licence:
          typeof manifest.license === "string" ? manifest.license : (manifest.license?.type ?? "unknown"),
        text: licenceText(each) ?? suppliedText(manifest.name),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

function licenceText(folder) {
  const names = readdirSync(folder).filter((name) =>
    /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(name),
  );
  if (names.length === 0) return fromReadme(folder);
  return names
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8").trim())
    .join("\n\n");
}

/** Some packages keep their licence as the last section of the README only. */
function fromReadme(folder) {
  const name = readdirSync(folder).find((each) => /^readme/i.test(each));
  if (name === undefined) return undefined;
  return /^#+\s*licen[cs]e\b[^\n]*\n([\s\S]+)$/im.exec(readFileSync(join(folder, name), "utf8"))?.[1];
}

/** Texts of packages that are published without theirs, taken from their repositories. */
function suppliedText(name) {
  const path = join(import.meta.dirname, "licences", `${name.replace("/", "+")}.txt`);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** `A`, `(A OR B)` with one permissive choice, `A AND B` with both. */
function isPermissive(expression) {
  const bare = expression.replace(/[()]/g, "");
  return bare
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((each) => PERMISSIVE.has(each.trim())));
}
