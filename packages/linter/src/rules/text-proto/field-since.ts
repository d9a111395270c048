import { fieldsSince } from "@servable/protos/text-schema";
import { compareVersions } from "@servable/server-flags";
import { MessageNode } from "@servable/text-proto";
import { defineLintRule } from "../../finding.ts";
import { placeIn, type TextContext } from "../../text-context.ts";

export const rule = defineLintRule<TextContext>({
  id: "text-proto/field-since",
  summary: "no field is newer than the server",
  severity: "error",
  effect: "fatal",
  why: "To an older server the field is unknown, and it refuses the whole file.",
  mend: "Use a newer server, or drop the field.",
  evidence: ["tensorflow/serving servables/tensorflow/session_bundle_config.proto at 2.3.0 and 2.4.0"],
  examples: {
    bad: [
      {
        title: "TensorFlow Serving 2.3.0",
        tfsVersion: "2.3.0",
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 8 }\nenable_large_batch_splitting { value: true }\n",
        },
      },
    ],
    good: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 8 }\nenable_large_batch_splitting { value: true }\n",
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
): Generator<{ file: string; span: { start: number; end: number }; message: string }> {
  const fields = Object.hasOwn(fieldsSince, node.type) ? fieldsSince[node.type] : undefined;
  for (const entry of node.entries) {
    const first =
      fields !== undefined && Object.hasOwn(fields, entry.field.name) ? fields[entry.field.name] : undefined;
    if (first !== undefined && compareVersions(context.version, first) < 0) {
      yield {
        ...placeIn(context, entry.nameSpan),
        message: `${entry.field.name} exists from TensorFlow Serving ${first} on, not in ${context.version}`,
      };
    }
    if (entry.value instanceof MessageNode) yield* walk(context, entry.value);
  }
  if (node.any !== undefined) yield* walk(context, node.any.message);
}
