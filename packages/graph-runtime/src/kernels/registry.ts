import type { KernelFactory, KernelTable } from "../kernel.ts";
import { audioKernels } from "./audio.ts";
import { bandedKernels } from "./banded.ts";
import { basicKernels } from "./basic.ts";
import { binaryKernels } from "./binary.ts";
import { castKernels } from "./cast.ts";
import { complexKernels } from "./complex.ts";
import { withComplex } from "./complex-parts.ts";
import { controlFlowKernels } from "./control-flow.ts";
import { convKernels } from "./conv.ts";
import { conv3dKernels } from "./conv3d.ts";
import { countKernels } from "./counts.ts";
import { decompositionKernels } from "./decompositions.ts";
import { detectionKernels } from "./detection.ts";
import { featureCrossKernels } from "./feature-cross.ts";
import { fillKernels } from "./fill.ts";
import { fourierKernels } from "./fourier.ts";
import { gatherKernels } from "./gather.ts";
import { gradientKernels } from "./gradients.ts";
import { imageKernels } from "./image.ts";
import { imageColourKernels } from "./image-colour.ts";
import { imageEditKernels } from "./image-edit.ts";
import { imageResizeKernels } from "./image-resize.ts";
import { joinSplitKernels } from "./join-split.ts";
import { matMulKernels } from "./matmul.ts";
import { matrixKernels } from "./matrix.ts";
import { matrixDiagonalKernels } from "./matrix-diagonal.ts";
import { nnKernels } from "./nn.ts";
import { parseExampleKernels } from "./parse-example.ts";
import { partitionKernels } from "./partition.ts";
import { quantisedKernels } from "./quantised.ts";
import { raggedKernels } from "./ragged.ts";
import { raggedVariantKernels } from "./ragged-variant.ts";
import { randomKernels } from "./random.ts";
import { rankKernels } from "./rank.ts";
import { rearrangeKernels } from "./rearrange.ts";
import { reduceKernels } from "./reduce.ts";
import { restoreKernels } from "./restore.ts";
import { scaleAndTranslateKernels } from "./scale-and-translate.ts";
import { scatterKernels } from "./scatter.ts";
import { segmentKernels } from "./segment.ts";
import { selectKernels } from "./select.ts";
import { sequenceExampleKernels } from "./sequence-example.ts";
import { sequenceLossKernels } from "./sequence-losses.ts";
import { setKernels } from "./sets.ts";
import { shapeKernels } from "./shape.ts";
import { sliceKernels } from "./slice.ts";
import { sparseKernels } from "./sparse.ts";
import { sparseArithmeticKernels } from "./sparse-arithmetic.ts";
import { sparseSerializeKernels } from "./sparse-serialize.ts";
import { specialFunctionKernels } from "./special-functions.ts";
import { statelessRandomKernels } from "./stateless-random.ts";
import { stringNumberKernels } from "./string-numbers.ts";
import { stringSplitKernels } from "./string-split.ts";
import { stringKernels } from "./strings.ts";
import { tableFileKernels } from "./table-file.ts";
import { tableKernels } from "./tables.ts";
import { tensorArrayKernels } from "./tensor-array.ts";
import { tensorListKernels } from "./tensor-list.ts";
import { textFeatureKernels } from "./text-features.ts";
import { unaryKernels } from "./unary.ts";
import { unicodeKernels } from "./unicode.ts";
import { variableKernels } from "./variables.ts";

const FAMILIES: readonly KernelTable[] = [
  basicKernels,
  unaryKernels,
  binaryKernels,
  castKernels,
  complexKernels,
  selectKernels,
  shapeKernels,
  rearrangeKernels,
  fillKernels,
  sliceKernels,
  joinSplitKernels,
  gatherKernels,
  scatterKernels,
  reduceKernels,
  segmentKernels,
  rankKernels,
  matMulKernels,
  convKernels,
  conv3dKernels,
  nnKernels,
  variableKernels,
  restoreKernels,
  controlFlowKernels,
  imageKernels,
  imageColourKernels,
  imageResizeKernels,
  scaleAndTranslateKernels,
  parseExampleKernels,
  partitionKernels,
  matrixDiagonalKernels,
  randomKernels,
  sparseKernels,
  raggedKernels,
  stringKernels,
  unicodeKernels,
  stringSplitKernels,
  stringNumberKernels,
  tableKernels,
  tableFileKernels,
  tensorListKernels,
  tensorArrayKernels,
  matrixKernels,
  detectionKernels,
  countKernels,
  featureCrossKernels,
  textFeatureKernels,
  sparseArithmeticKernels,
  sparseSerializeKernels,
  setKernels,
  raggedVariantKernels,
  fourierKernels,
  audioKernels,
  decompositionKernels,
  bandedKernels,
  imageEditKernels,
  statelessRandomKernels,
  sequenceLossKernels,
  gradientKernels,
  quantisedKernels,
  specialFunctionKernels,
  sequenceExampleKernels,
];

let kernels: Map<string, KernelFactory> | undefined;

function all(): Map<string, KernelFactory> {
  kernels ??= new Map(FAMILIES.flatMap((family) => Object.entries(withComplex(family))));
  return kernels;
}

/** Factory of an op's kernel, undefined for an op that this runtime does not run. */
export function kernelOf(op: string): KernelFactory | undefined {
  return all().get(op);
}
