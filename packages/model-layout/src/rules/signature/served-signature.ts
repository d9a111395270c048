import type { TensorInfo } from "../../saved-model/signature.ts";
import { quoted } from "../model-rule.ts";
import type { VersionContext } from "../version-context.ts";
import { callable, signatureFile } from "./signatures.ts";

/** What an RPC over tf.Examples wants of a signature with its method name. */
export interface ExampleRpc {
  readonly name: "Classify" | "Regress";
  readonly method: string;
  /** What is wrong with the set of outputs, or undefined. */
  readonly outputsWanted: (outputs: ReadonlyMap<string, TensorInfo>) => OutputsProblem | undefined;
  /** The outputs that the answer is made of: what the server checks when it has one. */
  readonly outputs: readonly {
    readonly alias: string;
    readonly fits: (output: TensorInfo) => boolean;
    readonly wanted: string;
  }[];
}

interface OutputsProblem {
  readonly wanted: string;
  readonly help: string;
}

/** What is to be said about each signature of this RPC's method: its one input, its outputs and their types. */
export function* signatureProblems(
  context: VersionContext,
  rpc: ExampleRpc,
): Generator<{ readonly file: string; readonly message: string; readonly help: string }> {
  const file = signatureFile(context);
  for (const [name, { method, inputs, outputs }] of callable(context)) {
    if (method !== rpc.method) continue;
    const say = (message: string, help: string): { file: string; message: string; help: string } => ({
      file,
      message: `signature ${quoted(name)}: ${rpc.name} ${message}`,
      help,
    });
    const input = inputs.get("inputs");
    if (inputs.size !== 1 || input === undefined) {
      yield say(`wants exactly one input "inputs" but ${thereIs(inputs)}`, "Name the only input `inputs`.");
    } else if (input.dtype !== "DT_STRING") {
      yield say(
        `feeds serialized Examples, but "inputs" is ${input.dtype}`,
        "Parse tf.Examples inside the signature, or use Predict.",
      );
    }
    const problem = rpc.outputsWanted(outputs);
    if (problem !== undefined) yield say(`wants ${problem.wanted} but ${thereIs(outputs)}`, problem.help);
    for (const { alias, fits, wanted } of rpc.outputs) {
      const output = outputs.get(alias);
      if (output === undefined || fits(output)) continue;
      yield say(
        `wants ${quoted(alias)} as ${wanted} but it is ${output.dtype} [${output.shape ?? "?"}]`,
        "Answers of another kind are refused at the request.",
      );
    }
  }
}

const thereIs = (tensors: ReadonlyMap<string, TensorInfo>): string =>
  `there ${tensors.size === 1 ? "is" : "are"} ${[...tensors.keys()].map(quoted).join(", ") || "none"}`;
