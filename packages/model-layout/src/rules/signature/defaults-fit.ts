import { decodeTensorProto, shapeMatches, showShape, type Tensor, TensorError } from "@servable/tensors";
import { isAtLeast } from "../../discovery/version-name.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/defaults-fit",
  level: "graph",
  summary: "default values of inputs have the inputs' dtype and shape",
  severity: "warning",
  effect: "request-fails",
  why: "A request may leave out an input with a default (since 2.14); a default that does not fit fails exactly then. Older servers ignore defaults.",
  mend: "Export the default with the dtype and shape of the input.",
  evidence: [
    "tensorflow: cc/saved_model/util.cc GetInputValues",
    "tensorflow/serving: absent in 2.13.1, used in 2.14.1",
  ],
  examples: {
    bad: [folder("another dtype", { "m/1/saved_model.pb": "k: DT_FLOAT, default DT_INT32" })],
    good: [folder("it fits", { "m/1/saved_model.pb": "k: DT_FLOAT, default 2.5" })],
  },
  *check(context) {
    for (const [name, { inputs, defaults }] of callable(context)) {
      for (const [alias, bytes] of defaults) {
        const say = (message: string, help: string): { file: string; message: string; help: string } => ({
          file: signatureFile(context),
          message: `signature ${quoted(name)}: default of ${quoted(alias)} ${message}`,
          help,
        });
        const input = inputs.get(alias);
        if (input === undefined) {
          yield say("belongs to no input", "It is never used. Remove it, or name it as the input.");
          continue;
        }
        let tensor: Tensor;
        try {
          tensor = decodeTensorProto(bytes);
        } catch (error) {
          if (!(error instanceof TensorError)) throw error;
          yield say(`can't be read: ${error.message}`, "A request that leaves out the input fails.");
          continue;
        }
        if (tensor.dtype !== input.dtype || !shapeMatches(tensor.shape, input.shape)) {
          yield say(
            `is ${tensor.dtype} ${showShape(tensor.shape)} but the input is ${input.dtype} ${showShape(input.shape)}`,
            "A request that leaves out the input fails.",
          );
        } else if (!isAtLeast(context.target.tfsVersion, 2, 14)) {
          yield say(
            `is ignored before TFS 2.14 (target is ${context.target.tfsVersion})`,
            "Requests must give the input.",
          );
        }
      }
    }
  },
});
