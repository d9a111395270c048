import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOf, placeOfFlag } from "../../flags-context.ts";
import { misreadings } from "./unknown-arguments.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/help-does-not-start",
  summary: "neither --help nor --version is among the flags of a server that shall serve",
  severity: "warning",
  effect: "fatal",
  why: "`--version` prints the versions and exits with 0, `--help` as first unknown argument prints the usage and exits with 255; `-h`, `-help`, `--help=true` do nothing but print `unknown argument`.",
  mend: "Remove it.",
  evidence: ["tensorflow/serving model_servers/main.cc", "recorded starts help, help-h, version-true"],
  logTexts: ["TensorFlow ModelServer: …", "usage: tensorflow_model_server"],
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--version" } },
      { files: { "<flags>": "--model_base_path=/models/m\n-h" } },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m" } }],
  },
  *check(context) {
    const { flags } = context;
    for (const reading of misreadings(context)) {
      if (reading.kind !== "help") continue;
      const works = flags.bad.length === 0 && flags.action === "usage";
      const first = flags.unknown[0]?.index === reading.argument.index;
      yield {
        ...placeOf(context, reading.argument.index),
        message:
          works && first
            ? "--help prints the usage and exits with 255"
            : `"${reading.argument.text}" is no flag of the server and is ignored`,
        ...(works && first ? { fate: { stage: stage.flags, prediction: "exits" as const } } : {}),
      };
    }
    if (flags.action === "version") {
      yield {
        ...placeOfFlag(context, "version"),
        message: "--version prints the versions and exits with 0 instead of serving",
        severity: "info",
        fate: { stage: stage.version, prediction: "exits" },
      };
    }
  },
});
