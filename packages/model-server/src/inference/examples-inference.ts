import type { Tensor } from "@servable/tensors";
import { invalidArgument, StatusError } from "../status.ts";
import type { InputExamples, MultiInferenceRequest } from "../wire/requests.ts";
import type { ScoredClass } from "../wire/responses.ts";
import type { SignatureDef } from "../wire/signatures.ts";
import { DEFAULT_SIGNATURE, type InferenceOptions, METHODS } from "./predict.ts";
import type { ServableModel } from "./servable-model.ts";

/** What Classify or Regress feeds and fetches, by tensor name. */
interface ExamplesPlan {
  readonly input: string;
  readonly fetches: readonly string[];
}

const shapeText = (tensor: Tensor): string => `[${tensor.shape.join(",")}]`;

function namedSignature(model: ServableModel, name: string): SignatureDef {
  const signature = model.signatures.get(name);
  if (signature === undefined) throw invalidArgument(`No signature was found with the name: ${name}`);
  return signature;
}

/** The signature as the server's messages show it; brings protobufjs, which hardly any request needs. */
async function textOf({ bytes }: SignatureDef): Promise<string> {
  const { signatureDebugString } = await import("../proto/signature-text.ts");
  return signatureDebugString(bytes);
}

async function classifyPlan(signature: SignatureDef, checkMethod: boolean): Promise<ExamplesPlan> {
  if (checkMethod && signature.method !== METHODS.classify) {
    throw invalidArgument(
      `Expected classification signature method_name to be ${METHODS.classify}. Was: ${signature.method}`,
    );
  }
  if (signature.inputs.size !== 1) throw invalidArgument("Expected one input Tensor.");
  if (signature.outputs.size !== 1 && signature.outputs.size !== 2) {
    throw invalidArgument(`Expected one or two output Tensors, found ${signature.outputs.size}`);
  }
  const input = signature.inputs.get("inputs");
  if (input === undefined) {
    throw invalidArgument(`No classification inputs found in SignatureDef: ${await textOf(signature)}`);
  }
  const fetches = ["classes", "scores"].flatMap((alias) => signature.outputs.get(alias)?.name ?? []);
  if (fetches.length === 0) {
    throw invalidArgument(
      `Expected classification signature outputs to contain at least one of "classes" or "scores". Signature was: ${await textOf(signature)}`,
    );
  }
  return { input: input.name, fetches };
}

async function regressPlan(signature: SignatureDef, checkMethod: boolean): Promise<ExamplesPlan> {
  if (checkMethod && signature.method !== METHODS.regress) {
    throw invalidArgument(
      `Expected regression signature method_name to be ${METHODS.regress}. Was: ${signature.method}`,
    );
  }
  if (signature.inputs.size !== 1) throw invalidArgument("Expected one input Tensor.");
  if (signature.outputs.size !== 1) throw invalidArgument("Expected one output Tensor.");
  const input = signature.inputs.get("inputs");
  if (input === undefined) {
    throw invalidArgument(`No regression inputs found in SignatureDef: ${await textOf(signature)}`);
  }
  const output = signature.outputs.get("outputs");
  if (output === undefined) {
    throw invalidArgument(`No regression outputs found in SignatureDef: ${await textOf(signature)}`);
  }
  return { input: input.name, fetches: [output.name] };
}

function examplesTensor(examples: InputExamples): Tensor {
  if (examples.length === 0) throw invalidArgument("Input is empty.");
  return { dtype: "DT_STRING", shape: [examples.length], data: examples };
}

function classificationsOf(
  signature: SignatureDef,
  outputs: ReadonlyMap<string, Tensor>,
  examples: number,
): ScoredClass[][] {
  const tensor = (alias: string): Tensor | undefined => {
    const info = signature.outputs.get(alias);
    return info === undefined ? undefined : outputs.get(info.name);
  };
  const classes = tensor("classes");
  const scores = tensor("scores");
  if (classes !== undefined) checkMatrix(classes, "classes", "DT_STRING", examples);
  if (scores !== undefined) checkMatrix(scores, "scores", "DT_FLOAT", examples);
  const width = (scores ?? classes)?.shape[1] ?? 0;
  if (classes !== undefined && scores !== undefined && classes.shape[1] !== scores.shape[1]) {
    throw invalidArgument(
      `Tensors class and score should match in dim_size(1). Got ${classes.shape[1]} vs. ${scores.shape[1]}`,
    );
  }
  const none = new Uint8Array(0);
  return Array.from({ length: examples }, (_, row) =>
    Array.from({ length: width }, (__, column) => {
      const label = classes?.data[row * width + column];
      return {
        label: label instanceof Uint8Array ? label : none,
        score: Number(scores?.data[row * width + column] ?? 0),
      };
    }),
  );
}

function checkMatrix(
  tensor: Tensor,
  what: "classes" | "scores",
  dtype: Tensor["dtype"],
  examples: number,
): void {
  if (tensor.shape.length !== 2) {
    throw invalidArgument(`Expected Tensor shape: [batch_size num_classes] but got ${shapeText(tensor)}`);
  }
  if (tensor.dtype !== dtype)
    throw invalidArgument(`Expected ${what} Tensor of ${dtype}. Got: ${tensor.dtype}`);
  if (tensor.shape[0] !== examples) {
    throw invalidArgument(`Expected ${what} output batch size of ${examples}. Got: ${tensor.shape[0]}`);
  }
}

function regressionsOf(
  signature: SignatureDef,
  outputs: ReadonlyMap<string, Tensor>,
  examples: number,
): number[] {
  const tensor = outputs.get(signature.outputs.get("outputs")?.name ?? "");
  if (tensor === undefined) throw new StatusError("UNKNOWN", "Regress internal error");
  const { shape } = tensor;
  if (!(shape.length === 1 || (shape.length === 2 && shape[1] === 1))) {
    throw invalidArgument(
      `Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got ${shapeText(tensor)}`,
    );
  }
  if (shape[0] !== examples) {
    throw invalidArgument(`Input batch size did not match output batch size: ${examples} vs. ${shape[0]}`);
  }
  if (tensor.dtype !== "DT_FLOAT") {
    throw invalidArgument(`Expected output Tensor of DT_FLOAT.  Got: ${tensor.dtype}`);
  }
  return Array.from(tensor.data as Float32Array);
}

export interface Classification {
  readonly results: readonly (readonly ScoredClass[])[];
  readonly synthetic: boolean;
}

export interface Regression {
  readonly values: readonly number[];
  readonly synthetic: boolean;
}

/** @throws StatusError in the server's words */
export async function classify(
  model: ServableModel,
  signatureName: string,
  examples: InputExamples,
  options: InferenceOptions,
): Promise<Classification> {
  const signature = namedSignature(model, signatureName);
  const plan = await classifyPlan(signature, options.checkMethodNames);
  const feeds = new Map([[plan.input, examplesTensor(examples)]]);
  const { outputs, synthetic } = await model.run(feeds, plan.fetches, options.deadline, signature);
  return { results: classificationsOf(signature, outputs, examples.length), synthetic };
}

/** @throws StatusError in the server's words */
export async function regress(
  model: ServableModel,
  signatureName: string,
  examples: InputExamples,
  options: InferenceOptions,
): Promise<Regression> {
  const signature = namedSignature(model, signatureName);
  const plan = await regressPlan(signature, options.checkMethodNames);
  const feeds = new Map([[plan.input, examplesTensor(examples)]]);
  const { outputs, synthetic } = await model.run(feeds, plan.fetches, options.deadline, signature);
  return { values: regressionsOf(signature, outputs, examples.length), synthetic };
}

/** Name and signature that a task's answer reports, with its result. */
export type TaskAnswer =
  | {
      readonly name: string;
      readonly signatureName: string;
      readonly classes: readonly (readonly ScoredClass[])[];
    }
  | { readonly name: string; readonly signatureName: string; readonly values: readonly number[] };

/** One run for all tasks (`servables/tensorflow/multi_inference.cc`). @throws StatusError in the server's words */
export async function multiInference(
  model: ServableModel,
  request: MultiInferenceRequest,
  options: InferenceOptions,
): Promise<{ readonly answers: readonly TaskAnswer[]; readonly synthetic: boolean }> {
  const planned: { name: string; signatureName: string; signature: SignatureDef; plan: ExamplesPlan }[] = [];
  const seen = new Set<string>();
  const modelName = request.tasks[0]?.modelSpec?.name ?? "";
  for (const { modelSpec, methodName } of request.tasks) {
    const name = modelSpec?.name ?? "";
    if (name === "") throw invalidArgument("Found ModelSpec with an empty model name.");
    if (name !== modelName) {
      throw invalidArgument("All ModelSpecs in a MultiInferenceRequest must access the same model name.");
    }
    const signatureName =
      modelSpec?.signatureName === "" ? DEFAULT_SIGNATURE : (modelSpec?.signatureName ?? "");
    if (seen.has(signatureName)) throw invalidArgument(`Duplicate evaluation of signature: ${signatureName}`);
    seen.add(signatureName);
    const signature = model.signatures.get(signatureName);
    if (signature === undefined) {
      throw invalidArgument(`Requested signature not found in model graph: ${signatureName}`);
    }
    if (methodName === METHODS.classify) {
      planned.push({
        name,
        signatureName,
        signature,
        plan: await classifyPlan(signature, options.checkMethodNames),
      });
    } else if (methodName === METHODS.regress) {
      planned.push({
        name,
        signatureName,
        signature,
        plan: await regressPlan(signature, options.checkMethodNames),
      });
    } else {
      throw new StatusError("UNIMPLEMENTED", `Unsupported signature method_name: ${methodName}`);
    }
  }
  const input = examplesTensor(request.examples);
  const feeds = new Map(planned.map(({ plan }) => [plan.input, input]));
  const fetches = [...new Set(planned.flatMap(({ plan }) => plan.fetches))];
  const first = planned[0]?.signature;
  if (first === undefined) throw invalidArgument("ModelSpec has no name specified.");
  const all: SignatureDef = {
    ...first,
    outputs: new Map(
      planned.flatMap(({ signature, signatureName }) =>
        [...signature.outputs].map(([alias, info]) => [`${signatureName}/${alias}`, info] as const),
      ),
    ),
  };
  const { outputs, synthetic } = await model.run(feeds, fetches, options.deadline, all);
  const count = request.examples.length;
  const answers = request.tasks.map(({ methodName }, index): TaskAnswer => {
    const task = planned[index];
    if (task === undefined) throw new StatusError("INTERNAL", "a task without a plan");
    const { name, signatureName, signature } = task;
    if (methodName === METHODS.classify) {
      return { name, signatureName, classes: classificationsOf(signature, outputs, count) };
    }
    return { name, signatureName, values: regressionsOf(signature, outputs, count) };
  });
  return { answers, synthetic };
}
