import { lstatSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import type { DraftModel, DraftSignature } from "@servable/config-schema";
import { UserError } from "@servable/diagnostics";
import { discoverVersions, ModelReadError, openSavedModel, parseVersionName } from "@servable/model-layout";

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};
const exists = (path: string): boolean => {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
};
const isSavedModel = (path: string): boolean =>
  exists(join(path, "saved_model.pb")) || exists(join(path, "saved_model.pbtxt"));

const versionsOf = (basePath: string): readonly { readonly version: bigint; readonly path: string }[] =>
  discoverVersions(basePath).versions.map(({ version, path }) => ({ version: BigInt(version), path }));

function signaturesOf(versionDir: string, shown: string): readonly DraftSignature[] {
  try {
    const graph = openSavedModel(versionDir).metaGraph();
    if (graph === undefined) return [];
    return [...graph.signatures]
      .filter(([name]) => name !== "__saved_model_init_op")
      .map(([name, signature]) => ({
        name,
        inputs: [...signature.inputs].map(([alias, info]) => ({
          name: alias,
          dtype: info.dtype,
          shape: info.shape,
        })),
        outputs: [...signature.outputs].map(([alias, info]) => ({
          name: alias,
          dtype: info.dtype,
          shape: info.shape,
        })),
      }));
  } catch (error) {
    if (!(error instanceof ModelReadError)) throw error;
    throw new UserError("bad-model", `${shown}: ${error.message}`, {
      hint: `\`servable check ${shown}\` tells more; export the model again`,
    });
  }
}

/** A path as the spec has it: relative to its folder, with `/` and a leading `./`. */
export function specPath(specFolder: string, path: string): string {
  const from = relative(specFolder, path).split(sep).join("/");
  return from === ""
    ? "."
    : from.startsWith("../") || from.startsWith("/") || /^[A-Za-z]:/.test(from)
      ? from
      : `./${from}`;
}

/**
 * The models that a folder holds: a base path, one version directory of it, or a repository of several base paths.
 * @throws UserError where nothing can be served, saying what it looks like instead
 */
export function findExports(folder: string, shown: string, specFolder: string): readonly DraftModel[] {
  if (!isFolder(folder)) {
    throw new UserError("no-model", `${shown} is not a folder`, {
      hint: "give the folder that holds the version directories of a model",
    });
  }
  const model = (basePath: string): DraftModel | undefined => {
    const versions = versionsOf(basePath).filter(({ path }) => isSavedModel(path));
    const newest = versions.reduce<(typeof versions)[number] | undefined>(
      (best, each) => (best === undefined || each.version > best.version ? each : best),
      undefined,
    );
    if (newest === undefined) return undefined;
    return {
      name: basename(basePath),
      path: specPath(specFolder, basePath),
      signatures: signaturesOf(
        newest.path,
        newest.path === folder ? shown : `${shown}/${relative(folder, newest.path)}`,
      ),
      versions: versions
        .map(({ version }) => String(version))
        .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)),
    };
  };
  if (isSavedModel(folder)) {
    if (parseVersionName(basename(folder)) !== undefined && parseVersionName(basename(folder)) !== null) {
      const found = model(dirname(folder));
      if (found !== undefined) return [found];
    }
    throw new UserError("not-versioned", `${shown} is a SavedModel, but not inside a version directory`, {
      hint: `the server wants MODEL/VERSION/saved_model.pb: move it to, say, ${shown}/1, and run \`servable init ${shown}\``,
    });
  }
  const one = model(folder);
  if (one !== undefined) return [one];
  const several = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter(isFolder)
    .flatMap((path) => model(path) ?? []);
  if (several.length > 0) return several;
  throw new UserError("no-model", `${shown} holds no version directory with a SavedModel`, {
    hint: "the server wants MODEL/VERSION/saved_model.pb, with VERSION a number; `servable check` on the folder tells more",
  });
}
