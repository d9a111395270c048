import { WireError, WireReader } from "@servable/tensors";
import { int64Value } from "./int64-value.ts";

/** `tensorflow.serving.ModelSpec`. `version` and `label` are a oneof: at most one of them is set. */
export interface ModelSpec {
  readonly name: string;
  readonly version?: bigint;
  readonly label?: string;
  readonly signatureName: string;
}

export interface PredictRequest {
  readonly modelSpec: ModelSpec | undefined;
  /** Serialized TensorProtos by alias. */
  readonly inputs: ReadonlyMap<string, Uint8Array>;
  readonly outputFilter: readonly string[];
}

/** Examples of a request, serialized; each already has the shared context before it. */
export type InputExamples = readonly Uint8Array[];

export interface ExamplesRequest {
  readonly modelSpec: ModelSpec | undefined;
  readonly examples: InputExamples;
}

export interface InferenceTask {
  readonly modelSpec: ModelSpec | undefined;
  readonly methodName: string;
}

export interface MultiInferenceRequest {
  readonly tasks: readonly InferenceTask[];
  readonly examples: InputExamples;
}

export interface MetadataRequest {
  readonly modelSpec: ModelSpec | undefined;
  readonly fields: readonly string[];
}

export interface ReloadRequest {
  /** Serialized ModelServerConfig; undefined if unset. */
  readonly config: Uint8Array | undefined;
  readonly metricNames: readonly string[];
}

/** Bytes of an embedded message that came in parts: to parse them one after the other is to merge them. */
function merged(before: Uint8Array | undefined, more: Uint8Array): Uint8Array {
  return before === undefined ? more : Buffer.concat([before, more]);
}

function modelSpec(bytes: Uint8Array): ModelSpec {
  const reader = new WireReader(bytes);
  let name = "";
  let signatureName = "";
  let version: Uint8Array | undefined;
  let label: string | undefined;
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) {
      version = merged(version, reader.view());
      label = undefined;
    } else if (reader.field === 3) signatureName = reader.string();
    else if (reader.field === 4) {
      label = reader.string();
      version = undefined;
    } else reader.skip();
  }
  if (version !== undefined) return { name, signatureName, version: int64Value(version) };
  if (label !== undefined) return { name, signatureName, label };
  return { name, signatureName };
}

/** @throws WireError for bytes that the C++ parser refuses */
export function decodePredictRequest(bytes: Uint8Array): PredictRequest {
  const reader = new WireReader(bytes);
  let spec: Uint8Array | undefined;
  const inputs = new Map<string, Uint8Array>();
  const outputFilter: string[] = [];
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) spec = merged(spec, reader.view());
    else if (reader.field === 2) {
      const [alias, tensor] = mapEntry(reader.view());
      checkTensorProto(tensor);
      inputs.set(alias, tensor);
    } else if (reader.field === 3) outputFilter.push(reader.string());
    else reader.skip();
  }
  return { modelSpec: spec === undefined ? undefined : modelSpec(spec), inputs, outputFilter };
}

function mapEntry(bytes: Uint8Array): [string, Uint8Array] {
  const reader = new WireReader(bytes);
  let key = "";
  let value: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 2) key = reader.string();
    else if (reader.field === 2 && reader.wire === 2) value = merged(value, reader.view());
    else reader.skip();
  }
  return [key, value ?? new Uint8Array(0)];
}

/** Element width of packed TensorProto lists by field: 0 is a varint. */
const PACKED_WIDTH: Readonly<Record<number, number>> = {
  5: 4,
  6: 8,
  7: 0,
  9: 4,
  10: 0,
  11: 0,
  12: 8,
  13: 0,
  16: 0,
  17: 0,
};

/** That a TensorProto parses as a message; whether it makes a tensor is asked later. @throws WireError */
function checkTensorProto(bytes: Uint8Array): void {
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const width = PACKED_WIDTH[reader.field];
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 2) checkShape(reader.view());
    else if (reader.field === 14) checkResourceHandle(reader.view());
    else if (reader.field === 15) checkVariant(reader.view(), 0);
    else if (width === undefined) reader.view();
    else if (width === 0) checkVarints(reader.view());
    else if (reader.view().length % width !== 0) throw new WireError("packed list cut off");
  }
}

function checkVarints(list: Uint8Array): void {
  let length = 0;
  for (let i = 0; i < list.length; i++) {
    if ((list[i] ?? 0) < 0x80) length = 0;
    else if (++length === 10) throw new WireError("varint too long");
  }
  if (length > 0) throw new WireError("varint cut off");
}

function checkShape(bytes: Uint8Array): void {
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field !== 2 || reader.wire !== 2) {
      reader.skip();
      continue;
    }
    const dim = new WireReader(reader.view());
    while (dim.next()) {
      if (dim.field === 2 && dim.wire === 2) dim.string();
      else dim.skip();
    }
  }
}

function checkResourceHandle(bytes: Uint8Array): void {
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.wire === 2 && [1, 2, 3, 5].includes(reader.field)) reader.string();
    else reader.skip();
  }
}

function checkVariant(bytes: Uint8Array, depth: number): void {
  if (depth > 90) throw new WireError("messages nested too deeply");
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) reader.string();
    else reader.view();
  }
}

/** `tensorflow.serving.Input` as serialized Examples. */
function inputExamples(bytes: Uint8Array | undefined): InputExamples {
  if (bytes === undefined) return [];
  const reader = new WireReader(bytes);
  let list: Uint8Array | undefined;
  let withContext: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) {
      list = merged(list, reader.view());
      withContext = undefined;
    } else if (reader.field === 2) {
      withContext = merged(withContext, reader.view());
      list = undefined;
    } else reader.skip();
  }
  const examples: Uint8Array[] = [];
  let context: Uint8Array | undefined;
  const items = new WireReader(list ?? withContext ?? new Uint8Array(0));
  while (items.next()) {
    if (items.wire !== 2) items.skip();
    else if (items.field === 1) {
      const example = items.view();
      checkExample(example);
      examples.push(example);
    } else if (items.field === 2 && withContext !== undefined) {
      context = merged(context, items.view());
      checkExample(context);
    } else items.skip();
  }
  return withExampleContext(examples, context);
}

/** The server puts the bytes of the context before those of each Example: on shared features the Example's win. */
export function withExampleContext(examples: InputExamples, context: Uint8Array | undefined): InputExamples {
  if (context === undefined || context.length === 0) return examples;
  return examples.map((example) => Buffer.concat([context, example]));
}

/** That an Example parses as a message. */
function checkExample(bytes: Uint8Array): void {
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field !== 1 || reader.wire !== 2) {
      reader.skip();
      continue;
    }
    const features = new WireReader(reader.view());
    while (features.next()) {
      if (features.field !== 1 || features.wire !== 2) {
        features.skip();
        continue;
      }
      const [, feature] = mapEntry(features.view());
      checkFeature(feature);
    }
  }
}

function checkFeature(bytes: Uint8Array): void {
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.wire !== 2) {
      reader.skip();
      continue;
    }
    const kind = reader.field;
    const list = new WireReader(reader.view());
    while (list.next()) {
      if (list.field === 1 && list.wire === 2 && kind === 2) {
        if (list.view().length % 4 !== 0) throw new WireError("packed list cut off");
      } else if (list.field === 1 && list.wire === 2 && kind === 3) checkVarints(list.view());
      else list.skip();
    }
  }
}

/** Classification and regression requests have the same fields. @throws WireError */
export function decodeExamplesRequest(bytes: Uint8Array): ExamplesRequest {
  const reader = new WireReader(bytes);
  let spec: Uint8Array | undefined;
  let input: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) spec = merged(spec, reader.view());
    else if (reader.field === 2) input = merged(input, reader.view());
    else reader.skip();
  }
  return { modelSpec: spec === undefined ? undefined : modelSpec(spec), examples: inputExamples(input) };
}

/** @throws WireError */
export function decodeMultiInferenceRequest(bytes: Uint8Array): MultiInferenceRequest {
  const reader = new WireReader(bytes);
  const tasks: InferenceTask[] = [];
  let input: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) tasks.push(inferenceTask(reader.view()));
    else if (reader.field === 2) input = merged(input, reader.view());
    else reader.skip();
  }
  return { tasks, examples: inputExamples(input) };
}

function inferenceTask(bytes: Uint8Array): InferenceTask {
  const reader = new WireReader(bytes);
  let spec: Uint8Array | undefined;
  let methodName = "";
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) spec = merged(spec, reader.view());
    else if (reader.field === 2) methodName = reader.string();
    else reader.skip();
  }
  return { modelSpec: spec === undefined ? undefined : modelSpec(spec), methodName };
}

/** GetModelMetadata, and GetModelStatus, whose one field is the same. @throws WireError */
export function decodeMetadataRequest(bytes: Uint8Array): MetadataRequest {
  const reader = new WireReader(bytes);
  let spec: Uint8Array | undefined;
  const fields: string[] = [];
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) spec = merged(spec, reader.view());
    else if (reader.field === 2) fields.push(reader.string());
    else reader.skip();
  }
  return { modelSpec: spec === undefined ? undefined : modelSpec(spec), fields };
}

/** @throws WireError */
export function decodeStatusRequest(bytes: Uint8Array): ModelSpec | undefined {
  const reader = new WireReader(bytes);
  let spec: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.wire === 2 && reader.field === 1) spec = merged(spec, reader.view());
    else reader.skip();
  }
  return spec === undefined ? undefined : modelSpec(spec);
}

/** @throws WireError */
export function decodeReloadRequest(bytes: Uint8Array): ReloadRequest {
  const reader = new WireReader(bytes);
  let config: Uint8Array | undefined;
  const metricNames: string[] = [];
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) config = merged(config, reader.view());
    else if (reader.field === 2) metricNames.push(reader.string());
    else reader.skip();
  }
  return { config, metricNames };
}

/** `grpc.health.v1.HealthCheckRequest`: the service's name. @throws WireError */
export function decodeHealthRequest(bytes: Uint8Array): string {
  const reader = new WireReader(bytes);
  let service = "";
  while (reader.next()) {
    if (reader.wire === 2 && reader.field === 1) service = reader.string();
    else reader.skip();
  }
  return service;
}
