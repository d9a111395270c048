import { versionWithin } from "@servable/server-flags";
import type { ResolvedModel, ResolvedVersionPolicy } from "../resolved-spec.ts";
import type { BaseSpec, ModelEntry } from "../schema/spec.ts";
import type { SpecPath } from "../spec-path.ts";
import { compact, type Recorder } from "./recorder.ts";
import { resolveModelBatching } from "./resolve-batching.ts";

/** Whether a model name can be a folder below /models and pass the image's unquoted entrypoint script unharmed. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name);
}

/**
 * Folder names of the models, each its own: the name itself where it is plain, else its plain letters and its number.
 */
function foldersOf(names: readonly string[]): string[] {
  const taken = new Set(names.filter(isPlainName));
  return names.map((name, index) => {
    if (isPlainName(name)) return name;
    const letters = name.replace(/[^A-Za-z0-9_.-]+/g, "_").replace(/^[._-]+|[._-]+$/g, "");
    const stem = `${letters === "" ? "model" : letters.slice(0, 60)}-${index + 1}`;
    let folder = stem;
    for (let more = 2; taken.has(folder); more++) folder = `${stem}-${more}`;
    taken.add(folder);
    return folder;
  });
}

function resolvePolicy(
  written: ModelEntry["versionPolicy"],
  path: SpecPath,
  recorder: Recorder,
): ResolvedVersionPolicy | undefined {
  if (written === undefined) return recorder.leave(path, undefined, "latest: 1");
  const policy: ResolvedVersionPolicy =
    written === "all"
      ? { kind: "all" }
      : written === "latest"
        ? { kind: "latest", count: 1 }
        : "latest" in written
          ? { kind: "latest", count: written.latest }
          : { kind: "specific", versions: written.specific.map(String) };
  return recorder.wrote(path, policy);
}

/** The models, with the base paths that the server in the container sees. */
export function resolveModels(spec: BaseSpec, recorder: Recorder): ResolvedModel[] {
  const folders = foldersOf(spec.models.map((model) => model.name));
  return spec.models.map((model, index) => {
    const at = (key: string): SpecPath => ["models", index, key];
    recorder.wrote(at("name"), model.name);
    if (model.path !== undefined) recorder.wrote(at("path"), model.path);
    if (model.uri !== undefined) recorder.wrote(at("uri"), model.uri);
    const basePath =
      model.uri !== undefined
        ? recorder.wrote(at("basePath"), model.uri, at("uri"))
        : recorder.choose(
            at("basePath"),
            model.containerPath,
            `/models/${folders[index] ?? index}`,
            "where the stock image looks for a model of that name",
            at("containerPath"),
          );
    return compact({
      index,
      name: model.name,
      folder: folders[index] ?? String(index),
      path: model.path,
      uri: model.uri,
      basePath,
      versionPolicy: resolvePolicy(model.versionPolicy, at("versionPolicy"), recorder),
      labels: Object.entries(recorder.leave(at("labels"), model.labels, "none") ?? {}).map(
        ([label, version]) => [label, String(version)] as const,
      ),
      batching: resolveModelBatching(model.batching, at("batching"), recorder),
    });
  });
}

/** `single` unless something needs a models.config. */
export function resolveModelMode(
  models: readonly ResolvedModel[],
  configPollSeconds: number | undefined,
  recorder: Recorder,
): "single" | "config" {
  const path: SpecPath = ["modelMode"];
  const [first, ...others] = models;
  const why =
    others.length > 0
      ? "there are several models"
      : first?.versionPolicy !== undefined &&
          !(first.versionPolicy.kind === "latest" && first.versionPolicy.count === 1)
        ? "a version policy can only be given in a models.config"
        : (first?.labels.length ?? 0) > 0
          ? "version labels can only be given in a models.config"
          : (configPollSeconds ?? 0) > 0
            ? "only a models.config can be polled"
            : undefined;
  return why === undefined
    ? recorder.choose<"single" | "config">(
        path,
        undefined,
        "single",
        "one model without labels or a version policy",
      )
    : recorder.choose<"single" | "config">(path, undefined, "config", why);
}

/** Labels at start need a flag: without it the server exits (since 1.15). */
export function resolveLabelFlag(
  spec: BaseSpec,
  models: readonly ResolvedModel[],
  tfsVersion: string,
  recorder: Recorder,
): boolean | undefined {
  const path: SpecPath = ["loading", "allowLabelsForUnavailableModels"];
  const written = spec.loading?.allowLabelsForUnavailableModels;
  const labelled = models.some((model) => model.labels.length > 0);
  return labelled && versionWithin(tfsVersion, "1.15.0")
    ? recorder.choose(
        path,
        written,
        true,
        "labels are applied before any version is loaded, so that without this flag the server exits at start",
      )
    : recorder.leave(path, written, false);
}
