import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { UserError } from "@servable/diagnostics";
import { printable } from "@servable/diagnostics/render";
import { detectKind } from "@servable/linter/text-proto";
import { expectManyVersions, type FoundModels, findModels, nodeFileSystem } from "@servable/model-layout";
import { textOfBytes } from "@servable/text-proto";
import type { Context } from "../cli/context.ts";
import { reasonOf, shownPath } from "../cli/read-input.ts";
import type { CheckOptions } from "./check-options.ts";
import { checkTextFile } from "./check-text.ts";
import type { Findings } from "./findings.ts";
import { checkProgress } from "./progress.ts";

const SPEC_NAMES = new Set(["servable.yaml", "servable.yml", "servable.json"]);
const SKIPPED = new Set(["node_modules", "dist", "venv", "__pycache__", "target", "build"]);
const TEXT_PROTO_NAME = /\.(config|conf|txt|txtpb|pbtxt|textproto)$/i;
const STRUCTURED_NAME = /\.(ya?ml|sh|bash|bat|cmd|ps1|dockerfile)$|^(Docker|Container)file([.-].*)?$/i;
const MAX_DEPTH = 8;
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

interface Found {
  readonly specs: string[];
  readonly structured: string[];
  readonly texts: string[];
}

const passedOver = (context: Context, path: string, error: unknown): void =>
  context.err(`not checked: ${printable(shownPath(context, path))}: ${reasonOf(error)}\n`);

/** What is in a folder besides models. One that may not be read is passed over; that it is one is said. */
function entriesOf(context: Context, folder: string, models: ReadonlySet<string>): Dirent[] {
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  try {
    // There may be thousands of models.
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !models.has(prefix + name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    passedOver(context, folder, error);
    return [];
  }
}

/**
 * A file of the project, or undefined where it may not be read, which is said.
 * @throws UserError where its name alone says that it has to be checked
 */
function bytesOf(context: Context, path: string): Uint8Array | undefined {
  try {
    return statSync(path).size <= MAX_TEXT_BYTES ? readFileSync(path) : undefined;
  } catch (error) {
    // Gone meanwhile, or with a name that is not UTF-8, which Node cannot open.
    const gone = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!gone && detectKind(path, "") !== undefined)
      throw new UserError("cannot-read", `cannot read ${shownPath(context, path)}: ${reasonOf(error)}`, {
        cause: error,
      });
    passedOver(context, path, error);
    return undefined;
  }
}

/** What a project holds that can be checked; the folders of `models` are not entered. */
function survey(
  context: Context,
  folder: string,
  depth: number,
  models: ReadonlySet<string>,
  found: Found,
): void {
  for (const entry of entriesOf(context, folder, models)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name.startsWith(".") || SKIPPED.has(entry.name) || depth >= MAX_DEPTH) continue;
      survey(context, path, depth + 1, models, found);
    } else if (entry.isFile()) {
      if (SPEC_NAMES.has(entry.name)) found.specs.push(path);
      else if (TEXT_PROTO_NAME.test(entry.name)) found.texts.push(path);
      else if (STRUCTURED_NAME.test(entry.name)) found.structured.push(path);
    }
  }
}

/** Checks specs, text protos and deployment files; tells for which version, and which base paths the specs name. */
async function checkFiles(
  context: Context,
  findings: Findings,
  { specs, texts, structured }: Found,
  options: CheckOptions,
): Promise<{ readonly tfsVersion: string | undefined; readonly covered: ReadonlySet<string> }> {
  let { tfsVersion } = options;
  const covered = new Set<string>();
  for (const spec of specs) {
    const { checkSpecFile } = await import("./check-spec.ts");
    const result = await checkSpecFile(context, findings, spec, options);
    tfsVersion ??= result.tfsVersion;
    for (const path of result.modelPaths) covered.add(path);
  }
  const { fix } = options;
  for (const path of texts) {
    const bytes = bytesOf(context, path);
    if (bytes === undefined) continue;
    // Any other text file is none of our business.
    if (detectKind(path, textOfBytes(bytes)) === undefined) continue;
    const shown = shownPath(context, path);
    checkTextFile(context, findings, bytes, shown, path, { kind: undefined, tfsVersion, fix });
  }
  for (const path of structured) {
    const bytes = bytesOf(context, path);
    if (bytes === undefined) continue;
    const { checkStructuredBytes, looksLikeStructured } = await import("./check-structured.ts");
    const { isOurs } = await import("@servable/deploy-gen");
    if (!looksLikeStructured(path, bytes)) continue;
    // What was generated from the spec was checked with it.
    if (specs.length > 0 && isOurs(textOfBytes(bytes))) continue;
    const file = { shown: shownPath(context, path), path };
    checkStructuredBytes(context, findings, bytes, file, { ...options, tfsVersion });
  }
  return { tfsVersion, covered };
}

/** Checks a folder: a project (spec, text protos, deployment files, models), or a model folder of any level. */
export async function checkFolder(
  context: Context,
  findings: Findings,
  folder: string,
  options: CheckOptions,
): Promise<void> {
  let entries: readonly string[];
  try {
    entries = readdirSync(folder);
  } catch (error) {
    throw new UserError("cannot-read", `cannot read ${shownPath(context, folder)}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  const { level, tfsVersion: wanted } = options;
  const isProject = entries.some((name) => SPEC_NAMES.has(name));
  const quick = level === "quick";
  if (quick) expectManyVersions(folder, entries);
  const progress = checkProgress(context);
  const models = progress.during(() =>
    findModels(folder, nodeFileSystem, {
      ...(wanted === undefined ? {} : { tfsVersion: wanted }),
      quick,
      onClean: progress.versions,
    }),
  );
  // The rules are loaded only where there is something to look at.
  const checkModels = async (
    path: string,
    tfsVersion: string | undefined,
    found?: FoundModels,
  ): Promise<void> => {
    const { checkModelFolder } = await import("./check-models.ts");
    const shown = found === undefined ? undefined : progress;
    checkModelFolder(context, findings, path, { level, tfsVersion }, found, shown);
  };
  const isClean = models.models.every(({ cleanVersions }) => cleanVersions !== undefined);
  if (!isProject && models.role !== "repository" && models.role !== "nothing") {
    if (isClean) for (const { cleanVersions = 0 } of models.models) findings.countModels(1, cleanVersions);
    else await checkModels(folder, wanted, models);
    return;
  }
  const basePaths = models.role === "repository" ? models.models.map(({ basePath }) => basePath) : [];
  const found: Found = { specs: [], structured: [], texts: [] };
  survey(context, folder, 0, new Set(basePaths), found);
  const { tfsVersion, covered } = await checkFiles(context, findings, found, options);
  if (found.specs.length === 0 && basePaths.length > 0 && !isClean) {
    await checkModels(folder, tfsVersion, tfsVersion === wanted ? models : undefined);
  } else {
    for (const { basePath, cleanVersions } of basePaths.length === 0 ? [] : models.models) {
      if (covered.has(basePath)) continue;
      if (cleanVersions !== undefined) findings.countModels(1, cleanVersions);
      else await checkModels(basePath, tfsVersion);
    }
  }
  if (!findings.isEmpty) return;
  const shown = shownPath(context, folder);
  if (entries.length === 0) throw nothingToCheck(`there is nothing to check in ${shown}`);
  // Not a project: let the model reader say what is missing.
  await checkModels(folder, tfsVersion);
  if (findings.isEmpty) throw nothingToCheck(`there is no spec, text proto or model in ${shown}`);
}

const nothingToCheck = (message: string): UserError =>
  new UserError("nothing-to-check", message, {
    hint: "give a spec, a text proto, or a folder with MODEL/VERSION/saved_model.pb; `servable init MODEL_DIR` starts a project",
  });
