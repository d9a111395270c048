import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/no-thread-pool-factory",
  summary: "the stock server is not given a thread pool factory",
  severity: "error",
  effect: "fatal",
  since: "2.6.0",
  why: "The released binaries link no factory, so any file (missing, empty or well-formed) ends the start with 255 after all models were loaded.",
  mend: "Drop `--thread_pool_factory_config_file`, or build a server that registers a factory.",
  evidence: [
    "tensorflow/serving model_servers/server.cc, util/class_registration.h",
    "recorded starts x22-tp-*",
  ],
  logTexts: [
    "Couldn't find factory for config proto message type …",
    "Supplied config's type_url could not be parsed: ",
  ],
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--thread_pool_factory_config_file=/pool.config" } },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m" } }],
  },
  *check(context) {
    if (context.flags.string("thread_pool_factory_config_file") === "") return;
    yield {
      ...placeOfFlag(context, "thread_pool_factory_config_file"),
      message:
        "the stock server knows no thread pool factory: --thread_pool_factory_config_file ends the start",
      fate: { stage: stage.threadPoolFile, prediction: "exits" },
    };
  },
});
