import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SharedBatchScheduler } from "../batching/shared-batch-scheduler.ts";
import { ServableModel } from "../inference/servable-model.ts";
import type { Metrics } from "../metrics.ts";
import { StatusError, statusOf } from "../status.ts";
import {
  type BundleSettings,
  checkBatchingQueue,
  decodeBatchingParameters,
  ProcessDeath,
} from "./bundle-settings.ts";
import { readTextProtoFile } from "./config-files.ts";
import type { ServerLog } from "./server-log.ts";
import { runWarmup } from "./warmup.ts";

export interface VersionLoaderOptions {
  readonly log: ServerLog;
  readonly metrics: Metrics;
  readonly syntheticAnswers: boolean;
  readonly checkMethodNames: boolean;
  /** The batch threads that all models share. */
  readonly scheduler: SharedBatchScheduler;
  /** `--mixed_precision`; only `bfloat16` means anything to the server, and nothing here. */
  readonly mixedPrecision: string;
  /** Whether functions marked for XLA run, which the server allows by a flag only. */
  readonly xla: boolean;
  readonly settingsOf: (model: string) => BundleSettings;
}

/** Makes sure that a version directory is one (the server measures its files before it loads them). @throws StatusError */
export function reserveVersion(path: string): void {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EACCES") throw new StatusError("PERMISSION_DENIED", `${path}; Permission denied`);
    throw new StatusError("NOT_FOUND", `${path} not found`);
  }
  if (!isDirectory) throw new StatusError("FAILED_PRECONDITION", `${path}; Not a directory`);
}

/** Loads a version: graph and signatures, batching checks, warm-up. @throws StatusError */
export async function loadVersion(
  name: string,
  path: string,
  options: VersionLoaderOptions,
  signal: AbortSignal,
): Promise<ServableModel> {
  // The signal ends the loading, not the runs of a version that is loaded.
  const loading = new AbortController();
  const abort = (): void => loading.abort(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await loadWith(name, path, options, loading.signal);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function loadWith(
  name: string,
  path: string,
  options: VersionLoaderOptions,
  signal: AbortSignal,
): Promise<ServableModel> {
  const { log, settingsOf } = options;
  const settings = settingsOf(name);
  if (settings.negativeThreads !== undefined) {
    throw new ProcessDeath("SIGABRT", `Check failed: num_threads >= 1 (1 vs. ${settings.negativeThreads})`);
  }
  // In the order in which the server's hash set goes through a few tags: the last one first.
  const ordered = [...settings.tags].reverse();
  const tags = `{ ${ordered.join(" ")} }`;
  log.info("tensorflow/cc/saved_model/reader.cc:83", `Reading SavedModel from: ${path}`);
  log.info("tensorflow/cc/saved_model/reader.cc:52", `Reading meta graph with tags ${tags}`);
  if (settings.savedModelConfig) {
    throw new StatusError("UNIMPLEMENTED", "Saved model config functionality is not implemented.");
  }
  const { mixedPrecision } = options;
  if (mixedPrecision !== "" && mixedPrecision !== "bfloat16") {
    log.warning(
      "tensorflow_serving/servables/tensorflow/saved_model_bundle_factory.cc:139",
      `${mixedPrecision} auto mixed precision is not supported. Valid option: bfloat16`,
    );
  }
  checkBundleFiles(path);
  const started = performance.now();
  let model: ServableModel;
  try {
    model = await ServableModel.load(path, ordered, {
      syntheticAnswers: options.syntheticAnswers,
      xla: options.xla,
      signal,
    });
  } catch (error) {
    const status = statusOf(error);
    const took = Math.round((performance.now() - started) * 1000);
    log.info(
      "tensorflow/cc/saved_model/loader.cc:462",
      `SavedModel load for tags ${tags}; Status: fail: ${status.quoted}. Took ${took} microseconds.`,
    );
    throw status;
  }
  const took = Math.round((performance.now() - started) * 1000);
  log.info(
    "tensorflow/cc/saved_model/loader.cc:462",
    `SavedModel load for tags ${tags}; Status: success: OK. Took ${took} microseconds.`,
  );
  for (const line of model.refusals()) log.warning("servable/graph-runtime", `${line} (${path})`);
  try {
    wrapForBatching(path, settings, model, options);
    if (settings.warmup) {
      await runWarmup(name, path, model, {
        log,
        metrics: options.metrics,
        iterations: settings.warmupIterations,
        checkMethodNames: options.checkMethodNames,
      });
    }
    return model;
  } catch (error) {
    model.close();
    throw statusOf(error);
  }
}

/** What the server looks for before TensorFlow's loader does. @throws StatusError */
function checkBundleFiles(path: string): void {
  const has = (name: string): boolean => existsSync(join(path, name));
  if (has("saved_model.pb") || has("saved_model.pbtxt")) return;
  if (has("export.meta")) throw new StatusError("UNIMPLEMENTED", "Session Bundle is deprecated and removed.");
  throw new StatusError(
    "NOT_FOUND",
    `Specified file path does not appear to contain a SavedModel bundle (should have a file called \`saved_model.pb\`)\nSpecified file path: ${path}`,
  );
}

function wrapForBatching(
  path: string,
  settings: BundleSettings,
  model: ServableModel,
  options: VersionLoaderOptions,
): void {
  const { log } = options;
  let { batching } = settings;
  if (batching === undefined) return;
  if (settings.perModelBatching) {
    const file = join(path, "batching_params.pbtxt");
    try {
      statSync(file);
    } catch {
      return;
    }
    const own = decodeBatchingParameters(
      readTextProtoFile(file, "tensorflow.serving.BatchingParameters", log),
    );
    batching = own;
  }
  checkBatchingQueue(batching, model.signatures.size > 0);
  model.batchWith(options.scheduler, batching, options.metrics);
  log.info(
    "tensorflow_serving/servables/tensorflow/bundle_factory_util.cc:104",
    "Wrapping session to perform batch processing",
  );
}
