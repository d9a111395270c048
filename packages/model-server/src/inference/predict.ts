import { decodeTensorProto, type Tensor, TensorError } from "@servable/tensors";
import { invalidArgument, StatusError } from "../status.ts";
import type { SignatureDef } from "../wire/signatures.ts";
import { dataTypeString } from "./dtypes.ts";
import type { Deadline, ServableModel } from "./servable-model.ts";

export const DEFAULT_SIGNATURE = "serving_default";

export const METHODS = {
  predict: "tensorflow/serving/predict",
  classify: "tensorflow/serving/classify",
  regress: "tensorflow/serving/regress",
} as const;

/** An input of a request: a serialized TensorProto, a tensor, or null for one that makes no tensor. */
export type RequestInput = Uint8Array | Tensor | null;

export interface Prediction {
  /** In byte order of the aliases. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly synthetic: boolean;
}

export interface InferenceOptions {
  /** `--enable_signature_method_name_check` */
  readonly checkMethodNames: boolean;
  readonly deadline: Deadline;
}

const list = (names: Iterable<string>): string => [...names].join(",");

/** Names in byte order. */
function byName(names: Iterable<string>): string[] {
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Predict on a loaded version (`servables/tensorflow/predict_util.cc`). @throws StatusError in the server's words */
export async function predict(
  model: ServableModel,
  signatureName: string,
  inputs: ReadonlyMap<string, RequestInput>,
  outputFilter: readonly string[],
  options: InferenceOptions,
): Promise<Prediction> {
  const signature = model.signatures.get(signatureName);
  if (signature === undefined) {
    throw new StatusError("FAILED_PRECONDITION", `Serving signature key "${signatureName}" not found.`);
  }
  if (options.checkMethodNames) {
    const methods: readonly string[] = Object.values(METHODS);
    if (!methods.includes(signature.method)) {
      throw new StatusError(
        "INTERNAL",
        `Expected prediction signature method_name to be one of {${methods.join(", ")}}. Was: ${signature.method}`,
      );
    }
  }
  checkInputCount(signature, inputs);
  const feeds = feedsOf(signature, inputs);
  const aliases = outputAliases(signature, outputFilter);
  const fetches = aliases.map((alias) => signature.outputs.get(alias)?.name ?? "");
  const { outputs, synthetic } = await model.run(feeds, fetches, options.deadline, signature);
  const byAlias = new Map<string, Tensor>();
  aliases.forEach((alias, index) => {
    const tensor = outputs.get(fetches[index] ?? "");
    if (tensor === undefined) throw new StatusError("UNKNOWN", "Predict internal error");
    byAlias.set(alias, tensor);
  });
  return { outputs: byAlias, synthetic };
}

function checkInputCount(signature: SignatureDef, inputs: ReadonlyMap<string, RequestInput>): void {
  const wanted = signature.inputs;
  const tooMany = inputs.size > wanted.size;
  const tooFew = inputs.size < wanted.size && signature.defaults.size === 0;
  if (!tooMany && !tooFew) return;
  const sent = byName(inputs.keys());
  const names = byName(wanted.keys());
  const extra = sent.filter((name) => !wanted.has(name));
  const missing = names.filter((name) => !inputs.has(name) && !signature.defaults.has(name));
  throw invalidArgument(
    `input size does not match signature: ${inputs.size}!=${wanted.size} len({${list(sent)}}) != len({${list(names)}}). Sent extra: {${list(extra)}}. Missing but required: {${list(missing)}}.`,
  );
}

function feedsOf(signature: SignatureDef, inputs: ReadonlyMap<string, RequestInput>): Map<string, Tensor> {
  const feeds = new Map<string, Tensor>();
  const used: string[] = [];
  for (const [alias, info] of signature.inputs) {
    const given = inputs.get(alias);
    if (given !== undefined) {
      feeds.set(info.name, tensorOf(alias, given, info.dtype, feeds.size));
      used.push(alias);
      continue;
    }
    const standard = signature.defaults.get(alias);
    if (standard === undefined) {
      throw invalidArgument(
        `Signature input alias: ${alias}(feed name: ${info.name}) not found in request and no default value provided. Inputs expected to be in the request {${list(byName(inputs.keys()))}}, or default input alias set: ${list(byName(signature.defaults.keys()))}`,
      );
    }
    feeds.set(info.name, tensorOf(alias, standard, info.dtype, feeds.size));
  }
  if (used.length !== inputs.size) {
    throw invalidArgument(
      `Inputs contains invalid name. Used request inputs: ${list(used)}, request input: ${list(byName(inputs.keys()))}`,
    );
  }
  return feeds;
}

function tensorOf(alias: string, given: RequestInput, dtype: number, index: number): Tensor {
  if (given === null) throw invalidArgument(`tensor parsing error: ${alias}`);
  if (!(given instanceof Uint8Array)) return given;
  try {
    return decodeTensorProto(given);
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
    if (error.code === "too-large") throw new StatusError("RESOURCE_EXHAUSTED", error.message);
    if (error.code === "unsupported-dtype") throw unfeedable(error, dtype, index);
    throw invalidArgument(`tensor parsing error: ${alias}`);
  }
}

/** Resources and variants are tensors to the server, but none that a graph here takes. */
function unfeedable(error: TensorError, dtype: number, index: number): StatusError {
  if (error.message.startsWith("variant")) {
    return invalidArgument(`Expects arg[${index}] to be ${dataTypeString(dtype)} but variant is provided`);
  }
  return invalidArgument(
    "Invalid resource type hash code: 0(name:  type: ). Perhaps a resource tensor was being provided as a feed? That is not currently allowed. Please file an issue at https://github.com/tensorflow/tensorflow/issues/new, ideally with a short code snippet that leads to this error message.",
  );
}

function outputAliases(signature: SignatureDef, filter: readonly string[]): string[] {
  if (filter.length === 0) return [...signature.outputs.keys()];
  const seen = new Set<string>();
  for (const alias of filter) {
    if (!signature.outputs.has(alias)) {
      throw invalidArgument(
        `output tensor alias not found in signature: ${alias} Outputs expected to be in the set {${list(signature.outputs.keys())}}.`,
      );
    }
    if (seen.has(alias)) throw invalidArgument(`duplicate output tensor alias: ${alias}`);
    seen.add(alias);
  }
  return byName(seen);
}
