import { posix } from "node:path";

/** Tests that need a package which depends on theirs: declaring it would close a circle for npm and turbo. */
const UNDECLARED_IN_TESTS = { "packages/text-proto": ["@servable/protos"] };

/** Pure: workspace as read by `readWorkspace` in, sorted violation lines out. */
export function findViolations({ packages, rootReferences, allowed, exists }) {
  const violations = [];
  const byName = new Map(packages.map((each) => [each.manifest.name, each]));
  const edges = new Map();

  for (const each of packages) {
    const isPackage = each.folder.startsWith("packages/");
    const may = allowed.get(each.shortName);
    if (isPackage && may === undefined) {
      violations.push(`ARCHITECTURE.md: ${each.shortName} is missing from the table of packages`);
    }
    if (isPackage && each.references !== undefined && !rootReferences.includes(each.folder)) {
      violations.push(`tsconfig.json: no reference to ${each.folder}`);
    }
    const dependencies = { ...each.manifest.dependencies, ...each.manifest.optionalDependencies };
    const bundled = each.shortName === "servable";
    const declared = new Set(Object.keys(dependencies));
    const declaredForTests = new Set([...declared, ...Object.keys(each.manifest.devDependencies ?? {})]);
    const used = new Set();

    for (const file of each.files) {
      for (const { specifier } of file.imports) {
        if (specifier.startsWith(".")) {
          violations.push(...relativeImport(each, file, specifier, exists));
          continue;
        }
        const name = packageName(specifier);
        const target = byName.get(name);
        if (target === undefined) continue; // registry packages are knip's business, node: ones the compiler's
        if (target === each) {
          if (file.inSource) violations.push(`${file.path}: imports its own package by name (${specifier})`);
          continue;
        }
        const subpath = `.${specifier.slice(name.length)}`;
        const exported = target.manifest.exports ?? {};
        if (!Object.hasOwn(exported, subpath)) {
          violations.push(`${file.path}: ${specifier} is not among the exports of ${name}`);
        }
        if (!file.inSource && UNDECLARED_IN_TESTS[each.folder]?.includes(name)) continue;
        // The CLI is bundled: all that it imports is a development dependency of the published package.
        const mayDeclare = file.inSource && !bundled ? declared : declaredForTests;
        if (!mayDeclare.has(name)) {
          const where = file.inSource && !bundled ? "dependencies" : "devDependencies";
          violations.push(
            `${file.path}: imports ${name}, which ${each.folder}/package.json lacks in ${where}`,
          );
        }
        if (!file.inSource || !isPackage) continue;
        used.add(target.folder);
        if (target.shortName === "test-fixtures") {
          violations.push(`${file.path}: test-fixtures is for tests only`);
        } else if (may !== undefined && may !== "everything" && !may.has(target.shortName)) {
          violations.push(
            `${file.path}: ${each.shortName} may not import ${target.shortName} (ARCHITECTURE.md)`,
          );
        }
        if (each.references !== undefined && !each.references.includes(target.folder)) {
          violations.push(
            `${each.folder}/tsconfig.json: no reference to ${target.folder}, imported by ${file.path}`,
          );
        }
      }
    }
    edges.set(each.folder, used);
    const known = [...declaredForTests]
      .map((name) => byName.get(name)?.folder)
      .filter((f) => f !== undefined);
    for (const folder of known) edges.get(each.folder).add(folder);
  }

  for (const cycle of cyclesOf(edges)) violations.push(`packages in a circle: ${cycle.join(" -> ")}`);
  for (const each of packages) {
    for (const cycle of cyclesOf(fileEdges(each)))
      violations.push(`files in a circle: ${cycle.join(" -> ")}`);
  }
  return [...new Set(violations)].sort();
}

function packageName(specifier) {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}

/** The docs are made from the CLI's own declarations, which its published bundle does not export. */
const REACHES = { "apps/docs": "packages/servable/src/" };

function relativeImport(each, file, specifier, exists) {
  const path = specifier.split("?")[0];
  const target = posix.normalize(posix.join(posix.dirname(file.path), path));
  const reach = REACHES[each.folder];
  if (reach !== undefined && target.startsWith(reach) && exists(target)) return [];
  // Build scripts of a package may use the repository's own.
  if (file.path.startsWith(`${each.folder}/scripts/`) && target.startsWith("scripts/") && exists(target))
    return [];
  // A generator holds imports of what it writes as text, relative to another folder.
  if (file.path.startsWith(`${each.folder}/scripts/`) && !exists(target)) return [];
  if (!target.startsWith(`${each.folder}/`)) return [`${file.path}: ${specifier} leaves ${each.folder}`];
  if (file.inSource && !target.startsWith(`${each.folder}/src/`)) {
    return [`${file.path}: ${specifier} leaves ${each.folder}/src`];
  }
  if (!exists(target) && !target.includes("/dist/")) return [`${file.path}: ${specifier} does not exist`];
  return [];
}

/** Imports of values inside one package's sources, made when a module loads: types and lazy ones can't deadlock. */
function fileEdges(each) {
  const edges = new Map();
  for (const file of each.files) {
    if (!file.inSource) continue;
    const targets = file.imports
      .filter(({ specifier, typeOnly, lazy }) => specifier.startsWith(".") && !typeOnly && lazy !== true)
      .map(({ specifier }) => posix.normalize(posix.join(posix.dirname(file.path), specifier)));
    edges.set(file.path, new Set(targets));
  }
  return edges;
}

/** One cycle per strongly connected component, named from its smallest member. */
export function cyclesOf(edges) {
  const state = new Map();
  const cycles = [];
  const stack = [];
  const visit = (node) => {
    state.set(node, "open");
    stack.push(node);
    for (const next of [...(edges.get(node) ?? [])].sort()) {
      if (!edges.has(next)) continue;
      if (state.get(next) === "open") cycles.push([...stack.slice(stack.indexOf(next)), next]);
      else if (!state.has(next)) visit(next);
    }
    stack.pop();
    state.set(node, "done");
  };
  for (const node of [...edges.keys()].sort()) if (!state.has(node)) visit(node);
  return cycles;
}
