import { type Diagnostic, UserError } from "@servable/diagnostics";
import { describeFileError, joinPath, type ModelFileSystem } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { writeAtomically } from "../files/write-atomically.ts";
import { type MetaGraph, openSavedModel } from "../saved-model/open-saved-model.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { checkRecord } from "./check-record.ts";
import { encodePredictionLog, type WarmupInput } from "./encode-warmup.ts";
import { MAX_WARMUP_RECORDS } from "./prediction-log.ts";
import { encodeTfRecord } from "./tf-record.ts";
import { WARMUP_FILE } from "./warmup-file.ts";

/** How warm-up records are named, and compared with which meta graph. */
export interface WriteWarmupOptions {
  /** Written into the records for people; the server does not look at it. */
  readonly model?: string;
  /** Tags of the meta graph that will be served, default `serve`. */
  readonly tags?: readonly string[];
  /** For reading the signatures; the file is written to the machine's own file system. */
  readonly fs?: ModelFileSystem;
}

/** A record that does not fit the model: writing it would fail every load of the version. */
export class WarmupRefused extends UserError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(file: string, diagnostics: readonly Diagnostic[]) {
    const first = diagnostics.find(({ severity }) => severity === "error") ?? diagnostics[0];
    super("warmup-refused", `${file}: ${first?.message ?? "the records do not fit the model"}`, {
      exitCode: 1,
      hint: "A warm-up record that fails keeps the version from loading. Nothing was written.",
    });
    this.name = "WarmupRefused";
    this.diagnostics = diagnostics;
  }
}

/** The meta graph that will be served. @throws ModelReadError */
export function servedGraph(versionDir: string, options: WriteWarmupOptions): MetaGraph {
  const model = openSavedModel(versionDir, options.fs ?? nodeFileSystem);
  const graph = model.metaGraph(options.tags);
  if (graph === undefined) {
    throw new ModelReadError(
      "not-found",
      model.file,
      `no meta graph has the tags { ${(options.tags ?? ["serve"]).join(", ")} }`,
    );
  }
  return graph;
}

/**
 * Encodes warm-up records, each checked against its signature, since one that fails keeps the version from loading.
 * @throws WarmupRefused, ModelReadError
 */
export function encodeWarmup(
  versionDir: string,
  records: readonly WarmupInput[],
  options: WriteWarmupOptions = {},
): {
  /** Serialized PredictionLogs. */
  readonly logs: readonly Uint8Array[];
  /** What is odd about them. */
  readonly diagnostics: readonly Diagnostic[];
} {
  const path = joinPath(versionDir, WARMUP_FILE);
  const { signatures } = servedGraph(versionDir, options);
  const logs = records.map((record) => encodePredictionLog(record, options.model));
  const diagnostics: Diagnostic[] = [];
  if (logs.length > MAX_WARMUP_RECORDS) {
    diagnostics.push({
      rule: "warmup/records-are-framed",
      severity: "error",
      file: path,
      message: `${logs.length} records are more than the ${MAX_WARMUP_RECORDS} that the server accepts`,
      help: "Keep one record for each signature and batch size.",
    });
  }
  for (const [index, log] of logs.entries()) {
    for (const { severity, message, help } of checkRecord(log, signatures)) {
      diagnostics.push({
        rule: "warmup/records-fit-signatures",
        severity,
        file: path,
        message: `record ${index}: ${message}`,
        help,
      });
    }
  }
  if (diagnostics.some(({ severity }) => severity === "error")) throw new WarmupRefused(path, diagnostics);
  return { logs, diagnostics };
}

/**
 * Writes warm-up records to assets.extra/tf_serving_warmup_requests of a version directory, in one atomic step, once all
 * of them are checked.
 * @throws WarmupRefused, ModelReadError; UserError where the file can't be written
 */
export function writeWarmup(
  versionDir: string,
  records: readonly WarmupInput[],
  options: WriteWarmupOptions = {},
): {
  readonly path: string;
  readonly records: number;
  readonly bytes: number;
  readonly diagnostics: readonly Diagnostic[];
} {
  const path = joinPath(versionDir, WARMUP_FILE);
  const { logs, diagnostics } = encodeWarmup(versionDir, records, options);
  try {
    const bytes = writeAtomically(path, logs.map(encodeTfRecord));
    return { path, records: logs.length, bytes, diagnostics };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== "string") throw error;
    // Not the name that the file had on its way.
    throw new UserError("cannot-write", `${path}: ${describeFileError(code)}`, {
      hint: "what was there before is untouched",
      cause: error,
    });
  }
}
