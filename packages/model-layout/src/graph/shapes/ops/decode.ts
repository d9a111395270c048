import { atMostRank, concatenate, type Shape, UNKNOWN, withRank } from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions } from "../shape-context.ts";

/** Three tensors for each sparse feature: all indices, all values, all shapes. */
function sparse(count: number, rank: number): Shape[] {
  const each = (shape: Shape): Shape[] => new Array<Shape>(count).fill(shape);
  return [...each([UNKNOWN, rank]), ...each([UNKNOWN]), ...each([rank])];
}

const few = (count: number): number | undefined => (count >= 0 && count <= 10_000 ? count : undefined);

function parseExample(c: ShapeContext): readonly Shape[] | undefined {
  const count = few(c.int("Nsparse", 0));
  const batch = withRank(c.input(0), 1, "the Examples");
  withRank(c.input(1), 1, "the names");
  if (count === undefined) return undefined;
  return [...sparse(count, 2), ...c.shapes("dense_shapes").map((shape) => concatenate(batch, shape))];
}

/** Features by keys that are inputs; one Example or a batch of them. */
function parseExampleV2(c: ShapeContext): readonly Shape[] | undefined {
  const count = few(c.int("num_sparse", 0));
  const batch = atMostRank(c.input(0), 1, "the Examples");
  if (count === undefined || batch === null) return undefined;
  return [
    ...sparse(count, batch.length + 1),
    ...c.shapes("dense_shapes").map((shape) => concatenate(batch, shape)),
  ];
}

function parseSingleExample(c: ShapeContext): readonly Shape[] | undefined {
  const count = few(c.int("num_sparse", 0));
  withRank(c.input(0), 0, "the Example");
  return count === undefined ? undefined : [...sparse(count, 1), ...c.shapes("dense_shapes")];
}

const picture = (c: ShapeContext): readonly Shape[] => {
  withRank(c.input(0), 0, "the file");
  const channels = c.int("channels", 0);
  return [[UNKNOWN, UNKNOWN, channels === 0 ? UNKNOWN : channels]];
};

/** Ops that read tf.Examples and pictures. */
export const decoding: ShapeFunctions = {
  ParseExample: parseExample,
  ParseExampleV2: parseExampleV2,
  ParseSingleExample: parseSingleExample,
  ...forOps("DecodeJpeg DecodePng DecodeBmp", picture),
};
