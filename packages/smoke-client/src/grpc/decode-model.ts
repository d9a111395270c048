import {
  MODEL_VERSION_STATES,
  type ModelVersionState,
  STATUS_CODE_NAMES,
  type StatusCodeName,
} from "@servable/protos/serving-methods";
import { type DType, dtypeOf, type PartialShape } from "@servable/tensors";
import type {
  AnsweringModel,
  HealthStatus,
  ModelMetadata,
  ReloadResponse,
  Signature,
  SignatureTensor,
  VersionStatus,
} from "../messages.ts";
import { entry, fields, int64Value, record, utf8 } from "./message-fields.ts";

function statusName(code: number): StatusCodeName {
  return STATUS_CODE_NAMES[code] ?? "UNKNOWN";
}

export function decodeModelSpec(bytes: Uint8Array): AnsweringModel {
  let name = "";
  let version: bigint | undefined;
  let signature = "";
  fields(bytes, (field, view) => {
    if (field === 1) name = utf8(view);
    else if (field === 2) version = int64Value(view);
    else if (field === 3) signature = utf8(view);
  });
  return { name, version, signature };
}

export const noModel: AnsweringModel = { name: "", version: undefined, signature: "" };

function shapeOf(bytes: Uint8Array): PartialShape {
  let unknownRank = false;
  const shape: number[] = [];
  fields(
    bytes,
    (field, view) => {
      if (field === 2) shape.push(Number(int64Value(view)));
    },
    (field, reader) => {
      if (field !== 3) return false;
      unknownRank = reader.bool();
      return true;
    },
  );
  return unknownRank ? null : shape;
}

function tensorInfo(bytes: Uint8Array): SignatureTensor {
  let tensor = "";
  let dtypeNumber = 0;
  let shape: PartialShape = [];
  let encoding: SignatureTensor["encoding"] = "dense";
  fields(
    bytes,
    (field, view) => {
      if (field === 1) tensor = utf8(view);
      else if (field === 3) shape = shapeOf(view);
      else if (field === 4) encoding = "sparse";
      else if (field === 5) encoding = "composite";
    },
    (field, reader) => {
      if (field !== 2) return false;
      dtypeNumber = reader.int32();
      return true;
    },
  );
  const base = dtypeNumber > 100 ? dtypeNumber - 100 : dtypeNumber;
  const dtype: DType = dtypeOf(base) ?? "DT_INVALID";
  return { tensor, dtype, dtypeNumber, shape, encoding };
}

/** One SignatureDef. */
export function decodeSignature(bytes: Uint8Array): Signature {
  const inputs = record<SignatureTensor>();
  const outputs = record<SignatureTensor>();
  const defaults: string[] = [];
  let method = "";
  fields(bytes, (field, view) => {
    if (field === 3) method = utf8(view);
    else if (field === 1 || field === 2 || field === 4) {
      const [alias, value] = entry(view);
      if (field === 1) inputs[alias] = tensorInfo(value);
      else if (field === 2) outputs[alias] = tensorInfo(value);
      else defaults.push(alias);
    }
  });
  return { method, inputs, outputs, defaults };
}

export function decodeMetadataResponse(bytes: Uint8Array): ModelMetadata {
  let model = noModel;
  const signatures = record<Signature>();
  fields(bytes, (field, view) => {
    if (field === 1) model = decodeModelSpec(view);
    else if (field === 2) {
      const [key, any] = entry(view);
      if (key !== "signature_def") return;
      fields(any, (inner, value) => {
        if (inner !== 2) return;
        fields(value, (number, signature) => {
          if (number !== 1) return;
          const [name, body] = entry(signature);
          signatures[name] = decodeSignature(body);
        });
      });
    }
  });
  return { model, signatures };
}

const stateNames = new Map<number, ModelVersionState>(
  Object.entries(MODEL_VERSION_STATES).map(([name, number]) => [number, name as ModelVersionState]),
);

function status(bytes: Uint8Array): { errorCode: StatusCodeName; errorMessage: string } {
  let errorCode: StatusCodeName = "OK";
  let errorMessage = "";
  fields(
    bytes,
    (field, view) => {
      if (field === 2) errorMessage = utf8(view);
    },
    (field, reader) => {
      if (field !== 1) return false;
      errorCode = statusName(reader.int32());
      return true;
    },
  );
  return { errorCode, errorMessage };
}

export function decodeStatusResponse(bytes: Uint8Array): VersionStatus[] {
  const versions: VersionStatus[] = [];
  fields(bytes, (field, view) => {
    if (field !== 1) return;
    let version = 0n;
    let state: ModelVersionState = "UNKNOWN";
    let result: { errorCode: StatusCodeName; errorMessage: string } = { errorCode: "OK", errorMessage: "" };
    fields(
      view,
      (inner, value) => {
        if (inner === 3) result = status(value);
      },
      (inner, reader) => {
        if (inner === 1) version = reader.int64();
        else if (inner === 2) state = stateNames.get(reader.int32()) ?? "UNKNOWN";
        else return false;
        return true;
      },
    );
    versions.push({ version, state, ...result });
  });
  return versions;
}

export function decodeReloadResponse(bytes: Uint8Array): ReloadResponse {
  let result: { errorCode: StatusCodeName; errorMessage: string } = { errorCode: "OK", errorMessage: "" };
  const metrics: { name: string; increase: bigint }[] = [];
  fields(bytes, (field, view) => {
    if (field === 1) result = status(view);
    else if (field === 2) {
      let name = "";
      let increase = 0n;
      fields(
        view,
        (inner, value) => {
          if (inner === 1) name = utf8(value);
        },
        (inner, reader) => {
          if (inner !== 2) return false;
          increase = reader.int64();
          return true;
        },
      );
      metrics.push({ name, increase });
    }
  });
  return { ...result, metrics };
}

const HEALTH: readonly HealthStatus[] = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

export function decodeHealthResponse(bytes: Uint8Array): HealthStatus {
  let value = 0;
  fields(
    bytes,
    () => {},
    (field, reader) => {
      if (field !== 1) return false;
      value = reader.int32();
      return true;
    },
  );
  return HEALTH[value] ?? "UNKNOWN";
}
