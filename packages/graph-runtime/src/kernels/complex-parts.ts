import { unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable, PlainKernel } from "../kernel.ts";
import { allocate, arithmeticOf, dtypeName, type Value } from "../value.ts";
import { cast } from "./cast.ts";
import { complexUnary } from "./complex.ts";

type Floats = Float32Array | Float64Array;

const isComplex = (of: Value): boolean => arithmeticOf(of.dtype) === "complex";

/** Real (0) or imaginary (1) parts of a complex value; others as they are. */
function part(of: Value, which: 0 | 1): Value {
  if (!isComplex(of)) return of;
  const dtype = of.dtype === "DT_COMPLEX128" ? "DT_DOUBLE" : "DT_FLOAT";
  const source = of.data as Floats;
  const data = allocate(dtype, of.shape) as Floats;
  for (let i = 0; i < data.length; i++) data[i] = source[2 * i + which]!;
  return { dtype, shape: of.shape, data };
}

function joined(re: Value, im: Value): Value {
  const dtype = re.dtype === "DT_DOUBLE" ? "DT_COMPLEX128" : "DT_COMPLEX64";
  const data = allocate(dtype, re.shape) as Floats;
  const [a, b] = [re.data as Floats, im.data as Floats];
  for (let i = 0; i < a.length; i++) {
    data[2 * i] = a[i]!;
    data[2 * i + 1] = b[i]!;
  }
  return { dtype, shape: re.shape, data };
}

/** A kernel that moves or adds numbers: complex ones go through it as real and imaginary parts. For one output. */
function byParts(factory: KernelFactory): KernelFactory {
  return (node) => {
    const kernel = factory(node) as PlainKernel;
    return (inputs, run) => {
      if (!inputs.some(isComplex)) return kernel(inputs, run);
      const [re, im] = ([0, 1] as const).map((which) =>
        kernel(
          inputs.map((input) => part(input, which)),
          run,
        ),
      ) as [Value, Value];
      return joined(re, im);
    };
  };
}

const BY_PARTS = new Set(
  "BatchMatrixBandPart BiasAdd BiasAddV1 Cumsum MatrixBandPart MatrixDiag MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3 MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3 OneHot SegmentSum SelectV2 SparseToDense UnsortedSegmentSum".split(
    " ",
  ),
);

/** Ops that know complex numbers themselves, or do not look at elements at all. */
const COMPLEX_READY = new Set(
  "Add AddN AddV2 Angle Assert Assign AssignAddVariableOp AssignSubVariableOp AssignVariableOp BatchMatMul BatchMatMulV2 BatchMatMulV3 Bitcast BroadcastTo Cast Complex ComplexAbs Concat ConcatV2 Conj Const Cos Cosh DeepCopy Div DynamicPartition DynamicStitch Enter EnsureShape Equal Exit Exp ExpandDims Fill Gather GatherNd GatherV2 Identity IdentityN Imag Inv LogicalAnd Log LoopCond MatMul Mean Merge MirrorPad Mul Neg NextIteration NotEqual OnesLike Pack Pad PadV2 ParallelDynamicStitch Placeholder PlaceholderV2 PlaceholderWithDefault Pow PreventGradient Prod Rank ReadVariableOp Real RealDiv Reciprocal Reshape ResourceGather ReverseV2 Roll Rsqrt ScatterNd Select Shape ShapeN Sigmoid Sin Sinh Size Slice Snapshot Split SplitV Sqrt Square SquaredDifference Squeeze StopGradient StridedSlice Sub Sum Switch Tanh TensorScatterAdd TensorScatterSub TensorScatterUpdate Tile Transpose Unpack VarHandleOp VariableV2 ZerosLike".split(
    " ",
  ),
);

/** Kernels for complex numbers too: an op that would mistake their halves for elements refuses them by name. */
export function withComplex(table: KernelTable): KernelTable {
  const made: Record<string, KernelFactory> = {};
  for (const [op, factory] of Object.entries(table)) {
    if (BY_PARTS.has(op)) made[op] = byParts(factory);
    else if (op === "Where") made[op] = nonZero(factory);
    else if (op === "ConjugateTranspose") made[op] = conjugated(factory);
    else if (op === "Einsum") made[op] = einsum(factory);
    else if (COMPLEX_READY.has(op)) made[op] = factory;
    else {
      made[op] = (node) => {
        if (node.attrs.has("T") && arithmeticOf(node.attrs.dtype("T")) === "complex" && !GENERIC.test(op))
          throw unimplemented(`${op} of ${dtypeName(node.attrs.dtype("T"))} is not supported`, [op]);
        return factory(node);
      };
    }
  }
  return made;
}

/** Families whose values may be of any dtype. */
const GENERIC =
  /^(TensorList|TensorArray|Ref|_|Restore|Save|Lookup|Stateful|Stateless|Partitioned|If|While|Case|Ragged|Sparse(Reshape|Reorder|Concat|Slice|Split|FillEmptyRows))/;

const nonZero =
  (factory: KernelFactory): KernelFactory =>
  (node) => {
    const kernel = factory(node) as PlainKernel;
    return (inputs, run) =>
      kernel(
        inputs.map((input) => (isComplex(input) ? cast(input, "DT_BOOL") : input)),
        run,
      );
  };

const conjugated =
  (factory: KernelFactory): KernelFactory =>
  (node) => {
    const kernel = factory(node) as PlainKernel;
    return (inputs, run) => {
      const made = kernel(inputs, run) as Value;
      return isComplex(made) ? complexUnary("Conj", made) : made;
    };
  };

/** One operand is only moved and summed; products of two go to the matrix product, which knows complex numbers. */
const einsum =
  (factory: KernelFactory): KernelFactory =>
  (node) => {
    const whole = factory(node);
    const parts = byParts(factory)(node);
    return (inputs, run) => (inputs.length === 1 ? parts(inputs, run) : whole(inputs, run));
  };
