import type { TensorInfo } from "../saved-model/signature.ts";

/**
 * Why no request can feed an input, or fetch an output, as the end of a sentence; undefined where one can. The server does
 * both by TensorInfo.name, which sparse and composite (ragged) tensors lack: "Tensor :0, specified in either feed_devices or
 * fetch_devices was not found in the Graph" (predict_util.cc, recorded).
 */
export function unreachable(what: "input" | "output", alias: string, info: TensorInfo): string | undefined {
  if (info.kind === "tensor") return undefined;
  const kind = info.kind === "composite" ? `a composite tensor (${info.typeSpecClass})` : "a sparse tensor";
  const done = what === "input" ? "fed" : "fetched";
  return `its ${what} ${JSON.stringify(alias)} is ${kind}, which has no name by which it could be ${done}`;
}
