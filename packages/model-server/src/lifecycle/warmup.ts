import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32c, maskCrc } from "@servable/model-layout";
import { WireError, WireReader } from "@servable/tensors";
import { classify, multiInference, regress } from "../inference/examples-inference.ts";
import { DEFAULT_SIGNATURE, type InferenceOptions, predict } from "../inference/predict.ts";
import type { ServableModel } from "../inference/servable-model.ts";
import type { Metrics } from "../metrics.ts";
import { invalidArgument, StatusError, statusOf, unsupportedOps } from "../status.ts";
import {
  decodeExamplesRequest,
  decodeMultiInferenceRequest,
  decodePredictRequest,
} from "../wire/requests.ts";
import type { ServerLog } from "./server-log.ts";

const SOURCE = "tensorflow_serving/servables/tensorflow/saved_model_warmup_util.cc";
const MAX_RECORDS = 1000;

export interface WarmupOptions {
  readonly log: ServerLog;
  readonly metrics: Metrics;
  readonly iterations: number;
  readonly checkMethodNames: boolean;
}

/** Replays the warm-up requests of a version; a record that can't be read or fails, fails the load. @throws StatusError */
export async function runWarmup(
  name: string,
  path: string,
  model: ServableModel,
  options: WarmupOptions,
): Promise<void> {
  const { log, metrics } = options;
  const file = join(path, "assets.extra", "tf_serving_warmup_requests");
  let bytes: Uint8Array;
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw new StatusError("FAILED_PRECONDITION", `${file}; Is a directory`);
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof StatusError) throw error;
    log.info(`${SOURCE}:82`, `No warmup data file found at ${file}`);
    return;
  }
  const shown = options.iterations > 1 ? `num_request_iterations {\n  value: ${options.iterations}\n}\n` : "";
  log.info(
    `${SOURCE}:93`,
    `Starting to read warmup data for model at ${file} with model-warmup-options ${shown}`,
  );
  const started = performance.now();
  let status = "OK";
  try {
    let records = 0;
    for (const record of tfRecords(bytes)) {
      if (++records > MAX_RECORDS) {
        throw invalidArgument(`Number of warmup records exceeds the maximum (${MAX_RECORDS}) at ${file}`);
      }
      for (let round = 0; round < options.iterations; round++) {
        try {
          await replay(name, record, file, model, options);
        } catch (error) {
          // The model server would have run it: what is missing is ours.
          if (unsupportedOps(error).length === 0) throw error;
          log.warning(`${SOURCE}:220`, `A warm-up request was left out: ${statusOf(error).message}`);
        }
      }
    }
    const took = Math.round((performance.now() - started) * 1000);
    log.info(
      `${SOURCE}:234`,
      `Finished reading warmup data for model at ${file}. Number of warmup records read: ${records}. Elapsed time (microseconds): ${took}.`,
    );
  } catch (error) {
    status = statusOf(error).code;
    throw error;
  } finally {
    metrics.warmupLatency.add([path, status], (performance.now() - started) * 1000);
  }
}

async function replay(
  name: string,
  record: Uint8Array,
  file: string,
  model: ServableModel,
  options: WarmupOptions,
): Promise<void> {
  const run: InferenceOptions = { checkMethodNames: options.checkMethodNames, deadline: undefined };
  let kind = 0;
  let request: Uint8Array = new Uint8Array(0);
  try {
    const reader = new WireReader(record);
    while (reader.next()) {
      if (reader.wire === 2 && reader.field >= 2 && reader.field <= 7) {
        kind = reader.field;
        request = innerRequest(reader.view());
      } else reader.skip();
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw invalidArgument(
      `Failed to parse warmup record: ${Buffer.from(record).toString("utf8")} from ${file}`,
    );
  }
  const started = performance.now();
  let api = "";
  if (kind === 0) return;
  if (kind === 2 || kind === 3) {
    const { modelSpec, examples } = decodeExamplesRequest(request);
    const signature = signatureOf(modelSpec);
    api = kind === 2 ? "Classify" : "Regress";
    if (kind === 2) await classify(model, signature, examples, run);
    else await regress(model, signature, examples, run);
  } else if (kind === 4) {
    const { tasks, examples } = decodeMultiInferenceRequest(request);
    await multiInference(model, { tasks, examples }, run);
    options.metrics.countExamples(tasks[0]?.modelSpec?.name ?? name, examples.length);
  } else if (kind === 6) {
    const { modelSpec, inputs, outputFilter } = decodePredictRequest(request);
    api = "Predict";
    await predict(model, signatureOf(modelSpec), inputs, outputFilter, run);
  } else {
    throw new StatusError("UNIMPLEMENTED", `Unsupported log_type for warmup: ${kind}`);
  }
  if (api !== "")
    options.metrics.runtimeLatency.add([name, api, "TF1"], (performance.now() - started) * 1000);
}

function signatureOf(spec: { readonly signatureName: string } | undefined): string {
  return spec === undefined || spec.signatureName === "" ? DEFAULT_SIGNATURE : spec.signatureName;
}

function innerRequest(bytes: Uint8Array): Uint8Array {
  const reader = new WireReader(bytes);
  let request: Uint8Array = new Uint8Array(0);
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 2) request = reader.view();
    else reader.skip();
  }
  return request;
}

const VERIFY = ". Please verify your warmup data is in TFRecord format.";

/** Records of a TFRecord file. Fewer bytes than a record's head are taken for the end. @throws StatusError */
function* tfRecords(file: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let at = 0;
  while (file.length - at >= 12) {
    const head = file.subarray(at, at + 8);
    if (maskCrc(crc32c(head)) >>> 0 !== view.getUint32(at + 8, true)) {
      throw new StatusError(
        "DATA_LOSS",
        `corrupted record at ${at} (Is this even a TFRecord file?)${VERIFY}`,
      );
    }
    const length = Number(view.getBigUint64(at, true));
    if (length + 4 > file.length - at - 12) {
      throw new StatusError(
        "DATA_LOSS",
        `truncated record at ${at}' failed with Read less bytes than requested${VERIFY}`,
      );
    }
    const data = file.subarray(at + 12, at + 12 + length);
    if (maskCrc(crc32c(data)) >>> 0 !== view.getUint32(at + 12 + length, true)) {
      throw new StatusError("DATA_LOSS", `corrupted record at ${at + 12}${VERIFY}`);
    }
    yield data;
    at += 16 + length;
  }
}
