import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

const batching = "max_batch_size { value: 16 }\nnum_batch_threads { value: 4 }\n";
const flags = `${exampleFlags}\n--enable_batching=true\n--batching_parameters_file=batching.txt\n--tensorflow_intra_op_parallelism=4`;

export const rule = defineLintRule<StartContext>({
  id: "start/batches-run-side-by-side",
  summary: "several batch threads have more than one inter-op thread",
  severity: "warning",
  effect: "degrades",
  why: "The graphs of all batches run on the inter-op threads: with one of them the batches run one after the other however many batch threads there are, and more batch threads only make smaller batches.",
  mend: "Raise `--tensorflow_inter_op_parallelism`, leave it out, or set num_batch_threads to 1.",
  evidence: ["tensorflow_model_server 2.17.1 under load: 0 of 1,528 batches overlapped"],
  symptoms: [63, 65],
  examples: {
    bad: [
      {
        files: {
          "<flags>": `${flags}\n--tensorflow_inter_op_parallelism=1`,
          "batching.txt": batching,
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": `${flags}\n--tensorflow_inter_op_parallelism=4`,
          "batching.txt": batching,
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    const { flags: given } = context;
    const intra = given.int64("tensorflow_intra_op_parallelism");
    const inter = given.int64("tensorflow_inter_op_parallelism");
    // Either of the two rules over tensorflow_session_parallelism.
    const both = intra > 0n || inter > 0n;
    const pool = both ? inter : given.int64("tensorflow_session_parallelism");
    if (pool !== 1n || !given.bool("enable_batching") || given.string("platform_config_file") !== "") return;
    for (const named of context.named) {
      if (named.kind !== "batching-parameters" || named.linted?.accepted !== true) continue;
      const threads = named.linted.message.message("num_batch_threads");
      const value = threads?.get("value")?.value;
      if (threads === undefined || typeof value !== "bigint" || value < 2n) continue;
      yield {
        file: named.display,
        span: threads.span,
        message: `num_batch_threads is ${value}, but there is one inter-op thread: batches run one after the other`,
      };
    }
  },
});
