import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/tags-exact",
  summary: "saved_model_tags is a comma list without blanks and empty items",
  severity: "error",
  effect: "load-fails",
  why: "The list is the exact set of tags, nothing is trimmed: `serve, gpu` asks for the tag ` gpu`, a trailing comma for an empty tag, and no MetaGraph has those.",
  mend: "Write `tag,tag`.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start tag-blank"],
  symptoms: [9],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--saved_model_tags=serve, gpu" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--saved_model_tags=serve,gpu" } }],
  },
  *check(context) {
    const text = context.flags.string("saved_model_tags");
    if (text === "" || platformFileRules(context.flags)) return;
    for (const tag of text.split(",")) {
      if (tag !== "" && tag.trim() === tag) continue;
      yield {
        ...placeOfFlag(context, "saved_model_tags"),
        message:
          tag === ""
            ? "--saved_model_tags holds an empty tag"
            : `the tag "${tag}" in --saved_model_tags holds a blank`,
      };
    }
  },
});
