import { dtypeName } from "../../check-node.ts";
import {
  atLeastRank,
  atMostRank,
  dimOf,
  merge,
  mergeDims,
  refuse,
  SCALAR,
  type Shape,
  withRank,
} from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions, type VariableType } from "../shape-context.ts";

/** The variable behind the first input, which must be of the node's `dtype`. @throws ShapeMismatch */
function variableOf(c: ShapeContext): VariableType | undefined {
  const variable = c.handles[0];
  const wanted = c.type("dtype");
  if (variable !== undefined && wanted !== undefined && variable.dtype !== wanted)
    refuse(`it takes the variable as ${dtypeName(wanted)}, which is ${dtypeName(variable.dtype)}`);
  return variable;
}

function assignVariable(c: ShapeContext): readonly Shape[] {
  const variable = variableOf(c);
  if (variable !== undefined) merge(variable.shape, c.input(1));
  return [];
}

/** Assignments to the variables of TF1, which are tensors themselves. */
const assign = (c: ShapeContext): readonly Shape[] => [
  c.bool("validate_shape", true) ? merge(c.input(0), c.input(1)) : c.input(1),
];

/** Variables, tables and files. */
export const stateful: ShapeFunctions = {
  ReadVariableOp: (c) => [variableOf(c)?.shape ?? null],
  ...forOps("AssignVariableOp AssignAddVariableOp AssignSubVariableOp", assignVariable),
  Assign: assign,
  ...forOps("AssignAdd AssignSub", (c) => [merge(c.input(0), c.input(1))]),
  LookupTableFindV2: (c) => {
    withRank(c.input(0), 0, "the table");
    atMostRank(c.input(2), 1, "the default");
    return undefined;
  },
  LookupTableImportV2: (c) => {
    withRank(c.input(0), 0, "the table");
    const keys = withRank(c.input(1), 1, "the keys");
    mergeDims(dimOf(keys, 0), dimOf(atLeastRank(c.input(2), 1, "the values"), 0));
    return [];
  },
  InitializeTableV2: (c) => {
    withRank(c.input(0), 0, "the table");
    merge(withRank(c.input(1), 1, "the keys"), c.input(2));
    return [];
  },
  InitializeTableFromTextFileV2: (c) => {
    withRank(c.input(0), 0, "the table");
    withRank(c.input(1), 0, "the file name");
    return [];
  },
  RestoreV2: (c) => {
    withRank(c.input(0), 0, "the prefix");
    merge(withRank(c.input(1), 1, "the names"), withRank(c.input(2), 1, "the slices"));
    return undefined;
  },
  ShardedFilename: (c) => {
    for (const [at, what] of ["the name", "the shard", "the count of shards"].entries())
      withRank(c.input(at), 0, what);
    return [SCALAR];
  },
  MergeV2Checkpoints: (c) => {
    withRank(c.input(0), 1, "the prefixes");
    withRank(c.input(1), 0, "the prefix to write");
    return [];
  },
  SaveV2: (c) => {
    withRank(c.input(0), 0, "the prefix");
    const names = merge(withRank(c.input(1), 1, "the names"), withRank(c.input(2), 1, "the slices"));
    merge(names, [c.inputs.length - 3]);
    return [];
  },
};
