import { type DType, shapeMatches, showShape, type Tensor, TensorError } from "@servable/tensors";
import { explainError } from "../explain-error.ts";
import { stateChangingOp } from "../graph-ops.ts";
import { encodeExample } from "../grpc/encode-messages.ts";
import { learnExample } from "../learn-example.ts";
import { cannotMake, isOpen, makeInputs, type Sizes, sizesToTry, textKind } from "../made-up-inputs.ts";
import type { ModelSpec, Signature } from "../messages.ts";
import { restCarries } from "../rest/rest-tensors.ts";
import type { ServingError } from "../serving-error.ts";
import { type Attempt, attempt, type SmokeContext, type Transport } from "../smoke-context.ts";
import type { SmokeModel } from "../smoke-options.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";
import type { Finding } from "./finding.ts";

export type Inputs = Readonly<Record<string, Tensor>>;
export type Outputs = ReadonlyMap<string, Tensor>;

/** dtypes of a signature's outputs, for REST answers. */
export function outputDTypes(signature: Signature): Record<string, DType> {
  return Object.fromEntries(
    Object.entries(signature.outputs).map(([alias, output]) => [alias, output.dtype]),
  );
}

/** Sends Predict by either transport. */
export function send(
  context: SmokeContext,
  transport: Transport,
  model: ModelSpec,
  signature: Signature,
  inputs: Inputs,
  format: "row" | "column" = "column",
): Promise<Attempt<{ readonly outputs: Outputs }>> {
  if (transport === "grpc") return attempt(context.grpc!.predict({ model, inputs }, context.callOptions));
  return attempt(
    context.rest!.predict({ model, inputs, outputs: outputDTypes(signature), format }, context.callOptions),
  );
}

/** Why REST can't be used for a signature, or undefined. */
export function restCannot(signature: Signature): string | undefined {
  if (Object.keys(signature.inputs).length === 0) return "REST can't call a signature without inputs";
  for (const [kind, tensors] of [
    ["input", signature.inputs],
    ["output", signature.outputs],
  ] as const) {
    for (const [alias, tensor] of Object.entries(tensors)) {
      if (!restCarries(tensor.dtype)) return `${kind} ${alias} is ${tensor.dtype}, which REST can't carry`;
    }
  }
  return undefined;
}

/** What is wrong with an answer in the light of the signature, one line each. */
export function outputFaults(signature: Signature, outputs: Outputs, checkDTypes = true): string[] {
  const faults: string[] = [];
  for (const [alias, declared] of Object.entries(signature.outputs)) {
    const got = outputs.get(alias);
    if (declared.encoding !== "dense") continue;
    if (got === undefined) faults.push(`output ${alias} is missing`);
    else {
      if (checkDTypes && got.dtype !== declared.dtype)
        faults.push(`output ${alias} is ${got.dtype}, declared ${declared.dtype}`);
      // JSON loses the sizes behind a dimension of 0
      if (!got.shape.includes(0) && !shapeMatches(got.shape, declared.shape)) {
        faults.push(
          `output ${alias} has shape ${showShape(got.shape)}, declared ${showShape(declared.shape)}`,
        );
      }
    }
  }
  for (const alias of outputs.keys())
    if (signature.outputs[alias] === undefined) faults.push(`output ${alias} is not in the signature`);
  return faults;
}

/** Key of a kept exchange. */
export function exchangeKey(
  model: SmokeModel,
  version: bigint,
  signature: string,
  transport: Transport,
): string {
  return JSON.stringify([model.name, String(version), signature, transport]);
}

const shapes = (tensors: Iterable<readonly [string, Tensor]>): string =>
  [...tensors].map(([alias, tensor]) => `${alias} ${tensor.dtype} [${tensor.shape.join(",")}]`).join(", ");

/** Codes by which a server refuses an input for what it is, not for the server's own state. */
const REFUSALS = new Set(["INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE", "UNKNOWN"]);

type Tried =
  | {
      readonly ok: true;
      readonly inputs: Inputs;
      readonly outputs: Outputs;
      readonly sizes?: Sizes;
      readonly first?: ServingError;
    }
  | { readonly ok: false; readonly error: ServingError; readonly tries: number };

async function tryInputs(
  context: SmokeContext,
  transport: Transport,
  spec: ModelSpec,
  signature: Signature,
  ops: ReadonlySet<string> | undefined,
  image: Uint8Array | undefined,
): Promise<Tried> {
  let first: ServingError | undefined;
  let tries = 0;
  for (const sizes of sizesToTry(signature, context.options.batch ?? 2)) {
    const inputs = makeInputs(signature, sizes, ops, image);
    const result = await send(context, transport, spec, signature, inputs);
    tries++;
    if (result.ok) {
      return {
        ok: true,
        inputs,
        outputs: result.value.outputs,
        sizes,
        ...(first === undefined ? {} : { first }),
      };
    }
    first ??= result.error;
    if (result.error.trouble !== undefined || !REFUSALS.has(result.error.code)) {
      return { ok: false, error: result.error, tries };
    }
  }
  return { ok: false, error: first!, tries };
}

/** Serialized Examples that the graph itself says it wants. */
async function tryExamples(
  context: SmokeContext,
  transport: Transport,
  spec: ModelSpec,
  signature: Signature,
  alias: string,
): Promise<Tried> {
  let inputs: Inputs = {};
  const { result } = await learnExample((example) => {
    inputs = { [alias]: { dtype: "DT_STRING", shape: [1], data: [encodeExample(example)] } };
    return send(context, transport, spec, signature, inputs);
  });
  if (result.ok) return { ok: true, inputs, outputs: result.value.outputs };
  return { ok: false, error: result.error, tries: 1 };
}

async function examine(
  context: SmokeContext,
  transport: Transport,
  model: SmokeModel,
  version: bigint,
  name: string,
  signature: Signature,
): Promise<Pick<Finding, "outcome" | "message" | "help">> {
  const ops = context.disk(model)?.version(version)?.ops(name);
  const aliases = Object.keys(signature.inputs);
  const impossible = cannotMake(signature) ?? (transport === "rest" ? restCannot(signature) : undefined);
  if (impossible !== undefined) return { outcome: "skip", message: impossible };
  if (context.options.stateful !== true) {
    const op = ops === undefined ? undefined : stateChangingOp(ops);
    if (op !== undefined) {
      return {
        outcome: "skip",
        message: `it runs ${op}, so a request would change the model's state; ask for stateful requests to send it`,
      };
    }
    if (ops === undefined && aliases.length === 0) {
      return {
        outcome: "skip",
        message:
          "it has no inputs, and without the model's folder it can't be told whether it changes the model's state",
      };
    }
  }
  const spec: ModelSpec = { name: model.name, version, signature: name };
  const image = Object.values(model.images ?? {})[0];
  const kept = context.exchanges.get(exchangeKey(model, version, name, "grpc"));
  let tried: Tried;
  try {
    const [alias] = aliases;
    const examples =
      aliases.length === 1 &&
      signature.inputs[alias!]!.dtype === "DT_STRING" &&
      textKind(alias!, signature, ops) === "examples";
    if (kept !== undefined) {
      const result = await send(context, transport, spec, signature, kept.inputs);
      tried = result.ok
        ? { ok: true, inputs: kept.inputs, outputs: result.value.outputs }
        : { ok: false, error: result.error, tries: 1 };
    } else if (examples) tried = await tryExamples(context, transport, spec, signature, alias!);
    else tried = await tryInputs(context, transport, spec, signature, ops, image);
  } catch (error) {
    if (error instanceof TensorError && error.code === "too-large") {
      return { outcome: "skip", message: `${error.message}; give a golden to check it` };
    }
    if (error instanceof TensorError) {
      return {
        outcome: "fail",
        message: `the answer does not fit the signature: ${error.message}`,
        help: "the server's metadata and its answer disagree; something between client and server may have changed the answer",
      };
    }
    throw error;
  }
  if (!tried.ok) return refused(signature, tried, kept !== undefined, ops);
  context.exchanges.set(exchangeKey(model, version, name, transport), {
    inputs: tried.inputs,
    outputs: tried.outputs,
  });
  const faults = outputFaults(signature, tried.outputs, transport === "grpc");
  if (faults.length > 0) {
    return {
      outcome: "fail",
      message: `the answer is not what the signature declares: ${faults.join("; ")}`,
      help: "clients that trust the metadata will break: export the model with the outputs' true dtypes and shapes",
    };
  }
  const note =
    tried.first !== undefined &&
    tried.sizes?.batch === 1 &&
    (context.options.batch ?? 2) !== 1 &&
    tried.sizes.open === 1
      ? `; note: a batch of ${context.options.batch ?? 2} was refused (${tried.first.message.split("\n")[0]}), so batching on the server can't be used`
      : "";
  return {
    outcome: "pass",
    message: `${shapes(Object.entries(tried.inputs)) || "no inputs"} → ${shapes(tried.outputs)}${note}`,
  };
}

function refused(
  signature: Signature,
  tried: Tried & { readonly ok: false },
  accepted: boolean,
  ops: ReadonlySet<string> | undefined,
): Pick<Finding, "outcome" | "message" | "help"> {
  const { error } = tried;
  const line = error.message.replaceAll(/\s*\n\s*/g, " ");
  if (!accepted && error.trouble === undefined && REFUSALS.has(error.code) && isOpen(signature, ops)) {
    return {
      outcome: "skip",
      message: `the signature does not say what inputs it takes (open sizes or text), and those made up were refused: ${line}; give a golden to check it`,
    };
  }
  if (/assertion failed/i.test(error.details)) {
    return {
      outcome: "skip",
      message: `the graph asserts on values, and refused those made up: ${line}; give a golden to check it`,
    };
  }
  const wants = /Expects arg\[\d+\] to be (\w+) but \w+ is provided/.exec(error.details);
  if (wants !== null && !accepted) {
    if (wants[1] === "string" && /\/(classify|regress)$/.test(signature.method)) {
      return {
        outcome: "skip",
        message: `the graph takes serialized Examples here, whatever the signature declares (see examples/answers): ${line}`,
      };
    }
    return {
      outcome: "fail",
      message: line,
      help: "the signature declares another dtype than the graph takes, so clients that trust the metadata will fail: export the model with the right signature",
    };
  }
  return { outcome: "fail", message: line, help: explainError(error).help };
}

export const check: SmokeCheck = {
  id: "predict/signatures",
  title: "every signature answers",
  proves:
    "each signature takes inputs of its declared dtypes and shapes and gives outputs of the declared ones, by gRPC and by REST",
  async *run(context) {
    for (const model of context.options.models) {
      for (const version of await context.availableVersions(model)) {
        const signatures = await context.signatures(model, version);
        const names = Object.keys(signatures).sort();
        if (names.length === 0) {
          yield {
            model: model.name,
            version: jsonVersion(version),
            outcome: "skip",
            message: "no signatures are known",
          };
        }
        for (const name of names) {
          for (const transport of context.transports) {
            yield {
              model: model.name,
              version: jsonVersion(version),
              signature: name,
              transport,
              ...(await examine(context, transport, model, version, name, signatures[name]!)),
            };
          }
        }
      }
    }
  },
};
