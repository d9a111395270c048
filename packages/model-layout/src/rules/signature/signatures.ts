import type { Signature, TensorInfo } from "../../saved-model/signature.ts";
import type { VersionContext } from "../version-context.ts";

/** Signatures of the served meta graph that clients can call (pseudo-signatures left out). */
export function callable(context: VersionContext): (readonly [string, Signature])[] {
  if (context.servesTflite) return [];
  return [...(context.meta?.signatures ?? [])].filter(([name]) => !name.startsWith("__saved_model_"));
}

/** File that the signatures are written in. */
export function signatureFile(context: VersionContext): string {
  return context.savedModel.ok ? context.savedModel.value.file : context.file("saved_model.pb");
}

/** Names of all tensors behind an input or output. */
export function* tensorNames(info: TensorInfo): Generator<string> {
  if (info.kind === "tensor") yield info.tensor;
  else if (info.kind === "sparse") yield* [info.values, info.indices, info.denseShape];
  else for (const component of info.components) yield* tensorNames(component);
}

export const PREDICT = "tensorflow/serving/predict";
export const CLASSIFY = "tensorflow/serving/classify";
export const REGRESS = "tensorflow/serving/regress";
