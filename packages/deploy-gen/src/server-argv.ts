import { type FlagFile, plannedFlags, type ResolvedModel, type ResolvedSpec } from "@servable/config-schema";
import { PATHS } from "./artifact.ts";
import { fromFolder } from "./host-path.ts";

/** Where the generated files lie inside the container: the output folder, mounted as a whole so that reloads see it. */
export const CONFIG_FOLDER = "/etc/tensorflow-serving";
/** A session config of the user's, mounted as a file. */
export const SESSION_CONFIG = "/etc/tensorflow-session.config";

/** Flags for a server outside Docker: the same configuration, with paths of the host. */
export interface HostTarget {
  readonly hostPaths: true;
  /** Absolute path of the output folder. */
  readonly outDir: string;
  /** Absolute path of the folder that the spec's relative paths start from. */
  readonly specFolder: string;
  /** Ports instead of the published ones; 0 lets the embedded server pick a free one. */
  readonly ports?: { readonly grpc?: number; readonly rest?: number };
  /** Fail at once where a broken model would be retried for minutes. */
  readonly verification?: boolean;
}

/** Flags to append to the image's entrypoint, with paths of the container. */
export interface ContainerTarget {
  readonly hostPaths: false;
}

/** What the entrypoint of the stock image passes by itself (tools/docker/Dockerfile). */
const ENTRYPOINT = { grpc: 8500, rest: 8501, basePath: "/models" } as const;

/** How the container is told its single model. */
export interface ContainerModel {
  readonly environment: readonly (readonly [name: string, value: string])[];
  readonly flags: readonly string[];
}

/**
 * By `MODEL_NAME` (and `MODEL_BASE_PATH`) where the entrypoint script's unquoted variables carry them unharmed, else by
 * flags, which win over the script's own.
 */
export function containerModel(resolved: ResolvedSpec): ContainerModel {
  const [model] = resolved.models;
  if (resolved.modelMode === "config" || model === undefined) return { environment: [], flags: [] };
  const plain =
    /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(model.name) && /^[A-Za-z0-9_./:-]+$/.test(model.basePath);
  const parent = model.basePath.endsWith(`/${model.name}`)
    ? model.basePath.slice(0, -model.name.length - 1)
    : undefined;
  if (!plain || parent === undefined || parent === "") {
    return {
      environment: [],
      flags: [`--model_name=${model.name}`, `--model_base_path=${model.basePath}`],
    };
  }
  const environment: [string, string][] = [["MODEL_NAME", model.name]];
  if (parent !== ENTRYPOINT.basePath) environment.unshift(["MODEL_BASE_PATH", parent]);
  return { environment, flags: [] };
}

const configNames: Readonly<Record<Exclude<FlagFile, "session-config">, string>> = {
  "model-server-config": PATHS.models,
  "batching-parameters": PATHS.batching,
  "monitoring-config": PATHS.monitoring,
  "ssl-config": PATHS.ssl,
};

/** A model's base path on the host (or its URI). */
export function hostBasePath(model: ResolvedModel, specFolder: string): string {
  return model.uri ?? fromFolder(specFolder, model.path ?? ".");
}

function fileArgument(file: FlagFile, resolved: ResolvedSpec, target: HostTarget | ContainerTarget): string {
  if (file === "session-config") {
    return target.hostPaths
      ? fromFolder(target.specFolder, resolved.runtime.sessionConfigFile ?? "")
      : SESSION_CONFIG;
  }
  if (!target.hostPaths) return `${CONFIG_FOLDER}/${configNames[file]}`;
  // The base paths of models.config are the container's; the host has its own beside it.
  const name = file === "model-server-config" ? PATHS.hostModels : configNames[file];
  return fromFolder(target.outDir, name);
}

/**
 * The arguments of `tensorflow_model_server`, each `--name=value`.
 *
 * With `hostPaths` they start a server outside Docker (or the embedded one) with the configuration that the container
 * has: model folders, ports as published, and the generated files by their absolute paths. Where a models.config is
 * needed, they name `host/models.config` below `outDir`: the same list with base paths of this machine. It is no
 * artifact, as its bytes depend on where the project lies: whoever starts a server writes `hostArtifacts(...)` first.
 *
 * Without `hostPaths` they are what follows the image in `docker run`, where the entrypoint passes the rest.
 */
export function serverArgv(resolved: ResolvedSpec, target: HostTarget | ContainerTarget): string[] {
  const argv: string[] = [];
  const { grpc, rest } = resolved.ports;
  if (target.hostPaths) {
    argv.push(`--port=${target.ports?.grpc ?? grpc.published ?? grpc.container}`);
    argv.push(
      `--rest_api_port=${rest === undefined ? 0 : (target.ports?.rest ?? rest.published ?? rest.container)}`,
    );
    const [model] = resolved.models;
    if (resolved.modelMode === "single" && model !== undefined) {
      argv.push(`--model_name=${model.name}`, `--model_base_path=${hostBasePath(model, target.specFolder)}`);
    }
  } else {
    if (grpc.container !== ENTRYPOINT.grpc) argv.push(`--port=${grpc.container}`);
    if ((rest?.container ?? 0) !== ENTRYPOINT.rest) argv.push(`--rest_api_port=${rest?.container ?? 0}`);
    argv.push(...containerModel(resolved).flags);
  }
  for (const flag of plannedFlags(resolved)) {
    const value = flag.file === undefined ? flag.value : fileArgument(flag.file, resolved, target);
    argv.push(`--${flag.name}=${value}`);
  }
  argv.push(...resolved.extraFlags);
  if (target.hostPaths && target.verification === true) {
    // The last of a repeated flag wins.
    argv.push(`--max_num_load_retries=${resolved.verification.maxLoadRetries}`);
  }
  return argv;
}

/** Whether the container needs the output folder. */
export function needsConfigFolder(resolved: ResolvedSpec): boolean {
  return plannedFlags(resolved).some((flag) => flag.file !== undefined && flag.file !== "session-config");
}
