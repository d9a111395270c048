import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/padding-repeats-values",
  summary: "models take inputs that were padded with their own first value",
  severity: "info",
  effect: "silent",
  why: "pad_variable_length_inputs makes requests that meet in a batch equally long by repeating each one's own first element, not by zeros, and nothing cuts the outputs: what a request gets then depends on which requests it met. A sum over a row of three ones is 5 beside a request of length five.",
  mend: "Check that the model does not mind, for instance because it masks by a length input; or let clients make their inputs equal.",
  evidence: [
    "tensorflow/serving batching/batching_util.cc (AddPadding)",
    "tensorflow_model_server 2.17.1, run",
  ],
  symptoms: [61],
  examples: {
    bad: [{ files: { "batching_parameters.txt": "pad_variable_length_inputs: true\n" } }],
    good: [{ files: { "batching_parameters.txt": "max_batch_size { value: 16 }\n" } }],
  },
  *check(context) {
    const pad = context.view.padVariableLengthInputs;
    if (context.role === "pool" || pad?.value !== true) return;
    yield {
      ...placeIn(context, pad.field),
      message: "shorter requests are filled up with their own first value, not with zeros",
    };
  },
});
