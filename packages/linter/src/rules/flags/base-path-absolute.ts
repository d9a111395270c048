import { absoluteOrUri } from "../../base-path.ts";
import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/base-path-absolute",
  summary: "model_base_path is an absolute path or a URI",
  severity: "error",
  effect: "fatal",
  why: "The server refuses a relative path (`./m`, `~/m`, `C:\\m`, one in quotes, a scheme with a dash) and exits with 255.",
  mend: "Give an absolute path.",
  evidence: ["tensorflow/serving model_servers/server_core.cc (UriIsRelativePath)", "recorded starts x38-*"],
  logTexts: ["Expected model … to have an absolute path or URI; got base_path()=…"],
  symptoms: [5],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=./models/m" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m" } }],
  },
  *check(context) {
    const { flags } = context;
    const path = flags.string("model_base_path");
    if (path === "" || flags.string("model_config_file") !== "" || absoluteOrUri(path)) return;
    yield {
      ...placeOfFlag(context, "model_base_path"),
      message: `--model_base_path=${path} is not absolute`,
      fate: { stage: stage.basePaths, prediction: "exits" },
    };
  },
});
