import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { loadStep } from "../../start/start-model.ts";
import { warmupRows } from "../../start/warmup-rows.ts";
import { effectiveMaxBatchSize } from "../../views/batching-view.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/warmup-fits-batch",
  summary: "warm-up records have no more rows than max_batch_size",
  severity: "error",
  effect: "load-fails",
  why: "One request may not have more rows than max_batch_size, with or without splitting; a warm-up record that does fails the load of the version.",
  mend: "Write smaller records, or raise max_batch_size.",
  evidence: ["TensorFlow core/kernels/batching_util/shared_batch_scheduler.h", "recorded start wu-batching"],
  logTexts: ["Task size … is larger than maximum input batch size …"],
  symptoms: [57],
  examples: {
    bad: [
      {
        title: "a warm-up record of three rows, and batches of at most two",
        files: {
          "<flags>": `${exampleFlags}\n--max_num_load_retries=0\n--enable_batching=true\n--batching_parameters_file=batching.txt`,
          "batching.txt": "max_batch_size { value: 2 }\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
        binaries: {
          "/models/m/1/assets.extra/tf_serving_warmup_requests":
            "NwAAAAAAAADn6MpZMjUKMwoUCgFtGg9zZXJ2aW5nX2RlZmF1bHQSGwoBeBIWCAESBBICCAMiDAAAgD8AAABAAABAQIGa9Ts=",
        },
      },
    ],
    good: [
      {
        title: "a warm-up record of two rows",
        files: {
          "<flags>": `${exampleFlags}\n--max_num_load_retries=0\n--enable_batching=true\n--batching_parameters_file=batching.txt`,
          "batching.txt": "max_batch_size { value: 2 }\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
        binaries: {
          "/models/m/1/assets.extra/tf_serving_warmup_requests":
            "MwAAAAAAAAAMpyBWMjEKLwoUCgFtGg9zZXJ2aW5nX2RlZmF1bHQSFwoBeBISCAESBBICCAIiCAAAgD8AAABA2vfqxg==",
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      for (const version of model.versions) {
        const { batching, settings, saved } = version;
        if (batching === undefined || !settings.warmup || saved === undefined) continue;
        const max = effectiveMaxBatchSize(batching);
        // 0 is judged by its own rule.
        if (max === 0n || saved.metaGraph(settings.tags) === undefined) continue;
        const tooLarge = warmupRows(version.path, context.files.fs).find(({ rows }) => BigInt(rows) > max);
        if (tooLarge === undefined) continue;
        yield {
          file: context.files.display(`${version.path}/assets.extra/tf_serving_warmup_requests`),
          message: `record ${tooLarge.record} has ${tooLarge.rows} rows, but max_batch_size is ${max}`,
          load: "fails",
          loadOf: { version, step: loadStep.warmup },
        };
      }
    }
  },
});
