import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";
import { nameProblem } from "../../model-name.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/model-name",
  summary: "the model has a name that requests can use",
  severity: "warning",
  effect: "request-fails",
  why: "An empty name is accepted, but no request can name the model; slashes, colons and blanks must be percent-encoded in every URL, and the Docker entrypoint splits names at blanks.",
  mend: "Use letters, digits, `_`, `-` and `.`.",
  evidence: [
    "tensorflow/serving model_servers/http_rest_api_util.cc",
    "recorded starts str-model-name-odd and of an empty name",
  ],
  logTexts: ["ModelSpec has no name specified."],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--model_name=" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--model_name=resnet" } }],
  },
  *check(context) {
    const { flags } = context;
    const given = flags.given("model_name");
    if (
      given === undefined ||
      given.index < context.firstUserArgument ||
      flags.string("model_config_file") !== ""
    )
      return;
    const name = flags.string("model_name");
    const problem = nameProblem(name);
    if (problem === undefined) return;
    yield {
      ...placeOfFlag(context, "model_name"),
      ...(name === "" ? { severity: "error" as const } : {}),
      message: `the model name "${name}" ${problem}`,
    };
  },
});
