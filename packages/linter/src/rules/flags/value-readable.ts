import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOf } from "../../flags-context.ts";

const forms: Readonly<Record<string, string>> = {
  bool: "true or false",
  int32: "a decimal whole number",
  int64: "a decimal whole number",
  float: "a decimal number such as 0.5",
};

export const rule = defineLintRule<FlagsContext>({
  id: "flags/value-readable",
  summary: "every value can be read by the server",
  severity: "error",
  effect: "fatal",
  why: "The server logs `Couldn't interpret value … for flag …`, prints its usage and exits with 255.",
  mend: "Give a value of the flag's type; an unset variable leaves an empty value, a missing blank joins two flags.",
  evidence: [
    "TensorFlow util/command_line_flags.cc",
    "recorded starts int-empty, int-exp, int-text, float-percent, bool-on, int-port-empty",
  ],
  logTexts: ["Couldn't interpret value … for flag …."],
  symptoms: [40],
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--port=" } },
      { files: { "<flags>": "--model_base_path=/models/m\n--enable_batching=yes" } },
      { files: { "<flags>": "--model_base_path=/models/m\n--per_process_gpu_memory_fraction=50%" } },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=8500\n--enable_batching=true" } }],
  },
  *check(context) {
    for (const { index, flag, text } of context.flags.bad) {
      const joined = /--[a-z_]+=?/.exec(text)?.[0];
      const claimed = flag.type === "bool" && text !== "" && !text.startsWith("=") && /^[a-z_]/i.test(text);
      const argument = context.flags.argv[index] ?? "";
      const prefix = claimed && !argument.includes(`--${flag.name}=`);
      yield {
        ...placeOf(context, index),
        message: prefix
          ? `${argument} is read as --${flag.name} with the value "${text}", which is no bool`
          : `"${text}" is no value for --${flag.name}, which takes ${forms[flag.type] ?? "a text"}${joined === undefined ? "" : `; a blank is missing before ${joined}`}`,
        fate: { stage: stage.flags, prediction: "exits" },
      };
    }
  },
});
