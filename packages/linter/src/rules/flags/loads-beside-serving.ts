import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

const flags =
  "--model_config_file=/models.config\n--model_config_file_poll_wait_seconds=60\n--enable_profiler=false";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/loads-beside-serving",
  summary: "models that come and go are loaded by threads of their own",
  severity: "info",
  effect: "degrades",
  since: "2.5.0",
  why: "By default a load runs in the thread that manages all models: one load at a time, and other models answer more slowly while a large one loads.",
  mend: "Give `--num_load_threads=1` or more (and `--num_unload_threads`); with more than one the file system's cache is no longer flushed after each load.",
  evidence: ["tensorflow/serving model_servers/main.cc, core/basic_manager.cc", "tensorflow/serving#1866"],
  symptoms: [69],
  examples: {
    bad: [{ files: { "<flags>": flags } }],
    good: [{ files: { "<flags>": `${flags}\n--num_load_threads=1` } }],
  },
  *check(context) {
    const given = context.flags;
    if (given.string("model_config_file") === "" || given.int("num_load_threads") !== 0) return;
    if (given.int("model_config_file_poll_wait_seconds") <= 0) return;
    yield {
      ...placeOfFlag(context, "num_load_threads"),
      message:
        "models that a new config brings are loaded one at a time, by the thread that manages all of them",
    };
  },
});
