import { constantShape } from "../constant-tensor.ts";
import { merge, refuse, SCALAR, type Shape, UNKNOWN, withRank } from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions } from "../shape-context.ts";

/** GraphDef version before which `[]` in a Placeholder meant an unknown shape. */
const SCALAR_PLACEHOLDERS = 24;

function placeholder(c: ShapeContext): readonly Shape[] {
  const shape = c.shape("shape");
  return [shape?.length === 0 && c.producer < SCALAR_PLACEHOLDERS ? null : shape];
}

function variableHandle(c: ShapeContext): readonly Shape[] {
  const dtype = c.type("dtype");
  if (dtype !== undefined) c.outputHandles = [{ shape: c.shape("shape"), dtype }];
  return [SCALAR];
}

/** The tensor itself, and the variable that it may stand for. */
function identity(c: ShapeContext): readonly Shape[] {
  if (c.handles.length > 0) c.outputHandles = c.handles;
  return c.inputs;
}

/** Random numbers and the like, whose shape is an input. */
const shapedBy =
  (at: number) =>
  (c: ShapeContext): readonly Shape[] => [c.shapeFrom(at)];

function range(c: ShapeContext): readonly Shape[] {
  for (const [at, what] of ["start", "limit", "delta"].entries()) withRank(c.input(at), 0, what);
  const [start, limit, delta] = [c.scalar(0), c.scalar(1), c.scalar(2)];
  if (start === undefined || limit === undefined || delta === undefined) return [[UNKNOWN]];
  if (delta === 0) refuse("delta must not be 0");
  if (delta > 0 ? start > limit : start < limit)
    refuse(`steps of ${delta} do not lead from ${start} to ${limit}`);
  return [[Math.max(0, Math.ceil((limit - start) / delta))]];
}

/** Where tensors come from, and ops about shapes. */
export const sources: ShapeFunctions = {
  Const: (c) => {
    const value = c.attr("value");
    return value?.kind === "tensor" ? [constantShape(value.value)] : undefined;
  },
  Placeholder: placeholder,
  PlaceholderV2: (c) => [c.shape("shape")],
  PlaceholderWithDefault: (c) => {
    const shape = c.shape("shape");
    merge(c.input(0), shape);
    return [shape];
  },
  VariableV2: (c) => [c.shape("shape")],
  // The first variables wrote [] where they meant an unknown shape.
  Variable: (c) => [c.shape("shape")?.length === 0 ? null : c.shape("shape")],
  VarHandleOp: variableHandle,
  ...forOps("Identity RefIdentity IdentityN", identity),
  Shape: (c) => {
    const input = c.input(0);
    return [[input === null ? UNKNOWN : input.length]];
  },
  ShapeN: (c) => c.inputs.map((input) => [input === null ? UNKNOWN : input.length]),
  VariableShape: (c) => [[c.handles[0]?.shape?.length ?? UNKNOWN]],
  ...forOps(
    `Size Rank VarIsInitializedOp IsVariableInitialized HashTableV2 MutableHashTableV2 MutableDenseHashTableV2
    MutableHashTableOfTensorsV2 LookupTableSizeV2`,
    () => [SCALAR],
  ),
  Fill: (c) => {
    withRank(c.input(1), 0, "the value");
    const sizes = Array.from(c.value(0)?.data ?? []);
    if (sizes.some((size) => size < 0)) refuse(`the sizes [${sizes.join(",")}] must not be negative`);
    return [c.shapeFrom(0)];
  },
  Range: range,
  LinSpace: (c) => [[c.size(2)]],
  ...forOps("RandomUniform RandomStandardNormal TruncatedNormal RandomUniformInt", shapedBy(0)),
  ...forOps(
    `StatelessRandomUniform StatelessRandomNormal StatelessTruncatedNormal StatelessRandomUniformInt
    StatelessRandomUniformV2 StatelessRandomNormalV2 StatelessTruncatedNormalV2 StatelessRandomUniformIntV2`,
    shapedBy(0),
  ),
};
