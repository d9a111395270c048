import { defineLintRule } from "../../finding.ts";
import { placeOfFlag, restRequested } from "../../flags-context.ts";
import type { StartContext } from "../../start/start-context.ts";
import { effectiveMaxBatchSize } from "../../views/batching-view.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/threads-fill-batches",
  summary: "the server has threads enough to fill a batch",
  severity: "warning",
  effect: "degrades",
  why: "Each waiting request holds a thread, and one gRPC thread polls: with single-row requests a batch never holds more than the threads, further callers are refused RESOURCE_EXHAUSTED, and every batch waits its full batch_timeout_micros.",
  mend: "Raise `--grpc_max_threads` (and `--rest_api_num_threads`) above max_batch_size, better twice, or lower max_batch_size.",
  evidence: [
    "tensorflow/serving batching/batching_session.h",
    "tensorflow/serving#394",
    "recorded start x28-threads-vs-batch",
  ],
  logTexts: ["Server Threadpool Exhausted"],
  symptoms: [63],
  examples: {
    bad: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--grpc_max_threads=4\n--enable_batching=true\n--batching_parameters_file=batching.txt`,
          "batching.txt": "max_batch_size { value: 16 }\nbatch_timeout_micros { value: 5000 }\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--grpc_max_threads=33\n--enable_batching=true\n--batching_parameters_file=batching.txt`,
          "batching.txt": "max_batch_size { value: 16 }\nbatch_timeout_micros { value: 5000 }\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    const given = flags.given("grpc_max_threads");
    if (given === undefined || flags.int("grpc_max_threads") < 2) return;
    const grpc = flags.int("grpc_max_threads") - 1;
    const restSetting = flags.given("rest_api_num_threads");
    // REST threads by default are a multiple of the CPUs; they count where they were given.
    const rest =
      restRequested(flags) && restSetting !== undefined
        ? Math.max(0, flags.int("rest_api_num_threads") - 1)
        : 0;
    const reported = new Set<string>();
    for (const model of context.models) {
      for (const { batching, ownFile } of model.versions) {
        if (batching === undefined || batching.maxBatchSize === undefined) continue;
        const max = effectiveMaxBatchSize(batching);
        const timeout = batching.batchTimeoutMicros?.value ?? 0n;
        if (timeout <= 0n || max <= BigInt(grpc + rest) || max > 1n << 32n) continue;
        const file = ownFile?.display ?? model.settings.batching?.file ?? "";
        if (reported.has(file)) continue;
        reported.add(file);
        yield {
          ...placeOfFlag(context, "grpc_max_threads"),
          message: `max_batch_size is ${max}, but only ${grpc} gRPC calls run at a time: single-row requests never fill a batch and each waits ${timeout} µs`,
        };
      }
    }
  },
});
