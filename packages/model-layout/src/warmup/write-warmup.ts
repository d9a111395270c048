import { type Diagnostic, UserError } from "@servable/diagnostics";
import { type SynthesiseOptions, synthesise, type Tensor } from "@servable/tensors";
import { joinPath, type ModelFileSystem } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { writeAtomically } from "../files/write-atomically.ts";
import { readGraph } from "../graph/graph-def.ts";
import { GraphIndex } from "../graph/graph-index.ts";
import { type MetaGraph, openSavedModel } from "../saved-model/open-saved-model.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import type { Signature } from "../saved-model/signature.ts";
import { checkRecord } from "./check-record.ts";
import { encodePredictionLog, type WarmupInput } from "./encode-warmup.ts";
import { MAX_WARMUP_RECORDS, WARMUP_FILE } from "./prediction-log.ts";
import { encodeTfRecord } from "./tf-record.ts";

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

/** Ops that fail on text that was made up: they want a picture, an Example, JSON… */
const PICKY = /^(Decode|ExtractJpegShape|Parse|StringToNumber|Sentencepiece)/;

/** Whether a signature reaches an op that would refuse synthesised strings, so that its record would fail the load. */
function isPicky(graph: GraphIndex, signature: Signature): boolean {
  const nodes = graph.ancestors([...signature.outputs.values()].map(({ tensor }) => tensor));
  const functions = [...graph.reachableFunctions(nodes)];
  return (
    [...nodes].some(({ op }) => PICKY.test(op)) ||
    functions.some((fn) => fn.nodes.some(({ op }) => PICKY.test(op)))
  );
}

function servedGraph(versionDir: string, options: WriteWarmupOptions): MetaGraph {
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
 * Writes warm-up records to assets.extra/tf_serving_warmup_requests of a version directory, in one atomic step. Every
 * record is checked against the signatures first, since one that fails keeps the version from loading.
 * @throws WarmupRefused, ModelReadError
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
  const bytes = writeAtomically(path, logs.map(encodeTfRecord));
  return { path, records: logs.length, bytes, diagnostics };
}

export interface SynthesiseWarmupOptions extends WriteWarmupOptions {
  /** Signatures to warm; default: all that Predict can feed. */
  readonly signatures?: readonly string[];
  /** One record for each of these sizes of an unknown first dimension; default 1. With batching: the allowed sizes. */
  readonly batchSizes?: readonly number[];
  /** How values and other unknown dimensions are made. */
  readonly values?: SynthesiseOptions;
}

/**
 * Predict records with synthesised inputs for the signatures of a version: one for each signature and batch size.
 * Inputs with a default value are left out. Signatures are passed over that have sparse inputs or unknown dtypes, or that
 * decode their strings (pictures, Examples): made-up text would fail, and with it the load. Give goldens for these.
 * @throws ModelReadError
 */
export function synthesiseWarmup(versionDir: string, options: SynthesiseWarmupOptions = {}): WarmupInput[] {
  const records: WarmupInput[] = [];
  const meta = servedGraph(versionDir, options);
  const { signatures } = meta;
  let graph: GraphIndex | undefined;
  for (const name of options.signatures ?? []) {
    if (!signatures.has(name))
      throw new ModelReadError("not-found", versionDir, `the model has no signature ${JSON.stringify(name)}`);
  }
  for (const [name, signature] of signatures) {
    const { inputs, defaults } = signature;
    if (
      name.startsWith("__saved_model_") ||
      (options.signatures !== undefined && !options.signatures.includes(name))
    )
      continue;
    const wanted = [...inputs].filter(([alias]) => !defaults.has(alias));
    if (
      wanted.some(
        ([, { kind, dtype }]) =>
          kind !== "tensor" || dtype === "DT_INVALID" || dtype === "DT_VARIANT" || dtype === "DT_RESOURCE",
      )
    )
      continue;
    if (wanted.some(([, { dtype }]) => dtype === "DT_STRING")) {
      try {
        graph ??= new GraphIndex(readGraph(meta.graphDef()));
        if (isPicky(graph, signature)) continue;
      } catch (error) {
        throw asReadError(error, versionDir);
      }
    }
    const batched = wanted.some(([, { shape }]) => shape !== null && shape[0] === -1);
    for (const size of batched ? (options.batchSizes ?? [1]) : [1]) {
      const tensors = new Map<string, Tensor>();
      for (const [alias, { dtype, shape }] of wanted) {
        const sized = shape !== null && shape[0] === -1 ? [size, ...shape.slice(1)] : shape;
        tensors.set(alias, synthesise(dtype, sized, options.values));
      }
      records.push({ kind: "predict", signature: name, inputs: tensors });
    }
  }
  return records;
}
