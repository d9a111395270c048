import {
  MODEL_VERSION_STATES,
  type ModelVersionState,
  STATUS_CODE_NAMES,
} from "@servable/protos/serving-methods";
import { type DType, isDType, type PartialShape } from "@servable/tensors";
import type {
  ClassifyResponse,
  ModelMetadata,
  RegressResponse,
  Signature,
  SignatureTensor,
  VersionStatus,
} from "../messages.ts";
import { ServingError } from "../serving-error.ts";
import { troubleOfStatus } from "../trouble-of-status.ts";
import type { RestAnswer } from "./http-connection.ts";
import { parseRestJson, RestJsonError, type RestValue } from "./parse-json.ts";
import { codeOfStatus, pageText } from "./rest-error.ts";

function object(value: RestValue | undefined): { readonly [key: string]: RestValue } {
  return value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
    ? (value as { readonly [key: string]: RestValue })
    : {};
}

const list = (value: RestValue | undefined): readonly RestValue[] => (Array.isArray(value) ? value : []);
const string = (value: RestValue | undefined): string => (typeof value === "string" ? value : "");

function integer(value: RestValue | undefined): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : undefined;
}

function tensorInfo(value: RestValue | undefined): SignatureTensor {
  const info = object(value);
  const named = string(info["dtype"]);
  const base = named.replace(/_REF$/, "");
  const shape = object(info["tensor_shape"]);
  const dims = list(shape["dim"]).map((dim) => Number(integer(object(dim)["size"]) ?? 0n));
  const partial: PartialShape = shape["unknown_rank"] === true ? null : dims;
  const dtype: DType = isDType(base) ? base : "DT_INVALID";
  return {
    tensor: string(info["name"]),
    dtype,
    dtypeNumber: -1,
    shape: partial,
    encoding: "coo_sparse" in info ? "sparse" : "composite_tensor" in info ? "composite" : "dense",
  };
}

function signatureOf(value: RestValue): Signature {
  const body = object(value);
  const tensors = (from: RestValue | undefined): Record<string, SignatureTensor> => {
    const result = Object.create(null) as Record<string, SignatureTensor>;
    for (const [alias, info] of Object.entries(object(from))) result[alias] = tensorInfo(info);
    return result;
  };
  return {
    method: string(body["method_name"]),
    inputs: tensors(body["inputs"]),
    outputs: tensors(body["outputs"]),
    defaults: Object.keys(object(body["defaults"])),
  };
}

/** The JSON of a successful answer. @throws ServingError with the server's text for any other */
export function jsonOf(answer: RestAnswer, target: string): RestValue {
  const { status } = answer;
  let value: RestValue | undefined;
  let broken: RestJsonError | undefined;
  try {
    value = parseRestJson(answer.body);
  } catch (error) {
    if (!(error instanceof RestJsonError)) throw error;
    broken = error;
  }
  if (status === 200 && value !== undefined) return value;
  const text = Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.length).toString("utf8");
  const said = string(object(value)["error"]);
  const short = pageText(text.trim().slice(0, 2000)).slice(0, 200);
  const { location } = answer.headers;
  const to = status >= 300 && status < 400 && location !== undefined ? ` to ${location}` : "";
  const details =
    said !== ""
      ? said
      : status === 200
        ? `the answer is not JSON (${broken?.message ?? "empty"}): ${short}`
        : `HTTP ${status}${to}${short === "" ? "" : `: ${short}`}`;
  // the server's own errors are JSON with "error"; HTML comes from its HTTP layer, or from something else altogether
  const foreign = said === "" && !(status === 404 || status === 405 || status === 400 || status === 501);
  throw new ServingError({
    code: status === 200 ? "INTERNAL" : codeOfStatus(status),
    details,
    transport: "rest",
    target,
    status,
    trouble: foreign && status !== 200 && value === undefined ? troubleOfStatus(status) : undefined,
  });
}

export function classificationsOf(value: RestValue): ClassifyResponse {
  const classifications = list(object(value)["results"]).map((row) =>
    list(row).map((pair) => ({ label: string(list(pair)[0]), score: Number(list(pair)[1]) })),
  );
  return { model: undefined, classifications };
}

export const regressionsOf = (value: RestValue): RegressResponse => ({
  model: undefined,
  regressions: list(object(value)["results"]).map(Number),
});

export function metadataOf(value: RestValue): ModelMetadata {
  const answer = object(value);
  const spec = object(answer["model_spec"]);
  const map = object(object(object(answer["metadata"])["signature_def"])["signature_def"]);
  const signatures = Object.create(null) as Record<string, Signature>;
  for (const [name, signature] of Object.entries(map)) signatures[name] = signatureOf(signature);
  return {
    model: {
      name: string(spec["name"]),
      version: integer(spec["version"]),
      signature: string(spec["signature_name"]),
    },
    signatures,
  };
}

/** @throws ServingError for an answer that no model server gives */
export function statusesOf(value: RestValue, target: string): VersionStatus[] {
  const answer = object(value);
  const listed = answer["model_version_status"];
  if (!Array.isArray(listed)) {
    throw new ServingError({
      code: "INTERNAL",
      details: `the answer has no model_version_status, so it is not a model server's (its keys: ${Object.keys(answer).slice(0, 5).join(", ") || "none"})`,
      transport: "rest",
      target,
      status: 200,
    });
  }
  return list(listed).map((entry) => {
    const fields = object(entry);
    const status = object(fields["status"]);
    const state = string(fields["state"]);
    const errorCode = string(status["error_code"]);
    return {
      version: integer(fields["version"]) ?? 0n,
      state: (state in MODEL_VERSION_STATES ? state : "UNKNOWN") as ModelVersionState,
      errorCode:
        STATUS_CODE_NAMES.find((name) => name === errorCode) ?? (errorCode === "" ? "OK" : "UNKNOWN"),
      errorMessage: string(status["error_message"]),
    };
  });
}
