import { MessageNode } from "@servable/text-proto";
import { defineLintRule } from "../../finding.ts";
import { placeIn, type TextContext } from "../../text-context.ts";

export const rule = defineLintRule<TextContext>({
  id: "text-proto/map-key-once",
  summary: "each key of a map is given once",
  severity: "error",
  effect: "silent",
  why: "Of equal keys the last one wins, without a word.",
  mend: "Remove the entry that is not meant.",
  evidence: ["protobuf src/google/protobuf/text_format.cc", "recorded start lab-repeat-key"],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific { versions: [1, 2] } } version_labels { key: "stable" value: 1 } version_labels { key: "stable" value: 2 } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific { versions: [1, 2] } } version_labels { key: "stable" value: 1 } version_labels { key: "canary" value: 2 } } }\n',
        },
      },
    ],
  },
  *check(context) {
    yield* walk(context, context.message);
  },
});

function* walk(
  context: TextContext,
  node: MessageNode,
): Generator<{
  file: string;
  span: { start: number; end: number };
  message: string;
  related: { message: string; file: string; span: { start: number; end: number } }[];
}> {
  const seen = new Map<string, MessageNode>();
  for (const entry of node.entries) {
    if (!(entry.value instanceof MessageNode)) continue;
    if (entry.field.map === true) {
      const key = entry.value.get("key")?.value;
      const shown = key === undefined ? "" : String(key);
      const id = `${entry.field.name} ${shown}`;
      const earlier = seen.get(id);
      if (earlier !== undefined) {
        yield {
          ...placeIn(context, earlier.span),
          message: `${entry.field.name} "${shown}" is given again below, and the later one wins`,
          related: [{ message: "the one that wins", file: context.file, span: entry.value.span }],
        };
      }
      seen.set(id, entry.value);
    }
    yield* walk(context, entry.value);
  }
  if (node.any !== undefined) yield* walk(context, node.any.message);
}
