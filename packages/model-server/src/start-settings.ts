import { resolve } from "node:path";
import type { ParsedFlags } from "@servable/server-flags";
import {
  type BatchingParameters,
  type BundleSettings,
  checkBatchThreads,
  decodeBatchingParameters,
  decodeSessionThreads,
} from "./lifecycle/bundle-settings.ts";
import { readTextProtoFile } from "./lifecycle/config-files.ts";
import type { ConfigFile } from "./lifecycle/config-poller.ts";
import { decodeModelServerConfig, type ModelServerConfig } from "./lifecycle/model-server-config.ts";
import { decodePlatformConfigMap } from "./lifecycle/platform-config.ts";
import type { ServerLog } from "./lifecycle/server-log.ts";
import { invalidArgument } from "./status.ts";

/** The first configuration, and the file that it came from. */
export interface ModelSource {
  readonly config: ModelServerConfig;
  readonly file: ConfigFile | undefined;
}

/** From `--model_config_file`, else from `--model_name` and `--model_base_path`. @throws StatusError */
export function modelSource(flags: ParsedFlags, cwd: string, log: ServerLog): ModelSource {
  const file = flags.string("model_config_file");
  if (file !== "") {
    const bytes = readTextProtoFile(file, "tensorflow.serving.ModelServerConfig", log, cwd);
    return { config: decodeModelServerConfig(bytes), file: { path: resolve(cwd, file) } };
  }
  const name = flags.string("model_name");
  const basePath = flags.string("model_base_path");
  log.info(
    "tensorflow_serving/model_servers/server.cc:77",
    `Building single TensorFlow model file config:  model_name: ${name} model_base_path: ${basePath}`,
  );
  return {
    file: undefined,
    config: {
      kind: "list",
      models: [
        {
          name,
          basePath,
          modelType: 0,
          platform: "tensorflow",
          policy: { kind: "latest", count: 1 },
          labels: new Map(),
          hasLoggingConfig: false,
        },
      ],
    },
  };
}

export interface Bundles {
  readonly platforms: ReadonlySet<string>;
  /** @throws StatusError */
  readonly createAdapters: () => void;
  readonly settingsOf: (platform: string) => BundleSettings;
  /** Threads that run batches; undefined: as many as there are CPUs. */
  readonly batchThreads: number | undefined;
}

/** How versions are loaded: from the flags, or from a platform file, which silences them. @throws StatusError */
export function readBundleSettings(flags: ParsedFlags, cwd: string, log: ServerLog): Bundles {
  const platformFile = flags.string("platform_config_file");
  if (platformFile !== "") {
    const bytes = readTextProtoFile(platformFile, "tensorflow.serving.PlatformConfigMap", log, cwd);
    return platformBundles(decodePlatformConfigMap(bytes));
  }
  const settings = flagSettings(flags, cwd, log);
  return {
    platforms: new Set(["tensorflow"]),
    createAdapters: () => checkBatchThreads(settings.batching),
    settingsOf: () => settings,
    batchThreads: batchThreadsOf(settings.batching),
  };
}

function flagSettings(flags: ParsedFlags, cwd: string, log: ServerLog): BundleSettings {
  let batching: BatchingParameters | undefined;
  const batchingFile = flags.string("batching_parameters_file");
  if (flags.bool("enable_batching")) {
    batching =
      batchingFile === ""
        ? {
            allowedBatchSizes: [],
            padVariableLengthInputs: false,
            threadPoolName: "model_server_batch_threads",
          }
        : decodeBatchingParameters(
            readTextProtoFile(batchingFile, "tensorflow.serving.BatchingParameters", log, cwd),
          );
  } else if (batchingFile !== "") {
    throw invalidArgument(
      "server_options.batching_parameters_file is set without setting server_options.enable_batching to true.",
    );
  }
  const sessionFile = flags.string("tensorflow_session_config_file");
  const { pools } = decodeSessionThreads(
    sessionFile === ""
      ? new Uint8Array(0)
      : readTextProtoFile(sessionFile, "tensorflow.ConfigProto", log, cwd),
  );
  const session = flags.int64("tensorflow_session_parallelism");
  const intra = flags.int64("tensorflow_intra_op_parallelism");
  const inter = flags.int64("tensorflow_inter_op_parallelism");
  if (session > 0n && intra > 0n && inter > 0n) {
    throw invalidArgument(
      "Either configure server_options.tensorflow_session_parallelism or (server_options.tensorflow_intra_op_parallelism, server_options.tensorflow_inter_op_parallelism) separately. You cannot configure all.",
    );
  }
  const iterations = flags.int("num_request_iterations_for_warmup");
  return {
    tags: tagsOf(flags.string("saved_model_tags")),
    batching,
    perModelBatching: batching !== undefined && flags.bool("enable_per_model_batching_parameters"),
    warmup: flags.bool("enable_model_warmup"),
    warmupIterations: iterations > 0 ? iterations : 1,
    // The flags overwrite the file's own thread counts, but not its pools.
    negativeThreads: [Number(BigInt.asIntN(32, intra > 0n || inter > 0n ? intra : session)), ...pools].find(
      (count) => count < 0,
    ),
    savedModelConfig: false,
  };
}

/** A comma list, not trimmed; an empty text stands for `serve`. */
function tagsOf(text: string): string[] {
  return text === "" ? ["serve"] : [...new Set(text.split(","))];
}

function platformBundles(map: ReturnType<typeof decodePlatformConfigMap>): Bundles {
  const made = new Map<string, BundleSettings>();
  let batchThreads: number | undefined;
  for (const { settings } of map.values()) {
    try {
      batchThreads ??= batchThreadsOf(settings().batching);
    } catch {
      // What can't be read is reported when the adapters are made.
    }
  }
  return {
    batchThreads,
    platforms: new Set(map.keys()),
    createAdapters: () => {
      for (const [platform, { settings }] of map) {
        const found = settings();
        checkBatchThreads(found.batching);
        made.set(platform, found);
      }
    },
    settingsOf: (platform) => {
      const known = made.get(platform) ?? map.get(platform)?.settings();
      if (known === undefined) throw invalidArgument(`no settings for platform ${platform}`);
      return known;
    },
  };
}

function batchThreadsOf(batching: BatchingParameters | undefined): number | undefined {
  return batching?.numBatchThreads === undefined
    ? undefined
    : Number(BigInt.asIntN(32, batching.numBatchThreads));
}
