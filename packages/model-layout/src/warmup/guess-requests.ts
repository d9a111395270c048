import type { SynthesiseOptions, Tensor } from "@servable/tensors";
import type { PlacedNode } from "../graph/graph-index.ts";
import type { Signature, TensorInfo } from "../saved-model/signature.ts";
import type { WarmupInput } from "./encode-warmup.ts";
import { guessTexts } from "./guess-texts.ts";
import type { ParsedExample } from "./parsed-example.ts";

/** Sizes to try for dimensions that the signature leaves open. */
const SIZES = [2, 3, 4, 5, 6, 8, 10, 16, 20, 28, 32, 50, 64, 100, 128, 224, 256, 299, 512];

/** Of more inputs than this, which of them may be row splits is not tried out. */
const MOST_SPLITS = 4;

/** Values for the inputs of a signature. @throws TensorError where they would take too much memory */
export type MakeInputs = (batch: number, values?: SynthesiseOptions) => Map<string, Tensor>;

interface GuessedSignature {
  readonly name: string;
  readonly signature: Signature;
  /** Inputs that a request has to have. */
  readonly wanted: Wanted;
  /** Batch sizes. */
  readonly sizes: readonly number[];
  readonly make: MakeInputs;
  readonly predict: (inputs: ReadonlyMap<string, Tensor>) => WarmupInput;
  readonly nodes: readonly PlacedNode[];
  /** What it takes out of Examples, if anything. */
  readonly example: ParsedExample | undefined;
  readonly picture: Uint8Array | undefined;
}

/** Requests that a signature may take, one list with one for each batch size after the other, the likeliest first. */
export function* guessRequests(guessed: GuessedSignature): Generator<readonly WarmupInput[]> {
  const { wanted, sizes, make, predict, nodes, example, picture } = guessed;
  const isText = wanted.some(([, { dtype }]) => dtype === "DT_STRING");
  const allParts = partsOf(wanted);
  const isOpen = wanted.some(
    ([alias, { shape }]) =>
      shape === null || shape.slice(1).some((size) => size < 0) || denseShapeOf(wanted, alias) !== undefined,
  );
  for (const text of isText ? guessTexts(nodes, example, picture) : [undefined]) {
    const requests = example !== undefined && text !== undefined ? exampleRequest(guessed) : undefined;
    if (requests !== undefined) {
      yield sizes.map((size) => requests(Array<Uint8Array>(size).fill(text!)));
      continue;
    }
    for (const unknown of isOpen ? [undefined, ...SIZES] : [undefined]) {
      for (const parts of allParts) {
        yield sizes.map((size) => {
          const inputs = make(size, {
            ...(text === undefined ? {} : { text }),
            ...(unknown === undefined ? {} : { unknown, unknownRank: [size, unknown] }),
          });
          parts?.(inputs, size, unknown ?? 1);
          return predict(inputs);
        });
      }
    }
  }
}

/** Classify and Regress requests of the signatures that are for these; TF2 exports call every method predict. */
function exampleRequest({
  name,
  signature,
  wanted,
}: GuessedSignature): ((examples: readonly Uint8Array[]) => WarmupInput) | undefined {
  const kind = /^tensorflow\/serving\/(classify|regress)$/.exec(signature.method)?.[1];
  if (kind === undefined || wanted.length !== 1 || wanted[0]![0] !== "inputs") return undefined;
  return (examples) => ({ kind: kind as "classify" | "regress", signature: name, examples });
}

/** Makes inputs that are parts of one sparse or ragged tensor fit one another. */
type FitParts = (inputs: Map<string, Tensor>, batch: number, unknown: number) => void;

type Wanted = readonly (readonly [string, TensorInfo])[];

const isInteger = ({ dtype }: TensorInfo): boolean => dtype === "DT_INT64" || dtype === "DT_INT32";

/** The input that is the shape of a sparse tensor, where one of this name, [?, rank], has its indices. */
function denseShapeOf(wanted: Wanted, indices: string): string | undefined {
  const info = wanted.find(([alias]) => alias === indices)?.[1];
  if (info?.shape?.length !== 2 || info.shape[0]! >= 0 || !isInteger(info)) return undefined;
  const rank = info.shape[1]!;
  return wanted.find(
    ([, each]) => isInteger(each) && each.shape?.length === 1 && each.shape[0] === rank,
  )?.[0];
}

/** Which inputs may be parts of one tensor, the likeliest first; undefined: none. */
function partsOf(wanted: Wanted): readonly (FitParts | undefined)[] {
  // Of a sparse tensor, indices and shape tell; of a ragged one, any integers may be the splits of a level, or values.
  const all: (FitParts | undefined)[] = wanted.flatMap(([alias]) => {
    const shape = denseShapeOf(wanted, alias);
    return shape === undefined ? [] : [sparse(alias, shape)];
  });
  all.push(undefined);
  const aliases = wanted
    .filter(([, info]) => isInteger(info) && info.shape?.length === 1 && info.shape[0]! < 0)
    .map(([alias]) => alias);
  if (wanted.length < 2 || aliases.length > MOST_SPLITS) return all;
  for (let bits = 1; bits < 2 ** aliases.length; bits++)
    all.push(ragged(aliases.filter((_, at) => (bits >> at) & 1)));
  return all;
}

/** A sparse tensor with one value in each row of the batch. */
const sparse =
  (indices: string, shape: string): FitParts =>
  (inputs, batch, unknown) => {
    const rank = inputs.get(indices)!.shape[1]!;
    setIntegers(inputs, indices, [batch, rank], (at) => (at % rank === 0 ? at / rank : 0));
    setIntegers(inputs, shape, [rank], (at) => (at === 0 ? batch : unknown));
  };

/** A ragged tensor with one value in each row: as many splits as rows, and one more. */
const ragged =
  (splits: readonly string[]): FitParts =>
  (inputs, batch) => {
    for (const alias of splits) setIntegers(inputs, alias, [batch + 1], (at) => at);
  };

function setIntegers(
  inputs: Map<string, Tensor>,
  alias: string,
  shape: readonly number[],
  value: (at: number) => number,
): void {
  const { dtype } = inputs.get(alias)!;
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Array.from({ length: count }, (_, at) => value(at));
  const data = dtype === "DT_INT64" ? BigInt64Array.from(values.map(BigInt)) : Int32Array.from(values);
  inputs.set(alias, { dtype, shape, data });
}
