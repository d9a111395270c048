// Adds to package-lock.json the optional packages of other platforms that npm left out. npm leaves out what the
// registry at hand does not hold (mirrors often carry the binaries of one platform only); `npm ci` then refuses the
// lock file everywhere. The entries carry version and platform, no integrity: npm skips them on this platform.
// Usage: node scripts/complete-lockfile.mjs [--check]
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const SYSTEMS = {
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  netbsd: "netbsd",
  openbsd: "openbsd",
  openharmony: "openharmony",
  sunos: "sunos",
  aix: "aix",
  win32: "win32",
  windows: "win32",
};
const PROCESSORS = {
  64: "x64",
  x64: "x64",
  arm64: "arm64",
  arm: "arm",
  ia32: "ia32",
  loong64: "loong64",
  mips64el: "mips64el",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
};

/** A copy of the lock file with an entry for every optional dependency, and the paths of those that were added. */
export function completeLockfile(lock) {
  const packages = { ...lock.packages };
  const added = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!/^\d+\.\d+\.\d+/.test(version) || resolveEntry(packages, path, name, version) !== undefined)
        continue;
      const platform = platformOf(name);
      if (platform === undefined) continue;
      const top = `node_modules/${name}`;
      const place = packages[top] === undefined ? top : `${path}/node_modules/${name}`;
      packages[place] = {
        version,
        // The order of npm's own writing.
        cpu: platform.cpu,
        ...(entry.dev === true ? { dev: true } : {}),
        ...(platform.libc === undefined ? {} : { libc: platform.libc }),
        ...(entry.license === undefined ? {} : { license: entry.license }),
        optional: true,
        os: platform.os,
      };
      added.push(place);
    }
  }
  const sorted = Object.fromEntries(
    Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  return { lock: added.length === 0 ? lock : { ...lock, packages: sorted }, added: added.sort() };
}

/** What `name` means to the package at `path`, if that is the version wanted. */
function resolveEntry(packages, path, name, version) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const found = packages[folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`];
    if (found !== undefined) return found.version === version ? found : undefined;
    if (folder === "" || !folder.includes("node_modules/")) return undefined;
    if (!folder.includes("/node_modules/")) {
      const top = packages[`node_modules/${name}`];
      return top?.version === version ? top : undefined;
    }
  }
}

/** Operating system, processor and C library, as the names of such packages say. */
function platformOf(name) {
  const words = name.split("/").at(-1).split("-");
  const os = words.map((word) => SYSTEMS[word]).find((each) => each !== undefined);
  const cpu = words.map((word) => PROCESSORS[word]).find((each) => each !== undefined);
  if (os === undefined || cpu === undefined) return undefined;
  const libc = words.some((word) => word.startsWith("musl"))
    ? "musl"
    : words.some((word) => word.startsWith("gnu"))
      ? "glibc"
      : undefined;
  return { cpu: [cpu], ...(os === "linux" && libc !== undefined ? { libc: [libc] } : {}), os: [os] };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = join(resolve(import.meta.dirname, ".."), "package-lock.json");
  const { lock, added } = completeLockfile(JSON.parse(readFileSync(file, "utf8")));
  if (process.argv.includes("--check")) {
    for (const path of added) console.error(`package-lock.json lacks ${path}`);
    if (added.length > 0) console.error("\nrun `node scripts/complete-lockfile.mjs` and commit the result");
    process.exitCode = added.length > 0 ? 1 : 0;
  } else {
    if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
    console.log(`${added.length} entries added`);
  }
}
