import {
  type PartialShape,
  type SynthesiseOptions,
  synthesise,
  type Tensor,
  TensorError,
} from "@servable/tensors";
import { readGraph } from "../graph/graph-def.ts";
import { GraphIndex } from "../graph/graph-index.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import type { Signature } from "../saved-model/signature.ts";
import type { WarmupInput } from "./encode-warmup.ts";
import { servedGraph, type WriteWarmupOptions } from "./write-warmup.ts";

export interface SynthesiseWarmupOptions extends WriteWarmupOptions {
  /** Signatures to warm; default: all that Predict can feed and that change nothing. */
  readonly signatures?: readonly string[];
  /** One record for each of these sizes of an unknown first dimension; default 1. With batching: the allowed sizes. */
  readonly batchSizes?: readonly number[];
  /** How values and other unknown dimensions are made; the latter are 1, and 224 for height and width of pictures. */
  readonly values?: SynthesiseOptions;
  /** Told of each signature that gets no record, and why (as the end of a sentence). */
  readonly onPassedOver?: (signature: string, reason: string) => void;
}

/** Ops that fail on text that was made up: they want a picture, an Example, JSON… */
const PICKY = /^(Decode|ExtractJpegShape|Parse|StringToNumber|Sentencepiece)/;

/** Ops after which the next request gets another answer, or that write files. */
const WRITING =
  /^(Assign(Add|Sub)?(Variable(XlaConcat)?Op)?|Resource(Scatter|Apply|SparseApply|StridedSliceAssign).*|Scatter(Nd)?(Add|Sub|Mul|Div|Min|Max|Update)|(Sparse)?Apply[A-Z].*|LookupTable(Insert|Import|Remove)(V2)?|(Queue|Barrier|Stack|Stage|MapStage|OrderedMapStage).*|WriteFile|Save(V2|Slices)?|MergeV2Checkpoints|CountUpTo|ResourceCountUpTo)$/;

/** Name of an op that a signature reaches. */
function reached(graph: GraphIndex, signature: Signature, ops: RegExp): string | undefined {
  const nodes = graph.ancestors([...signature.outputs.values()].map(({ tensor }) => tensor));
  for (const { op } of nodes) if (ops.test(op)) return op;
  for (const fn of graph.reachableFunctions(nodes))
    for (const { op } of fn.nodes) if (ops.test(op)) return op;
  return undefined;
}

/** Height and width of a picture that are not known: of one pixel a convolution may leave nothing. */
function sized(shape: PartialShape): PartialShape {
  if (shape?.length !== 4 || ![1, 3, 4].includes(shape[3]!)) return shape;
  return shape.map((size, dim) => (size < 0 && (dim === 1 || dim === 2) ? 224 : size));
}

/**
 * Predict records with synthesised inputs for the signatures of a version: one for each signature and batch size.
 * Inputs with a default value are left out. Signatures are passed over whose record would fail, and with it the load:
 * those with sparse inputs, unknown dtypes or no outputs, and those that decode their strings (pictures, Examples); give
 * goldens for these. So are signatures that change the model's state, unless they are asked for by name.
 * @throws ModelReadError, also where a batch size asks for too much memory
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
    if (name.startsWith("__saved_model_")) continue;
    if (options.signatures !== undefined && !options.signatures.includes(name)) continue;
    const passOver = (reason: string): void => options.onPassedOver?.(name, reason);
    const wanted = [...signature.inputs].filter(([alias]) => !signature.defaults.has(alias));
    const odd = wanted.find(
      ([, { kind, dtype }]) =>
        kind !== "tensor" || dtype === "DT_INVALID" || dtype === "DT_VARIANT" || dtype === "DT_RESOURCE",
    );
    if (odd !== undefined) {
      const [alias, { kind, dtype }] = odd;
      passOver(`its input ${JSON.stringify(alias)} is ${kind === "tensor" ? dtype : kind}`);
      continue;
    }
    if (signature.outputs.size === 0) {
      passOver("it has no outputs");
      continue;
    }
    try {
      graph ??= new GraphIndex(readGraph(meta.graphDef()));
      const writing = options.signatures === undefined ? reached(graph, signature, WRITING) : undefined;
      if (writing !== undefined) {
        passOver(`it changes what later requests get (${writing})`);
        continue;
      }
      const hasText = wanted.some(([, { dtype }]) => dtype === "DT_STRING");
      const picky = hasText ? reached(graph, signature, PICKY) : undefined;
      if (picky !== undefined) {
        passOver(`it decodes its strings (${picky})`);
        continue;
      }
    } catch (error) {
      throw asReadError(error, versionDir);
    }
    const batched = wanted.some(([, { shape }]) => shape !== null && shape[0] === -1);
    for (const size of batched ? (options.batchSizes ?? [1]) : [1]) {
      const tensors = new Map<string, Tensor>();
      try {
        for (const [alias, { dtype, shape }] of wanted) {
          const known = options.values?.unknown === undefined ? sized(shape) : shape;
          tensors.set(alias, synthesise(dtype, known, { ...options.values, batch: size }));
        }
      } catch (error) {
        if (!(error instanceof TensorError)) throw error;
        throw new ModelReadError(
          "unsupported",
          versionDir,
          `signature ${JSON.stringify(name)}: ${error.message}`,
          {
            hint: "give smaller batch sizes, or real requests",
            cause: error,
          },
        );
      }
      records.push({ kind: "predict", signature: name, inputs: tensors });
    }
  }
  return records;
}
