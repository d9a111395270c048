import { WireWriter } from "@servable/tensors";
import { STATUS_CODES, type StatusCode } from "../status.ts";

/** The ModelSpec of an answer: name, version served, signature used (empty in GetModelMetadata). */
export interface AnsweredSpec {
  readonly name: string;
  readonly version: bigint;
  readonly signatureName: string;
}

function modelSpec(spec: AnsweredSpec): Uint8Array {
  const version = new WireWriter();
  if (spec.version !== 0n) version.int(1, spec.version);
  const writer = new WireWriter();
  if (spec.name !== "") writer.string(1, spec.name);
  writer.bytes(2, version.finish());
  if (spec.signatureName !== "") writer.string(3, spec.signatureName);
  return writer.finish();
}

/** PredictResponse; outputs are serialized TensorProtos by alias. */
export function encodePredictResponse(
  spec: AnsweredSpec,
  outputs: ReadonlyMap<string, Uint8Array>,
): Uint8Array {
  const writer = new WireWriter();
  for (const [alias, tensor] of outputs) {
    const entry = new WireWriter();
    entry.string(1, alias);
    entry.bytes(2, tensor);
    writer.bytes(1, entry.finish());
  }
  writer.bytes(2, modelSpec(spec));
  return writer.finish();
}

/** A class of a classification: the label's bytes, which need not be UTF-8. */
export interface ScoredClass {
  readonly label: Uint8Array;
  readonly score: number;
}

function classificationResult(results: readonly (readonly ScoredClass[])[]): Uint8Array {
  const writer = new WireWriter();
  for (const classes of results) {
    const list = new WireWriter();
    for (const { label, score } of classes) {
      const one = new WireWriter();
      if (label.length > 0) one.bytes(1, label);
      if (score !== 0 || Object.is(score, -0)) one.float(2, score);
      list.bytes(1, one.finish());
    }
    writer.bytes(1, list.finish());
  }
  return writer.finish();
}

function regressionResult(values: readonly number[]): Uint8Array {
  const writer = new WireWriter();
  for (const value of values) {
    const one = new WireWriter();
    if (value !== 0 || Object.is(value, -0)) one.float(1, value);
    writer.bytes(1, one.finish());
  }
  return writer.finish();
}

export function encodeClassificationResponse(
  spec: AnsweredSpec,
  results: readonly (readonly ScoredClass[])[],
): Uint8Array {
  const writer = new WireWriter();
  writer.bytes(1, classificationResult(results));
  writer.bytes(2, modelSpec(spec));
  return writer.finish();
}

export function encodeRegressionResponse(spec: AnsweredSpec, values: readonly number[]): Uint8Array {
  const writer = new WireWriter();
  writer.bytes(1, regressionResult(values));
  writer.bytes(2, modelSpec(spec));
  return writer.finish();
}

export type TaskResult =
  | { readonly spec: AnsweredSpec; readonly classes: readonly (readonly ScoredClass[])[] }
  | { readonly spec: AnsweredSpec; readonly values: readonly number[] };

export function encodeMultiInferenceResponse(results: readonly TaskResult[]): Uint8Array {
  const writer = new WireWriter();
  for (const result of results) {
    const one = new WireWriter();
    one.bytes(1, modelSpec(result.spec));
    if ("classes" in result) one.bytes(2, classificationResult(result.classes));
    else one.bytes(3, regressionResult(result.values));
    writer.bytes(1, one.finish());
  }
  return writer.finish();
}

/** `type_url` of the metadata's Any. */
export const SIGNATURE_DEF_MAP_URL = "type.googleapis.com/tensorflow.serving.SignatureDefMap";

/** SignatureDefMap from serialized SignatureDefs by name. */
export function encodeSignatureDefMap(signatures: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const writer = new WireWriter();
  for (const [name, signature] of signatures) {
    const entry = new WireWriter();
    entry.string(1, name);
    entry.bytes(2, signature);
    writer.bytes(1, entry.finish());
  }
  return writer.finish();
}

export function encodeMetadataResponse(spec: AnsweredSpec, signatureDefMap: Uint8Array): Uint8Array {
  const any = new WireWriter();
  any.string(1, SIGNATURE_DEF_MAP_URL);
  if (signatureDefMap.length > 0) any.bytes(2, signatureDefMap);
  const entry = new WireWriter();
  entry.string(1, "signature_def");
  entry.bytes(2, any.finish());
  const writer = new WireWriter();
  writer.bytes(1, modelSpec(spec));
  writer.bytes(2, entry.finish());
  return writer.finish();
}

export interface VersionStatus {
  readonly version: bigint;
  /** START 10, LOADING 20, AVAILABLE 30, UNLOADING 40, END 50. */
  readonly state: number;
  readonly code: StatusCode;
  readonly message: string;
}

function statusProto(code: StatusCode, message: string): Uint8Array {
  const writer = new WireWriter();
  if (code !== "OK") writer.int(1, STATUS_CODES[code]);
  if (message !== "") writer.string(2, message);
  return writer.finish();
}

export function encodeStatusResponse(versions: readonly VersionStatus[]): Uint8Array {
  const writer = new WireWriter();
  for (const { version, state, code, message } of versions) {
    const one = new WireWriter();
    if (version !== 0n) one.int(1, version);
    if (state !== 0) one.int(2, state);
    one.bytes(3, statusProto(code, message));
    writer.bytes(1, one.finish());
  }
  return writer.finish();
}

export function encodeReloadResponse(metrics: readonly { name: string; increase: bigint }[]): Uint8Array {
  const writer = new WireWriter();
  writer.bytes(1, statusProto("OK", ""));
  for (const { name, increase } of metrics) {
    const one = new WireWriter();
    if (name !== "") one.string(1, name);
    one.int(2, increase);
    writer.bytes(2, one.finish());
  }
  return writer.finish();
}
