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
  readonly meta_graphs?: readonly { readonly tags: readonly string[] }[];
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
