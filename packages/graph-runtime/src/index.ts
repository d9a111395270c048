export type {
  GraphModel,
  LoadGraphOptions,
  RunOptions,
  SignatureInfo,
  SignatureTensor,
  UnsupportedOp,
} from "./api.ts";
export { GraphError, type StatusCode } from "./graph-error.ts";
export { loadGraphModel } from "./load-graph-model.ts";
