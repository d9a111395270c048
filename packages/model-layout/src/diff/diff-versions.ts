import { discoverVersions } from "../discovery/discover-versions.ts";
import type { ModelFileSystem } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { openSavedModel } from "../saved-model/open-saved-model.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import type { VariablesIndex } from "../variables/variables-index.ts";
import { diffAssets, diffGraphs, diffWarmup, type Served } from "./diff-contents.ts";
import { diffExamples } from "./diff-examples.ts";
import { diffSignatures } from "./diff-signatures.ts";
import { diffVariables } from "./diff-variables.ts";
import type { ChangeEffect, VersionChange } from "./version-change.ts";

/** What {@link diffVersions} found between two version directories. */
export interface VersionDiff {
  readonly from: string;
  readonly to: string;
  /** Breaking changes first, then by area and subject. */
  readonly changes: readonly VersionChange[];
  readonly breaksClients: boolean;
  readonly breaksBatching: boolean;
}

/** The meta graph that is served, or else the first. */
function served(
  path: string,
  fs: ModelFileSystem,
  tags: readonly string[],
): Served & { readonly variables: VariablesIndex | undefined } {
  const model = open(path, fs);
  const meta = model.metaGraph(tags) ?? model.metaGraphs[0];
  if (meta === undefined) throw new ModelReadError("not-found", model.file, "holds no meta graph");
  return { path, meta, variables: model.variables() };
}

/** Says of what is no version directory what it is. */
function open(path: string, fs: ModelFileSystem): ReturnType<typeof openSavedModel> {
  try {
    return openSavedModel(path, fs);
  } catch (error) {
    if (!(error instanceof ModelReadError) || error.fault !== "not-found") throw error;
    const { versions, ignored, problem } = discoverVersions(path, fs);
    if (problem !== undefined) throw problem;
    const newest = versions.at(-1);
    if (newest !== undefined) {
      throw new ModelReadError("not-found", path, "is a base path, not a version directory", {
        hint: `give one of its versions, such as ${newest.path}`,
      });
    }
    if (ignored.some(({ name }) => name === "model.tflite")) {
      throw new ModelReadError("not-found", path, "holds only a TFLite model, which can't be compared", {
        hint: "give two version directories with saved_model.pb",
      });
    }
    throw error;
  }
}

const ORDER: readonly ChangeEffect[] = ["breaks-clients", "breaks-batching", "note"];

/**
 * Compares what two versions of a model promise: signatures, variables, assets, and whether the graph is the same.
 * @param options.tags what servers ask for, default `serve`
 * @throws ModelReadError
 */
export function diffVersions(
  from: string,
  to: string,
  fs: ModelFileSystem = nodeFileSystem,
  options: { readonly tags?: readonly string[] } = {},
): VersionDiff {
  const tags = options.tags ?? ["serve"];
  const a = served(from, fs, tags);
  const b = served(to, fs, tags);
  let changes: VersionChange[];
  try {
    changes = [
      ...diffSignatures(a.meta, b.meta),
      ...diffExamples(a.meta, b.meta),
      ...diffVariables(a.variables, b.variables),
      ...diffAssets(a, b, fs),
      ...diffWarmup(a, b, fs),
      ...diffGraphs(a.meta, b.meta, tags),
    ];
  } catch (error) {
    throw asReadError(error, to);
  }
  const compare = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  changes.sort(
    (x, y) =>
      ORDER.indexOf(x.effect) - ORDER.indexOf(y.effect) ||
      compare(x.area, y.area) ||
      compare(x.subject, y.subject),
  );
  return {
    from,
    to,
    changes,
    breaksClients: changes.some(({ effect }) => effect === "breaks-clients"),
    breaksBatching: changes.some(({ effect }) => effect === "breaks-batching"),
  };
}
