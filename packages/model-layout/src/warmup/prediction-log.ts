import { schemas } from "@servable/protos/text-schema";
import { joinPath, type ModelFileSystem } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import { type DecodedMessage, decodeMessage } from "../wire/decode-message.ts";
import { WireError } from "../wire/wire-reader.ts";
import { readTfRecords, type TfRecordProblem } from "./tf-record.ts";
import { WARMUP_FILE } from "./warmup-file.ts";

/** More records fail the load (saved_model_warmup_util.h). */
export const MAX_WARMUP_RECORDS = 1000;

/** The oneof of PredictionLog. */
export type LogType =
  | "classify_log"
  | "regress_log"
  | "predict_log"
  | "predict_streamed_log"
  | "multi_inference_log"
  | "session_run_log";

const LOG_TYPES: readonly LogType[] = [
  "classify_log",
  "regress_log",
  "predict_log",
  "predict_streamed_log",
  "multi_inference_log",
  "session_run_log",
];

/** One record of a warm-up file. */
export interface WarmupRecord {
  readonly index: number;
  readonly offset: number;
  readonly data: Uint8Array;
  readonly dataCrcHolds: boolean;
  /** The PredictionLog, or why it is none. */
  readonly log:
    | { readonly message: DecodedMessage; readonly type: LogType | undefined }
    | { readonly error: string };
}

/** For {@link decodePredictionLog}: tensors as serialized TensorProtos. */
export const TENSORS_AS_BYTES: ReadonlySet<string> = new Set(["tensorflow.TensorProto"]);

/** Decodes a serialized PredictionLog. */
export function decodePredictionLog(data: Uint8Array, asBytes?: ReadonlySet<string>): WarmupRecord["log"] {
  try {
    const options = asBytes === undefined ? {} : { asBytes };
    const message = decodeMessage(data, "tensorflow.serving.PredictionLog", schemas, options);
    return { message, type: LOG_TYPES.find((type) => message[type] !== undefined) };
  } catch (error) {
    if (error instanceof WireError) return { error: `${error.message} (at byte ${error.offset})` };
    throw error;
  }
}

/**
 * Records of a version's warm-up file, one at a time; returns what ended the file early, if anything did.
 * @throws ModelReadError (`not-found` without a file)
 */
export function* readWarmup(
  versionDir: string,
  fs: ModelFileSystem = nodeFileSystem,
): Generator<WarmupRecord, TfRecordProblem | undefined> {
  const path = joinPath(versionDir, WARMUP_FILE);
  try {
    const file = fs.open(path);
    try {
      const records = readTfRecords(file);
      for (;;) {
        const next = records.next();
        if (next.done) return next.value;
        yield { ...next.value, log: decodePredictionLog(next.value.data) };
      }
    } finally {
      file.close();
    }
  } catch (error) {
    throw asReadError(error, path);
  }
}
