import { schemas } from "@servable/protos/text-schema";
import { decodeTensorProto, TensorError, type TensorJson, tensorToJson } from "@servable/tensors";
import { findModels } from "../discovery/find-models.ts";
import { baseName, joinPath, type ModelFileSystem } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { walkFiles } from "../files/walk-files.ts";
import { countOps, readGraph } from "../graph/graph-def.ts";
import { readFingerprint } from "../saved-model/fingerprint.ts";
import { type MetaGraph, openSavedModel, type SavedModelFolder } from "../saved-model/open-saved-model.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import type { Signature, TensorInfo } from "../saved-model/signature.ts";
import { readTflite } from "../tflite/read-tflite.ts";
import type { VariableEntry } from "../variables/bundle-entry.ts";
import { readStrings, StoredTensorError } from "../variables/stored-tensor.ts";
import type { VariablesIndex } from "../variables/variables-index.ts";
import { readWarmup } from "../warmup/prediction-log.ts";
import { toProtoJson } from "../wire/proto-json.ts";
import { type Int64, LENGTH, WireReader } from "../wire/wire-reader.ts";
import type {
  InspectMetaGraph,
  InspectReport,
  InspectSignature,
  InspectTensor,
  InspectVariable,
  InspectVersion,
  JsonInt64,
} from "./inspect-report.ts";

/** What {@link inspect} does beside reading. */
export interface InspectOptions {
  /** Check every tensor against its checksum. */
  readonly verifyChecksums?: boolean;
  readonly tfsVersion?: string;
  /** Bytes checked since the last call, for a progress bar. */
  readonly onBytes?: (bytes: number) => void;
}

const int64 = (value: Int64): JsonInt64 => (typeof value === "number" ? value : String(value));

/** An object with own keys only, so that an alias `__proto__` is a key like any other. */
function record<Value, Result>(
  map: ReadonlyMap<string, Value>,
  make: (value: Value, key: string) => Result,
): Record<string, Result> {
  return Object.fromEntries([...map].map(([key, value]) => [key, make(value, key)]));
}

const KINDS = { tensor: "tensor", sparse: "coo_sparse", composite: "composite_tensor" } as const;

function inspectTensor(info: TensorInfo): InspectTensor {
  const dtype =
    info.unknownDtype !== undefined
      ? `DT_${info.unknownDtype}`
      : info.isRef
        ? `${info.dtype}_REF`
        : info.dtype;
  const base = { kind: KINDS[info.kind], tensor: info.tensor, dtype, shape: info.shape };
  switch (info.kind) {
    case "tensor":
      return base;
    case "sparse":
      return { ...base, values: info.values, indices: info.indices, denseShape: info.denseShape };
    case "composite":
      return { ...base, typeSpecClass: info.typeSpecClass, components: info.components.map(inspectTensor) };
  }
}

function defaultValue(bytes: Uint8Array): TensorJson | { error: string } {
  try {
    return tensorToJson(decodeTensorProto(bytes));
  } catch (error) {
    if (error instanceof TensorError) return { error: error.message };
    throw error;
  }
}

/** A signature in the form of the CLI contract. */
export function inspectSignature(signature: Signature): InspectSignature {
  return {
    method: signature.method,
    inputs: record(signature.inputs, inspectTensor),
    outputs: record(signature.outputs, inspectTensor),
    ...(signature.defaults.size > 0 ? { defaults: record(signature.defaults, defaultValue) } : {}),
  };
}

function countObjects(bytes: Uint8Array | undefined): number {
  if (bytes === undefined) return 0;
  const reader = new WireReader(bytes);
  let count = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) count++;
    reader.skip(tag);
  }
  return count;
}

function inspectMetaGraph(meta: MetaGraph): InspectMetaGraph {
  const graph = readGraph(meta.graphDef());
  return {
    tags: meta.tags,
    tagsInFileOrder: meta.tagsInFileOrder,
    signatures: record(meta.signatures, inspectSignature),
    tensorflowVersion: meta.tensorflowVersion,
    metaGraphVersion: meta.metaGraphVersion,
    strippedDefaultAttrs: meta.strippedDefaultAttrs,
    graphProducer: graph.producer,
    graphMinConsumer: graph.minConsumer,
    nodeCount: graph.nodes.length,
    functionCount: graph.functions.length,
    ops: Object.fromEntries(countOps(graph)),
    placeholders: graph.nodes.filter(({ op }) => op.startsWith("Placeholder")).map(({ name }) => name),
    collections: record(meta.collections, (collection) => ({
      kind: collection.kind,
      count: collection.values.length,
      ...(collection.kind === "node_list" ? { values: collection.values } : {}),
    })),
    assets: meta.assets,
    initOp: meta.initOp ?? null,
    saver:
      meta.saver === undefined
        ? null
        : {
            filenameTensor: meta.saver.filenameTensor,
            restoreOp: meta.saver.restoreOp,
            sharded: meta.saver.sharded,
            version: meta.saver.version,
          },
    objectGraphNodes: countObjects(meta.objectGraph()),
    graphBytes: meta.graphBytes,
  };
}

function stringLengths(entry: VariableEntry, index: VariablesIndex): number[] | undefined {
  if (entry.dtype !== "DT_STRING" || entry.slices.length > 0) return undefined;
  if ((entry.shape ?? []).reduce((product, size) => product * size, 1) > 1000) return undefined;
  try {
    return readStrings(entry, index.readBytes(entry), false).map(({ length }) => length);
  } catch (error) {
    if (error instanceof StoredTensorError || error instanceof ModelReadError) return undefined;
    throw error;
  }
}

function inspectVariable(entry: VariableEntry, index: VariablesIndex): InspectVariable {
  const lengths = stringLengths(entry, index);
  return {
    ...(entry.keyHex === undefined ? { key: entry.key } : { keyHex: entry.keyHex }),
    dtype: entry.unknownDtype === undefined ? entry.dtype : `DT_${entry.unknownDtype}`,
    shape: entry.shape,
    shard: entry.shard,
    offset: int64(entry.offset),
    size: int64(entry.size),
    crc32c: entry.crc32c,
    ...(entry.slices.length > 0 ? { slices: entry.slices } : {}),
    ...(lengths === undefined ? {} : { stringLengths: lengths }),
  };
}

/** One version directory, or a SavedModel folder without a number. Never throws for what is on disk: see `problems`. */
export function inspectVersion(
  path: string,
  version: Int64 | undefined,
  fs: ModelFileSystem,
  options: InspectOptions = {},
): InspectVersion {
  const problems: { file: string; message: string }[] = [];
  const attempt = <Value>(file: string, read: () => Value): Value | undefined => {
    try {
      return read();
    } catch (error) {
      const known = asReadError(error, file);
      if (!(known instanceof ModelReadError)) throw known;
      problems.push({ file: known.file, message: known.reason });
      return undefined;
    }
  };
  const { files, problems: walkProblems } = walkFiles(path, fs);
  for (const { path: file, message } of walkProblems) problems.push({ file, message });
  const has = (name: string): boolean => files.some((file) => file.path === name);

  const tflite = has("model.tflite")
    ? attempt(joinPath(path, "model.tflite"), () => readTflite(path, fs))
    : undefined;
  const wantsSavedModel = has("saved_model.pb") || has("saved_model.pbtxt") || !has("model.tflite");
  const model: SavedModelFolder | undefined = wantsSavedModel
    ? attempt(path, () => openSavedModel(path, fs))
    : undefined;
  const metaGraphs = (model?.metaGraphs ?? []).flatMap(
    (meta) => attempt(model?.file ?? path, () => inspectMetaGraph(meta)) ?? [],
  );
  const serving = model?.metaGraph() ?? model?.metaGraphs[0];
  const index = attempt(joinPath(path, "variables", "variables.index"), () => model?.variables());
  const warmup = attempt(path, () => inspectWarmup(path, fs, has, problems));
  const fingerprint = attempt(joinPath(path, "fingerprint.pb"), () => readFingerprint(path, fs));
  const checksums =
    options.verifyChecksums === true && index !== undefined ? verify(index, options) : undefined;
  return {
    version: version === undefined ? null : int64(version),
    directory: baseName(path),
    path,
    platform: model !== undefined ? "tensorflow" : tflite !== undefined ? "tflite" : null,
    sizeBytes: files.reduce((sum, { size }) => sum + size, 0),
    format:
      model?.format ?? (tflite !== undefined ? "model.tflite" : has("export.meta") ? "export.meta" : null),
    schemaVersion: model === undefined ? null : int64(model.schemaVersion),
    metaGraphs,
    variables: index?.entries.map((entry) => inspectVariable(entry, index)) ?? [],
    variablesHeader:
      index === undefined
        ? null
        : {
            numShards: index.header.numShards,
            endianness: index.header.endianness,
            versionProducer: index.header.versionProducer,
            versionMinConsumer: index.header.versionMinConsumer,
          },
    indexLayout: index?.layout ?? null,
    shards: index?.shards.map(({ name, size }) => ({ file: name, size: size ?? null })) ?? [],
    assets: serving?.assets.map(({ filename }) => filename) ?? [],
    assetsOnDisk: files.filter((file) => file.path.startsWith("assets/")).map((file) => file.path.slice(7)),
    warmup: warmup ?? null,
    fingerprint:
      fingerprint === undefined
        ? null
        : {
            savedModelChecksum: String(fingerprint.savedModelChecksum),
            graphDefProgramHash: String(fingerprint.graphDefProgramHash),
            signatureDefHash: String(fingerprint.signatureDefHash),
            savedObjectGraphHash: String(fingerprint.savedObjectGraphHash),
            checkpointHash: String(fingerprint.checkpointHash),
            versionProducer: fingerprint.versionProducer,
          },
    tensorflowVersion: serving?.tensorflowVersion ?? null,
    files: files.map(({ path: file, size }) => ({ path: file, size })),
    kerasMetadata: has("keras_metadata.pb"),
    tflite:
      tflite === undefined
        ? null
        : {
            inputs: tflite.inputs,
            outputs: tflite.outputs,
            signatures: record(tflite.signatureDefs, inspectSignature),
          },
    ...(checksums === undefined ? {} : { checksums }),
    problems,
  };
}

function inspectWarmup(
  path: string,
  fs: ModelFileSystem,
  has: (name: string) => boolean,
  problems: { file: string; message: string }[],
): NonNullable<InspectVersion["warmup"]> | null {
  const name = "assets.extra/tf_serving_warmup_requests";
  if (!has(name)) return null;
  const file = joinPath(path, name);
  const logs: NonNullable<InspectVersion["warmup"]>["logs"][number][] = [];
  const records = readWarmup(path, fs);
  for (;;) {
    const next = records.next();
    if (next.done) {
      if (next.value !== undefined) problems.push({ file, message: next.value.message });
      return { records: logs.length, logs };
    }
    const { log, data, dataCrcHolds, index, offset } = next.value;
    if (!dataCrcHolds)
      problems.push({ file, message: `checksum of record ${index} (at byte ${offset}) does not match` });
    if ("error" in log) {
      problems.push({ file, message: `record ${index} is no PredictionLog: ${log.error}` });
      logs.push({ type: null, size: data.length, log: null });
    } else {
      const json = toProtoJson(log.message, "tensorflow.serving.PredictionLog", schemas);
      logs.push({ type: log.type ?? null, size: data.length, log: json });
    }
  }
}

function verify(index: VariablesIndex, options: InspectOptions): NonNullable<InspectVersion["checksums"]> {
  const faults = [
    ...index.verifyChecksums(options.onBytes === undefined ? {} : { onBytes: options.onBytes }),
  ].map(({ file, entry, message }) => ({
    file,
    ...(entry === undefined ? {} : { key: entry.key }),
    message,
  }));
  return { verified: index.entries.filter(({ slices }) => slices.length === 0).length, faults };
}

/**
 * What lies in a version directory, a base path or a repository, as the CLI contract has it. A model that can't be read
 * is listed with its `problems`; nothing on disk makes it throw.
 */
export function inspect(
  path: string,
  fs: ModelFileSystem = nodeFileSystem,
  options: InspectOptions = {},
): InspectReport {
  const found = findModels(
    path,
    fs,
    options.tfsVersion === undefined ? {} : { tfsVersion: options.tfsVersion },
  );
  return {
    models: found.models.map((model) => ({
      name: model.name,
      path: model.basePath,
      ...(model.discovery.problem === undefined ? {} : { problem: model.discovery.problem.reason }),
      versions: model.unversioned
        ? [inspectVersion(model.basePath, undefined, fs, options)]
        : model.versions.map((directory) => inspectVersion(directory.path, directory.version, fs, options)),
    })),
  };
}
