import { atLeastRank, broadcast, dimOf, merge, mergeDims, SCALAR, type Shape, withRank } from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions } from "../shape-context.ts";

const same = (c: ShapeContext): readonly Shape[] => [c.input(0)];

const pair = (c: ShapeContext): readonly Shape[] => [broadcast(c.input(0), c.input(1))];

/** Equal and NotEqual, which may be told to give one false for shapes that do not fit. */
function compare(c: ShapeContext): readonly Shape[] {
  if (c.bool("incompatible_shape_error", true)) return pair(c);
  const [a, b] = [c.input(0), c.input(1)];
  if (a === null || b === null) return [null];
  const rank = Math.max(a.length, b.length);
  for (let at = 0; at < rank; at++) {
    const x = a[at - rank + a.length] ?? 1;
    const y = b[at - rank + b.length] ?? 1;
    if (x === y || x === 1 || y === 1) continue;
    return [x < 0 || y < 0 ? null : SCALAR];
  }
  return pair(c);
}

function select(c: ShapeContext): readonly Shape[] {
  const data = merge(c.input(1), c.input(2));
  const condition = c.input(0);
  if (condition === null || data === null || condition.length === 0) return [data];
  if (condition.length > 1) return [merge(data, condition)];
  atLeastRank(data, 1, "what is selected from");
  mergeDims(dimOf(data, 0), dimOf(condition, 0));
  return [data];
}

function biasAdd(c: ShapeContext): readonly Shape[] {
  const nchw = c.text("data_format") === "NCHW";
  const input = atLeastRank(c.input(0), nchw ? 3 : 2, "input 0");
  const bias = c.input(1);
  if (bias !== null && bias.length !== 1) merge(bias, [-1]);
  if (input === null) return [null];
  const at = nchw ? 1 : input.length - 1;
  const dims = [...input];
  dims[at] = mergeDims(dims[at]!, dimOf(bias, 0));
  return [dims];
}

/** Ops that work element by element. */
export const elementwise: ShapeFunctions = {
  ...forOps(
    `Abs Acos Acosh Asin Asinh Atan Atanh Bessel BesselI0e BesselI1e Cast Ceil CheckNumerics CheckNumericsV2 ComplexAbs Conj
    Cos Cosh DebugIdentity Digamma Elu Erf Erfc Erfinv Exp Expm1 Floor Imag Inv Invert IsFinite IsInf IsNan LeakyRelu
    Lgamma Log Log1p LogicalNot Ndtri Neg OnesLike PreventGradient Real Reciprocal Relu Relu6 Rint Round Rsqrt Selu Sigmoid
    Sign Sin Sinh Snapshot Softplus Softsign Sqrt Square StopGradient Tan Tanh ZerosLike Angle Cumsum Cumprod
    CumulativeLogsumexp StringToHashBucketFast StringToHashBucket StringToHashBucketStrong StringStrip StringLower StringUpper
    StringToNumber RegexReplace StaticRegexReplace RegexFullMatch StaticRegexFullMatch AsString EncodeBase64 DecodeBase64
    StringLength ClipByValue NextIteration Exit RefExit RefNextIteration LoopCond`,
    same,
  ),
  ...forOps("Softmax LogSoftmax", (c) => [atLeastRank(c.input(0), 1, "input 0")]),
  ...forOps(
    `Add AddV2 Sub Mul Div RealDiv FloorDiv TruncateDiv Mod FloorMod TruncateMod Pow Maximum Minimum SquaredDifference Xdivy
    Xlogy Xlog1py DivNoNan MulNoNan Atan2 Igamma Igammac NextAfter Polygamma Zeta Complex Less LessEqual Greater
    GreaterEqual LogicalAnd LogicalOr BitwiseAnd BitwiseOr BitwiseXor LeftShift RightShift`,
    pair,
  ),
  ...forOps("Equal NotEqual", compare),
  ...forOps("ReluGrad Relu6Grad EluGrad SigmoidGrad TanhGrad SqrtGrad RsqrtGrad SoftplusGrad", (c) => [
    merge(c.input(0), c.input(1)),
  ]),
  Select: select,
  SelectV2: (c) => [broadcast(c.input(0), broadcast(c.input(1), c.input(2)))],
  ...forOps("BiasAdd BiasAddV1", biasAdd),
  // Scalars go with any shape.
  StringJoin: (c) => [
    c.inputs.some((shape) => shape === null)
      ? null
      : c.inputs.reduce<Shape>(
          (both, shape) => (shape?.length === 0 ? both : both?.length === 0 ? shape : merge(both, shape)),
          [],
        ),
  ],
  QuantizeV2: (c) => {
    if (c.int("axis", -1) !== -1) return undefined;
    withRank(c.input(1), 0, "min_range");
    withRank(c.input(2), 0, "max_range");
    return [c.input(0), SCALAR, SCALAR];
  },
  AddN: (c) => [c.inputs.reduce(merge, null)],
};
