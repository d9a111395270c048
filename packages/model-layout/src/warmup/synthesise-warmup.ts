import { type PartialShape, synthesise, type Tensor, TensorError } from "@servable/tensors";
import { readGraph } from "../graph/graph-def.ts";
import { GraphIndex, type PlacedNode } from "../graph/graph-index.ts";
import { signatureNodes } from "../graph/signature-nodes.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import type { TensorInfo } from "../saved-model/signature.ts";
import type { WarmupInput } from "./encode-warmup.ts";
import { unreachable } from "./feedable.ts";
import { guessRequests, type MakeInputs } from "./guess-requests.ts";
import { DECODES_PICTURES, GUESSED } from "./guess-texts.ts";
import { type ParsedExample, parsedExample } from "./parsed-example.ts";
import { servedGraph, type WriteWarmupOptions } from "./write-warmup.ts";

/** For which signatures, and in which sizes, requests are made up. */
export interface SynthesiseWarmupOptions extends WriteWarmupOptions {
  /** Signatures to warm; default: all that Predict can feed and that change nothing. */
  readonly signatures?: readonly string[];
  /** One record for each of these sizes of an unknown first dimension; default 1. With batching: the allowed sizes. */
  readonly batchSizes?: readonly number[];
  /** An encoded picture for the signatures that decode one, in place of a blank one. */
  readonly picture?: Uint8Array;
}

/** Requests to one signature, one for each batch size. */
export interface ProposedWarmup {
  readonly signature: string;
  /** Records that nothing speaks against, but that were not run; none where `reason` is given. */
  readonly records: readonly WarmupInput[];
  /** Why there are none, as the end of a sentence. */
  readonly reason?: string;
  /** Its strings are decoded as pictures, also behind base64 or in Examples. */
  readonly takesPictures?: true;
  /** No request of anybody's can be served, made up or not. */
  readonly isUnreachable?: true;
  /**
   * Other requests of the same sizes, the likeliest first, each of which may fail: a record that fails keeps the version from
   * loading, so they are only good once one has been run. Empty where no request can be good. To be walked once.
   */
  readonly guesses: Iterable<readonly WarmupInput[]>;
}

/** Ops that fail on any text: they want a picture, an Example, JSON… */
const PICKY = /^(Decode|ExtractJpegShape|Parse|StringToNumber|Sentencepiece)/;

/** Ops after which the next request gets another answer, or that write files. */
const WRITING =
  /^(Assign(Add|Sub)?(Variable(XlaConcat)?Op)?|Resource(Scatter|Apply|SparseApply|StridedSliceAssign).*|Scatter(Nd)?(Add|Sub|Mul|Div|Min|Max|Update)|(Sparse)?Apply[A-Z].*|LookupTable(Insert|Import|Remove)(V2)?|(Queue|Barrier|Stack|Stage|MapStage|OrderedMapStage).*|WriteFile|Save(V2|Slices)?|MergeV2Checkpoints|CountUpTo|ResourceCountUpTo)$/;

/** Of the ops that fail on any text, one for which {@link guessTexts} knows none. */
function opThatTakesNoGuess(
  nodes: readonly PlacedNode[],
  example: ParsedExample | undefined,
  picture: Uint8Array | undefined,
): string | undefined {
  return nodes.find(({ node: { op } }) => {
    if (!PICKY.test(op) || (picture !== undefined && DECODES_PICTURES.test(op))) return false;
    return /^Parse.*Example/.test(op) ? example === undefined : !GUESSED.test(op);
  })?.node.op;
}

/** Why no values can be made up for an input. */
const unmakeable = (alias: string, { dtype }: TensorInfo): string | undefined =>
  dtype === "DT_VARIANT" || dtype === "DT_RESOURCE" || dtype === "DT_INVALID"
    ? `its input ${JSON.stringify(alias)} is ${dtype}, for which nothing can be made up`
    : undefined;

/** Height and width of a picture that are not known: of one pixel a convolution may leave nothing. */
function sized(shape: PartialShape): PartialShape {
  if (shape?.length !== 4 || ![1, 3, 4].includes(shape[3]!)) return shape;
  return shape.map((size, dim) => (size < 0 && (dim === 1 || dim === 2) ? 224 : size));
}

const makerOf =
  (wanted: readonly (readonly [string, TensorInfo])[]): MakeInputs =>
  (batch, values = {}) =>
    new Map(
      wanted.map(([alias, { dtype, shape }]) => {
        const known = values.unknown === undefined ? sized(shape) : shape;
        return [alias, synthesise(dtype, known, { ...values, batch })];
      }),
    );

/**
 * Requests made up for each signature of a version. Inputs with a default value are left out, and so are outputs that
 * can't be fetched. There are none for a signature that no request can feed, nor, unless it is asked for by name, for one
 * that changes the model's state. One that takes its strings apart gets pictures, Examples, JSON, CSV, numbers, sound, as its
 * graph wants them; of other forms there are guesses only.
 * @throws ModelReadError, also where a batch size asks for too much memory
 */
export function* proposeWarmup(
  versionDir: string,
  options: SynthesiseWarmupOptions = {},
): Generator<ProposedWarmup> {
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
    const none = (reason: string): ProposedWarmup => ({
      signature: name,
      records: [],
      reason,
      guesses: [],
    });
    const wanted = [...signature.inputs].filter(([alias]) => !signature.defaults.has(alias));
    const fetched = [...signature.outputs].filter((output) => unreachable("output", ...output) === undefined);
    const never =
      wanted.map((input) => unreachable("input", ...input)).find(Boolean) ??
      (fetched.length > 0
        ? undefined
        : [...signature.outputs].map((output) => unreachable("output", ...output))[0]) ??
      (signature.outputs.size === 0 ? "it has no outputs" : undefined);
    if (never !== undefined) {
      yield { ...none(never), isUnreachable: true };
      continue;
    }
    const unmade = wanted.map((input) => unmakeable(...input)).find(Boolean);
    if (unmade !== undefined) {
      yield none(unmade);
      continue;
    }
    const filter =
      fetched.length < signature.outputs.size ? { outputFilter: fetched.map(([alias]) => alias) } : {};
    const predict = (inputs: ReadonlyMap<string, Tensor>): WarmupInput => ({
      kind: "predict",
      signature: name,
      inputs,
      ...filter,
    });
    const sizes = wanted.some(([, { shape }]) => shape === null || (shape.length > 0 && shape[0]! < 0))
      ? (options.batchSizes ?? [1])
      : [1];
    const make = makerOf(wanted);
    try {
      graph ??= new GraphIndex(readGraph(meta.graphDef()));
      const nodes = signatureNodes(graph, signature);
      const opLike = (ops: RegExp): string | undefined =>
        nodes.find(({ node }) => ops.test(node.op))?.node.op;
      const writing = options.signatures === undefined ? opLike(WRITING) : undefined;
      if (writing !== undefined) {
        yield none(`it changes what later requests get (${writing})`);
        continue;
      }
      const hasText = wanted.some(([, { dtype }]) => dtype === "DT_STRING");
      const example = hasText ? parsedExample(graph, nodes) : undefined;
      const { picture } = options;
      const guesses = guessRequests({
        name,
        signature,
        wanted,
        sizes,
        make,
        predict,
        nodes,
        example,
        picture,
      });
      const opaque = hasText ? opThatTakesNoGuess(nodes, example, picture) : undefined;
      const takesPictures = hasText && nodes.some(({ node: { op } }) => DECODES_PICTURES.test(op));
      yield {
        signature: name,
        ...(takesPictures ? { takesPictures } : {}),
        ...(opaque === undefined
          ? { records: guesses.next().value ?? [] }
          : { records: [], reason: `it takes its strings apart (${opaque})` }),
        guesses,
      };
    } catch (error) {
      if (!(error instanceof TensorError)) throw asReadError(error, versionDir);
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
  }
}

/** The records of {@link proposeWarmup} that nothing speaks against, for {@link writeWarmup}. @throws ModelReadError */
export const synthesiseWarmup = (versionDir: string, options: SynthesiseWarmupOptions = {}): WarmupInput[] =>
  [...proposeWarmup(versionDir, options)].flatMap(({ records }) => records);
