import type { ResolvedLoading, ResolvedRuntime, ResolvedSpec, ResolvedTls } from "../resolved-spec.ts";
import type { BaseSpec } from "../schema/spec.ts";
import type { SpecPath } from "../spec-path.ts";
import { compact, type Recorder } from "./recorder.ts";

/** Flags left out take the defaults of server.h. */
export function resolveLoading(
  spec: BaseSpec,
  allowLabels: boolean | undefined,
  recorder: Recorder,
): ResolvedLoading {
  const written = spec.loading ?? {};
  const leave = <T>(key: string, value: T | undefined, serverDefault: unknown): T | undefined =>
    recorder.leave(["loading", key], value, serverDefault);
  return compact({
    fileSystemPollSeconds: leave("fileSystemPollSeconds", written.fileSystemPollSeconds, 1),
    modelConfigPollSeconds: leave("modelConfigPollSeconds", written.modelConfigPollSeconds, 0),
    numLoadThreads: leave("numLoadThreads", written.numLoadThreads, 0),
    numUnloadThreads: leave("numUnloadThreads", written.numUnloadThreads, 0),
    maxLoadRetries: leave("maxLoadRetries", written.maxLoadRetries, 5),
    loadRetryIntervalMicros: leave("loadRetryIntervalMicros", written.loadRetryIntervalMicros, 60_000_000),
    flushFilesystemCaches: leave("flushFilesystemCaches", written.flushFilesystemCaches, true),
    savedModelTags: leave("savedModelTags", written.savedModelTags, ["serve"]),
    allowLabelsForUnavailableModels: allowLabels,
    removeUnusedFieldsFromBundleMetagraph: leave(
      "removeUnusedFieldsFromBundleMetagraph",
      written.removeUnusedFieldsFromBundleMetagraph,
      true,
    ),
    preferTfliteModel: leave("preferTfliteModel", written.preferTfliteModel, false),
  });
}

export function resolveWarmup(spec: BaseSpec, recorder: Recorder): ResolvedSpec["warmup"] {
  return compact({
    enabled: recorder.leave(["warmup", "enabled"], spec.warmup?.enabled, true),
    iterations: recorder.leave(["warmup", "iterations"], spec.warmup?.iterations, 1),
  });
}

export function resolveRuntime(spec: BaseSpec, recorder: Recorder): ResolvedRuntime {
  const written = spec.runtime ?? {};
  const leave = <T>(key: string, value: T | undefined, serverDefault: unknown): T | undefined =>
    recorder.leave(["runtime", key], value, serverDefault);
  return compact({
    mixedPrecision: leave("mixedPrecision", written.mixedPrecision, "float32 as in the model"),
    xlaCpu: leave("xlaCpu", written.xlaCpu, false),
    xlaGpu: leave("xlaGpu", written.xlaGpu, false),
    serializeAsTensorContent: leave("serializeAsTensorContent", written.serializeAsTensorContent, false),
    checkSignatureMethodName: leave("checkSignatureMethodName", written.checkSignatureMethodName, false),
    numTflitePools: leave("numTflitePools", written.numTflitePools, "number of CPUs that the server sees"),
    numTfliteInterpretersPerPool: leave(
      "numTfliteInterpretersPerPool",
      written.numTfliteInterpretersPerPool,
      1,
    ),
    sessionConfigFile: leave("sessionConfigFile", written.sessionConfigFile, "none"),
  });
}

export function resolveMonitoring(spec: BaseSpec, recorder: Recorder): ResolvedSpec["monitoring"] {
  const { monitoring } = spec;
  const on = monitoring === true || (typeof monitoring === "object" && monitoring.enabled !== false);
  recorder.leave(["monitoring", "enabled"], monitoring === undefined ? undefined : on, false, ["monitoring"]);
  if (!on) return undefined;
  return {
    path: recorder.choose(
      ["monitoring", "path"],
      typeof monitoring === "object" ? monitoring.path : undefined,
      "/monitoring/prometheus/metrics",
      "the server's own default, written out so that a scraper can be pointed at it",
    ),
  };
}

export function resolveTls(spec: BaseSpec, recorder: Recorder): ResolvedTls | undefined {
  const { tls } = spec;
  const at = (key: string): SpecPath => ["tls", key];
  if (tls === undefined) {
    recorder.leave(["tls"], undefined, "plain gRPC");
    return undefined;
  }
  return compact({
    serverKeyFile: recorder.wrote(at("serverKeyFile"), tls.serverKeyFile),
    serverCertFile: recorder.wrote(at("serverCertFile"), tls.serverCertFile),
    customCaFile: recorder.leave(at("customCaFile"), tls.customCaFile, "none"),
    clientVerify: recorder.choose(
      at("clientVerify"),
      tls.clientVerify,
      tls.customCaFile !== undefined,
      tls.customCaFile === undefined
        ? "no CA for client certificates is given"
        : "a CA for client certificates has no effect unless they are verified",
    ),
  });
}
