import { DTYPE_FACTS, type SynthesiseOptions, synthesise, type Tensor, TensorError } from "@servable/tensors";
import { decodesImages, parsesExamples } from "./graph-ops.ts";
import type { Signature, SignatureTensor } from "./messages.ts";
import { tinyImage } from "./tiny-images.ts";

/** How sizes that a signature leaves open are filled in. */
export interface Sizes {
  readonly batch: number;
  /** Every open dimension but the first. */
  readonly open: number;
}

/** What a string input is taken to hold. */
export type TextKind = "image" | "examples" | "text";

/** Most elements of a made-up tensor: a smoke check must not weigh a server down. */
const MAX_ELEMENTS = 2 ** 23;

const IMAGE_NAME = /(^|_)(b64|jpe?g|png|image|img|photo|picture)s?(_bytes|$|_)|image_bytes|encoded_image/i;

/** Inputs that a request must have. */
export function requiredInputs(signature: Signature): readonly (readonly [string, SignatureTensor])[] {
  return Object.entries(signature.inputs);
}

/** What a string input of a signature wants, from the ops behind it if they are known, else from its name. */
export function textKind(
  alias: string,
  signature: Signature,
  ops: ReadonlySet<string> | undefined,
): TextKind {
  if (ops !== undefined) {
    if (decodesImages(ops) !== undefined) return "image";
    if (parsesExamples(ops)) return "examples";
    return "text";
  }
  if (IMAGE_NAME.test(alias)) return "image";
  return signature.method.endsWith("/classify") || signature.method.endsWith("/regress")
    ? "examples"
    : "text";
}

/** Why a signature can't be called with made-up inputs, or undefined. */
export function cannotMake(signature: Signature): string | undefined {
  if (Object.keys(signature.outputs).length === 0)
    return "it declares no outputs, so there is nothing to ask for";
  for (const [alias, output] of Object.entries(signature.outputs)) {
    if (output.encoding !== "dense")
      return `output ${alias} is a ${output.encoding} tensor, which Predict can't fetch`;
  }
  for (const [alias, input] of Object.entries(signature.inputs)) {
    if (input.encoding !== "dense")
      return `input ${alias} is a ${input.encoding} tensor, which Predict can't feed`;
    if (DTYPE_FACTS[input.dtype].kind === "none")
      return `input ${alias} has dtype ${input.dtype}, which can't be made up`;
  }
  return undefined;
}

/** Inputs that together make one sparse or ragged tensor have to fit one another. */
const PART_OF_COMPOSITE =
  /(^|_)(indices|dense_shape|row_splits|row_lengths|value_rowids|nested_row_splits|component)(_|\d|$)/i;
const COMPOSITE_OPS = /^(Sparse|Ragged)/;

/**
 * Whether a signature says too little to make inputs that are surely right: sizes open beyond the batch, text, or
 * parts of sparse and ragged tensors. Then a refusal may be the inputs' fault.
 */
export function isOpen(signature: Signature, ops: ReadonlySet<string> | undefined): boolean {
  const inputs = Object.entries(signature.inputs);
  if (inputs.length > 1) {
    if (inputs.some(([alias]) => PART_OF_COMPOSITE.test(alias))) return true;
    if (ops !== undefined && [...ops].some((op) => COMPOSITE_OPS.test(op))) return true;
  }
  return inputs.some(
    ([, { shape, dtype }]) =>
      shape === null || dtype === "DT_STRING" || shape.slice(1).some((size) => size < 0),
  );
}

/** Sizes to try in turn, as long as the server refuses. */
export function sizesToTry(signature: Signature, batch: number): readonly Sizes[] {
  const tries: Sizes[] = [{ batch, open: 1 }];
  if (batch !== 1) tries.push({ batch: 1, open: 1 });
  const openInner = Object.values(signature.inputs).some(({ shape }) =>
    shape?.slice(1).some((size) => size < 0),
  );
  if (openInner) for (const open of [2, 4, 8, 16, 32, 64]) tries.push({ batch: 1, open });
  return tries;
}

/**
 * Inputs for every alias of a signature.
 * @param image bytes for inputs that take encoded pictures; a picture of one pixel if none is given.
 * @throws TensorError where the shape is too large to be made up.
 */
export function makeInputs(
  signature: Signature,
  sizes: Sizes,
  ops: ReadonlySet<string> | undefined,
  image?: Uint8Array,
): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  let seed = 0;
  for (const [alias, input] of requiredInputs(signature)) {
    const options: SynthesiseOptions = {
      batch: sizes.batch,
      unknown: sizes.open,
      seed: seed++,
      maxElements: MAX_ELEMENTS,
      ...(input.dtype === "DT_STRING" && textKind(alias, signature, ops) === "image"
        ? { text: image ?? tinyImage((ops && decodesImages(ops)) ?? "jpeg") }
        : {}),
    };
    try {
      inputs[alias] = synthesise(input.dtype, input.shape, options);
    } catch (error) {
      if (error instanceof TensorError) throw new TensorError(error.code, `input ${alias}: ${error.message}`);
      throw error;
    }
  }
  return inputs;
}
