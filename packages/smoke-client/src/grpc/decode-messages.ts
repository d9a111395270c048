import {
  MODEL_VERSION_STATES,
  type ModelVersionState,
  STATUS_CODE_NAMES,
  type StatusCodeName,
} from "@servable/protos/serving-methods";
import {
  type DType,
  decodeTensorProto,
  dtypeOf,
  type PartialShape,
  type Tensor,
  TensorError,
  WIRE,
  WireReader,
} from "@servable/tensors";
import type {
  AnsweringModel,
  ClassifyResponse,
  Example,
  Feature,
  HealthStatus,
  ModelMetadata,
  PredictResponse,
  RegressResponse,
  ReloadResponse,
  Signature,
  SignatureTensor,
  VersionStatus,
} from "../messages.ts";

const utf8 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");

/** Calls `visit` for each length-delimited field; others are skipped unless `visit` of `onScalar` takes them. */
function fields(
  bytes: Uint8Array,
  visit: (field: number, value: Uint8Array) => void,
  onScalar?: (field: number, reader: WireReader) => boolean,
): void {
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.wire === WIRE.bytes) visit(reader.field, reader.view());
    else if (reader.wire !== WIRE.varint || onScalar?.(reader.field, reader) !== true) reader.skip();
  }
}

/** Key and value of a map entry whose value is length-delimited. */
function entry(bytes: Uint8Array): [string, Uint8Array] {
  let key = "";
  let value: Uint8Array = new Uint8Array(0);
  fields(bytes, (field, view) => {
    if (field === 1) key = utf8(view);
    else if (field === 2) value = view;
  });
  return [key, value];
}

/** A record that no key can turn into something else: `__proto__` is an alias like any other. */
function record<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

function statusName(code: number): StatusCodeName {
  return STATUS_CODE_NAMES[code] ?? "UNKNOWN";
}

function int64Value(bytes: Uint8Array): bigint {
  let value = 0n;
  fields(
    bytes,
    () => {},
    (field, reader) => {
      if (field !== 1) return false;
      value = reader.int64();
      return true;
    },
  );
  return value;
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

const noModel: AnsweringModel = { name: "", version: undefined, signature: "" };

/**
 * PredictResponse. Numbers of tensor_content are views on `bytes`.
 * @throws TensorError naming the output whose tensor is broken.
 */
export function decodePredictResponse(bytes: Uint8Array): PredictResponse {
  let model = noModel;
  const outputs = new Map<string, Tensor>();
  fields(bytes, (field, view) => {
    if (field === 2) model = decodeModelSpec(view);
    else if (field === 1) {
      const [alias, tensor] = entry(view);
      try {
        outputs.set(alias, decodeTensorProto(tensor));
      } catch (error) {
        if (error instanceof TensorError)
          throw new TensorError(error.code, `output ${alias}: ${error.message}`);
        throw error;
      }
    }
  });
  return { model, outputs };
}

function classOf(bytes: Uint8Array): { label: string; score: number } {
  const reader = new WireReader(bytes);
  let label = "";
  let score = 0;
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === WIRE.bytes) label = utf8(reader.view());
    else if (reader.field === 2 && reader.wire === WIRE.fixed32) score = reader.float();
    else reader.skip();
  }
  return { label, score };
}

export function decodeClassificationResponse(bytes: Uint8Array): ClassifyResponse {
  let model: AnsweringModel | undefined;
  const classifications: { label: string; score: number }[][] = [];
  fields(bytes, (field, view) => {
    if (field === 2) model = decodeModelSpec(view);
    else if (field === 1) {
      fields(view, (inner, list) => {
        if (inner !== 1) return;
        const classes: { label: string; score: number }[] = [];
        fields(list, (number, value) => {
          if (number === 1) classes.push(classOf(value));
        });
        classifications.push(classes);
      });
    }
  });
  return { model, classifications };
}

export function decodeRegressionResponse(bytes: Uint8Array): RegressResponse {
  let model: AnsweringModel | undefined;
  const regressions: number[] = [];
  fields(bytes, (field, view) => {
    if (field === 2) model = decodeModelSpec(view);
    else if (field === 1) {
      fields(view, (inner, value) => {
        if (inner !== 1) return;
        const reader = new WireReader(value);
        let number = 0;
        while (reader.next()) {
          if (reader.field === 1 && reader.wire === WIRE.fixed32) number = reader.float();
          else reader.skip();
        }
        regressions.push(number);
      });
    }
  });
  return { model, regressions };
}

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

function numbers<T>(bytes: Uint8Array, wire: number, read: (reader: WireReader) => T): T[] {
  const values: T[] = [];
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === wire) values.push(read(reader));
    else if (reader.field === 1 && reader.wire === WIRE.bytes) {
      const packed = new WireReader(reader.view());
      while (packed.position < packed.end) values.push(read(packed));
    } else reader.skip();
  }
  return values;
}

function decodeFeature(bytes: Uint8Array): Feature {
  let feature: Feature = { bytes: [] };
  fields(bytes, (field, view) => {
    if (field === 1) {
      const values: Uint8Array[] = [];
      fields(view, (inner, value) => {
        if (inner === 1) values.push(value);
      });
      feature = { bytes: values };
    } else if (field === 2) feature = { floats: numbers(view, WIRE.fixed32, (reader) => reader.float()) };
    else if (field === 3) feature = { ints: numbers(view, WIRE.varint, (reader) => reader.int64()) };
  });
  return feature;
}

/**
 * tensorflow.Example from its serialized form.
 * @throws TensorError for bytes that are none.
 */
export function decodeExample(bytes: Uint8Array): Example {
  const example = record<Feature>();
  fields(bytes, (field, features) => {
    if (field !== 1) return;
    fields(features, (inner, one) => {
      if (inner !== 1) return;
      const [name, feature] = entry(one);
      example[name] = decodeFeature(feature);
    });
  });
  return example;
}
