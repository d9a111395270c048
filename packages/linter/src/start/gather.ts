import {
  type Discovery,
  discoverVersions,
  ModelReadError,
  openSavedModel,
  type SavedModelFolder,
  selectVersions,
  type VersionDirectory,
  type VersionPolicy,
} from "@servable/model-layout";
import type { ParsedFlags } from "@servable/server-flags";
import type { StartRequest } from "../api.ts";
import { absoluteOrUri, schemeSupported } from "../base-path.ts";
import { append, type FatedDiagnostic } from "../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules, restRequested } from "../flags-context.ts";
import type { TextProtoKind } from "../kinds.ts";
import { lintTextProto } from "../text-proto.ts";
import { type BatchingView, batchingView } from "../views/batching-view.ts";
import {
  basePathOf,
  effectiveLabels,
  type ModelView,
  modelConfigView,
  modelPlace,
  nameOf,
  type PolicyView,
} from "../views/model-config-view.ts";
import { negativeThreads, platformConfigView } from "../views/platform-view.ts";
import { normalise, type Overlay, ServerFiles } from "./server-files.ts";
import type { NamedFile, StartContext } from "./start-context.ts";
import type { LoadSettings, StartModel, StartVersion } from "./start-model.ts";

export interface Gathered {
  readonly context: StartContext;
  /** Of the text protos. */
  readonly found: FatedDiagnostic[];
  readonly texts: Map<string, string>;
}

/** The files that the server would open, in its order; those that it never looks at are left out. */
function wanted(flags: ParsedFlags): { flag: NamedFile["flag"]; kind: TextProtoKind }[] {
  const list: { flag: NamedFile["flag"]; kind: TextProtoKind }[] = [
    { flag: "model_config_file", kind: "model-server-config" },
  ];
  if (platformFileRules(flags)) list.push({ flag: "platform_config_file", kind: "platform-config" });
  else {
    if (flags.bool("enable_batching"))
      list.push({ flag: "batching_parameters_file", kind: "batching-parameters" });
    list.push({ flag: "tensorflow_session_config_file", kind: "session-config" });
  }
  list.push({ flag: "thread_pool_factory_config_file", kind: "thread-pool-config" });
  list.push({ flag: "ssl_config_file", kind: "ssl-config" });
  if (restRequested(flags)) list.push({ flag: "monitoring_config_file", kind: "monitoring-config" });
  return list.filter(({ flag }) => flags.string(flag) !== "");
}

function readNamed(
  context: FlagsContext,
  files: ServerFiles,
  into: Gathered["found"],
  texts: Gathered["texts"],
  purpose: "start" | "reload",
  now: Date | undefined,
): NamedFile[] {
  const { flags } = context;
  const named: NamedFile[] = [];
  // The platform file says which platforms the model config may name, so it is read before it.
  const list = wanted(flags).sort(
    (a, b) => Number(b.kind === "platform-config") - Number(a.kind === "platform-config"),
  );
  let platforms: ReadonlySet<string> | undefined;
  for (const { flag, kind } of list) {
    const given = flags.string(flag);
    const file = files.read(given);
    const display = file.state === "elsewhere" ? given : files.display(file.path);
    if (file.state !== "ok") {
      named.push({ flag, kind, given, display, file, linted: undefined });
      continue;
    }
    if (file.inside !== true) texts.set(display, file.text);
    const linted = lintTextProto(file.text, {
      file: display,
      kind,
      version: flags.version,
      purpose,
      flags,
      role: flags.bool("enable_per_model_batching_parameters") ? "pool" : "all",
      ...(platforms === undefined ? {} : { platforms }),
      ...(now === undefined ? {} : { now }),
    });
    if (kind === "platform-config" && linted.accepted) {
      platforms = new Set(platformConfigView(linted.message).platforms.map((platform) => platform.key));
    }
    append(into, linted.found);
    named.push({ flag, kind, given, display, file, linted });
  }
  return named;
}

function settingsFromFlags(flags: ParsedFlags, named: readonly NamedFile[]): LoadSettings {
  const file = named.find((item) => item.kind === "batching-parameters");
  const view = file?.linted?.accepted === true ? batchingView(file.linted.message) : undefined;
  const tags = flags.string("saved_model_tags");
  return {
    tags: tags === "" ? ["serve"] : tags.split(","),
    warmup: flags.bool("enable_model_warmup"),
    preferTflite: flags.bool("prefer_tflite_model") || flags.bool("use_tflite_model"),
    xla: xlaOn(flags),
    batching: flags.bool("enable_batching") ? { view, file: file?.display } : undefined,
    perModelBatching: flags.bool("enable_batching") && flags.bool("enable_per_model_batching_parameters"),
  };
}

const xlaOn = (flags: ParsedFlags): boolean =>
  flags.bool("xla_cpu_compilation_enabled") || flags.bool("xla_gpu_compilation_enabled");

function settingsByPlatform(
  flags: ParsedFlags,
  named: readonly NamedFile[],
): ReadonlyMap<string, LoadSettings> | undefined {
  const file = named.find((item) => item.kind === "platform-config");
  if (file?.linted?.accepted !== true) return undefined;
  const settings = new Map<string, LoadSettings>();
  for (const platform of platformConfigView(file.linted.message).platforms) {
    const { legacy } = platform;
    const batched = legacy?.batching !== undefined && legacy.noThreadingParams?.value !== true;
    settings.set(platform.key, {
      tags: legacy === undefined || legacy.tags.length === 0 ? ["serve"] : legacy.tags,
      warmup: legacy?.enableModelWarmup?.value === true,
      preferTflite: legacy?.preferTflite?.value === true,
      xla: xlaOn(flags),
      batching: batched ? { view: legacy.batching, file: file.display } : undefined,
      perModelBatching: batched && legacy.perModelBatching?.value === true,
      ...(legacy?.savedModelConfig?.value === true ? { refusedBy: "platform/saved-model-config-off" } : {}),
      ...(negativeThreads(legacy).length > 0 ? { abortedBy: "platform/threads-not-negative" } : {}),
    });
  }
  return settings;
}

/** The policy as the server reads it. */
export function policyOf(view: PolicyView | undefined): VersionPolicy {
  switch (view?.kind) {
    case "all":
      return { kind: "all" };
    case "specific":
      return {
        kind: "specific",
        versions: view.versions.map(({ value }) => {
          const small = Number(value);
          return Number.isSafeInteger(small) ? small : value;
        }),
      };
    default:
      return { kind: "latest", count: view?.numVersions?.value ?? 1 };
  }
}

interface Wanted {
  readonly name: string;
  readonly basePath: string;
  readonly platform: string;
  readonly place: StartModel["place"];
  readonly view: ModelView | undefined;
}

function wantedModels(context: FlagsContext, named: readonly NamedFile[]): Wanted[] {
  const { flags } = context;
  if (flags.string("model_config_file") !== "") {
    const file = named.find((item) => item.kind === "model-server-config");
    if (file?.linted?.accepted !== true) return [];
    return (modelConfigView(file.linted.message).list?.models ?? []).map((view) => ({
      name: nameOf(view),
      basePath: basePathOf(view),
      platform: view.platform?.value || "tensorflow",
      place: { file: file.display, span: view.basePath?.span ?? modelPlace(view) },
      view,
    }));
  }
  const basePath = flags.string("model_base_path");
  if (basePath === "") return [];
  return [
    {
      name: flags.string("model_name"),
      basePath,
      platform: "tensorflow",
      place: placeOfFlag(context, "model_base_path"),
      view: undefined,
    },
  ];
}

/** Opens the folder's SavedModel, where it can be opened. */
function tryOpen(path: string, files: ServerFiles): SavedModelFolder | undefined {
  try {
    return openSavedModel(path, files.fs);
  } catch (error) {
    if (error instanceof ModelReadError) return undefined;
    throw error;
  }
}

function startVersion(
  directory: VersionDirectory,
  settings: LoadSettings,
  context: FlagsContext,
  files: ServerFiles,
  found: Gathered["found"],
  texts: Gathered["texts"],
): StartVersion {
  let batching: BatchingView | undefined =
    settings.batching?.view ?? (settings.batching === undefined ? undefined : emptyBatching);
  let ownFile: StartVersion["ownFile"];
  if (settings.perModelBatching) {
    batching = undefined;
    const path = `${directory.path}/batching_params.pbtxt`;
    const file = files.kind(path) === undefined ? undefined : files.read(path);
    if (file !== undefined) {
      const display = files.display(path);
      if (file.state === "ok") {
        texts.set(display, file.text);
        const linted = lintTextProto(file.text, {
          file: display,
          kind: "per-model-batching",
          version: context.flags.version,
          purpose: "start",
          flags: context.flags,
        });
        append(found, linted.found);
        ownFile = { display, linted };
        if (linted.accepted) batching = batchingView(linted.message);
      } else ownFile = { display, linted: undefined };
    }
  }
  return {
    directory,
    path: directory.path,
    settings,
    saved: tryOpen(directory.path, files),
    batching,
    ownFile,
    problems: [],
  };
}

/** Batching without a file: every value at its default. */
const emptyBatching: BatchingView = {
  span: { start: 0, end: 0 },
  maxBatchSize: undefined,
  batchTimeoutMicros: undefined,
  maxEnqueuedBatches: undefined,
  numBatchThreads: undefined,
  threadPoolName: undefined,
  allowedBatchSizes: [],
  padVariableLengthInputs: undefined,
  enableLargeBatchSplitting: undefined,
  maxExecutionBatchSize: undefined,
  empty: true,
  misread: new Set(),
};

/** Milliseconds between the first failure of a load and its giving up. Source: tensorflow/serving `util/retrier.cc`. */
export function retryMillis(flags: ParsedFlags): number {
  const retries = flags.int("max_num_load_retries");
  // -1 overflows to one attempt, anything below to billions.
  if (retries <= 0 && retries >= -1) return 0;
  const micros = flags.int64("load_retry_interval_micros");
  if (retries < -1) return Number.POSITIVE_INFINITY;
  return micros <= 0n ? 0 : (retries * Number(micros)) / 1000;
}

function overlaysOf(request: StartRequest, own: Overlay | undefined): Overlay[] {
  const inline = (request.inlineFiles ?? []).map(({ path, text, display }) => ({
    given: normalise(path),
    path: display,
    text,
    inside: true,
  }));
  return own === undefined ? inline : [own, ...inline];
}

/** Reads everything that one start would read. */
export function gather(
  request: StartRequest,
  context: FlagsContext,
  options: { readonly purpose?: "start" | "reload"; readonly overlay?: Overlay } = {},
): Gathered {
  const { flags } = context;
  const files = new ServerFiles({ ...request, overlays: overlaysOf(request, options.overlay) });
  const found: FatedDiagnostic[] = [];
  const texts = new Map<string, string>();
  const named = readNamed(context, files, found, texts, options.purpose ?? "start", request.now);
  const byFlags = settingsFromFlags(flags, named);
  const byPlatform = platformFileRules(flags) ? (settingsByPlatform(flags, named) ?? new Map()) : undefined;
  const models: StartModel[] = [];
  const looked = flags.int("file_system_poll_wait_seconds") >= 0;
  for (const model of wantedModels(context, named)) {
    const settings = byPlatform === undefined ? byFlags : (byPlatform.get(model.platform) ?? byFlags);
    const where = files.resolve(model.basePath);
    const policyView = model.view?.policy;
    const policy = policyOf(policyView);
    let discovery: Discovery | undefined;
    if (where.kind === "local" && absoluteOrUri(model.basePath)) {
      discovery = discoverVersions(where.path, files.fs, { tfsVersion: flags.version });
    }
    const { selected, missing } = selectVersions(discovery?.versions ?? [], policy);
    models.push({
      ...model,
      policyView,
      policy,
      labels: model.view === undefined ? [] : effectiveLabels(model.view),
      where,
      settings,
      discovery,
      missing,
      versions: looked
        ? selected.map((directory) => startVersion(directory, settings, context, files, found, texts))
        : [],
      folderDiagnostics: [],
    });
  }
  return {
    context: {
      ...context,
      files,
      named,
      models,
      single: flags.string("model_config_file") === "",
      takenPorts: request.takenPorts ?? new Set(),
      sharesPort: request.sharesPort ?? (() => false),
      mounts: request.mounts,
      image: request.image,
      retryMs: retryMillis(flags),
    },
    found,
    texts,
  };
}

/** Whether the server's binary can read the base path's file system at all. */
export const readableScheme = (model: StartModel, flags: ParsedFlags): boolean =>
  model.where.kind !== "remote" || schemeSupported(model.where.scheme, flags.version);
