import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareTensors, type Tensor, type TensorJson, tensorFromJson } from "@servable/tensors";
import { expect } from "vitest";
import { GraphError, type GraphModel, loadGraphModel } from "../src/index.ts";

/** A request and its answer as TensorFlow gave it (`expected/*.json`). */
export interface Golden {
  readonly signature: string;
  readonly api: "predict" | "classify" | "regress";
  readonly inputs?: Readonly<Record<string, TensorJson>>;
  readonly serialized_examples?: readonly string[];
  readonly outputs?: Readonly<Record<string, TensorJson>>;
  readonly error?: { readonly code: string; readonly message: string };
  readonly rtol?: number;
  readonly atol?: number;
  readonly stateful?: boolean;
}

export interface ExpectedVersion {
  readonly dir: string;
  readonly meta_graphs?: readonly {
    readonly tags: readonly string[];
    readonly signatures: Readonly<Record<string, ExpectedSignature>>;
  }[];
  readonly goldens?: readonly Golden[];
  readonly load?: readonly {
    readonly tags: readonly string[];
    readonly cpp_loader: { code: string; message: string };
  }[];
}

export interface ExpectedModel {
  readonly model: string;
  readonly versions: readonly ExpectedVersion[];
}

export function expectedModels(folder: string): ExpectedModel[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as ExpectedModel);
}

/** Python's exception names for status codes. */
const CODES: Readonly<Record<string, string>> = {
  InvalidArgumentError: "INVALID_ARGUMENT",
  NotFoundError: "NOT_FOUND",
  FailedPreconditionError: "FAILED_PRECONDITION",
  OutOfRangeError: "OUT_OF_RANGE",
  UnimplementedError: "UNIMPLEMENTED",
  InternalError: "INTERNAL",
};

/** The sentence of a TensorFlow message, without what Python and the node list put around it. */
export function core(message: string): string {
  return message
    .replace(/^Graph execution error:\n\n/, "")
    .replace(/^Detected at node .*\nNode: .*\n/, "")
    .split("\n\t [[")[0]!;
}

/** A sparse or composite value in the goldens: its parts. */
type Parts = { readonly coo_sparse?: Record<string, TensorJson>; readonly composite?: readonly TensorJson[] };

interface PartNames {
  readonly kind: string;
  readonly name?: string;
  readonly values?: string;
  readonly indices?: string;
  readonly dense_shape?: string;
  readonly components?: readonly { readonly name: string }[];
}

/** Signature as `expected/*.json` lists it, for values that are made of several tensors. */
export interface ExpectedSignature {
  readonly inputs: Readonly<Record<string, PartNames>>;
  readonly outputs: Readonly<Record<string, PartNames>>;
}

/** Tensor name and value of each part of a golden's value. */
function parts(info: PartNames, json: TensorJson & Parts): [string, Tensor][] {
  if (json.coo_sparse) {
    const names: Record<string, string> = {
      values: info.values!,
      indices: info.indices!,
      dense_shape: info.dense_shape!,
    };
    return Object.entries(json.coo_sparse).map(([part, value]) => [names[part]!, tensorFromJson(value)]);
  }
  if (json.composite)
    return json.composite.map((value, i) => [info.components![i]!.name, tensorFromJson(value)]);
  return [[info.name!, tensorFromJson(json)]];
}

/** Whether a golden has values that Predict can't carry; they are fed and fetched by tensor name. */
export function isComposite(golden: Golden): boolean {
  return Object.values({ ...golden.inputs, ...golden.outputs }).some(
    (json) => "coo_sparse" in (json as object) || "composite" in (json as object),
  );
}

/** Runs a golden with sparse or ragged values. */
export async function checkCompositeGolden(
  model: GraphModel,
  golden: Golden,
  signature: ExpectedSignature,
): Promise<void> {
  const feeds = new Map(
    Object.entries(golden.inputs!).flatMap(([alias, json]) =>
      parts(signature.inputs[alias]!, json as TensorJson & Parts),
    ),
  );
  const wanted = Object.entries(golden.outputs!).flatMap(([alias, json]) =>
    parts(signature.outputs[alias]!, json as TensorJson & Parts),
  );
  const got = await model.runTensors(
    feeds,
    wanted.map(([name]) => name),
  );
  for (const [name, want] of wanted) {
    const difference = compareTensors(got.get(name)!, want, {
      rtol: golden.rtol ?? 0,
      atol: golden.atol ?? 0,
    });
    expect({ name, ...difference }).toMatchObject({ equal: true });
  }
}

function feedsOf(model: GraphModel, golden: Golden): Map<string, Tensor> {
  if (golden.inputs)
    return new Map(Object.entries(golden.inputs).map(([alias, json]) => [alias, tensorFromJson(json)]));
  const signature = model.signatures.get(golden.signature)!;
  const alias = [...signature.inputs.keys()][0]!;
  const data = (golden.serialized_examples ?? []).map((text) => new Uint8Array(Buffer.from(text, "base64")));
  return new Map([[alias, { dtype: "DT_STRING", shape: [data.length], data } as Tensor]]);
}

/** Runs a golden and holds the answer against TensorFlow's. */
export async function checkGolden(model: GraphModel, golden: Golden): Promise<void> {
  const inputs = feedsOf(model, golden);
  if (golden.error) {
    const error = await model.run(golden.signature, inputs).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(GraphError);
    expect((error as GraphError).code).toBe(CODES[golden.error.code] ?? golden.error.code);
    expect(core((error as GraphError).message)).toBe(core(golden.error.message));
    return;
  }
  const outputs = await model.run(golden.signature, inputs, Object.keys(golden.outputs!));
  for (const [alias, json] of Object.entries(golden.outputs!)) {
    const difference = compareTensors(outputs.get(alias)!, tensorFromJson(json), {
      rtol: golden.rtol ?? 0,
      atol: golden.atol ?? 0,
    });
    expect({ alias, ...difference }, `${golden.signature} ${alias}`).toMatchObject({ equal: true });
  }
}

export { loadGraphModel };
