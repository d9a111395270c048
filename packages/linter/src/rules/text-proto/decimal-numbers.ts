import { MessageNode } from "@servable/text-proto";
import { defineLintRule } from "../../finding.ts";
import { placeIn, type TextContext } from "../../text-context.ts";

const integerTypes = new Set([
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
]);

export const rule = defineLintRule<TextContext>({
  id: "text-proto/decimal-numbers",
  summary: "numbers are decimal, without leading zeros",
  severity: "error",
  effect: "silent",
  why: "In the text format a leading zero means octal, without a word: `versions: 00000123` asks for version 83, while the folder 00000123 is version 123.",
  mend: "Drop the leading zeros.",
  evidence: [
    "protobuf src/google/protobuf/io/tokenizer.cc",
    "recorded starts pol-specific-octal, pol-specific-leading-zeros, bat-hex",
  ],
  fixable: true,
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific { versions: 00000123 } } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific { versions: 123 } } } }\n',
        },
      },
    ],
  },
  *check(context) {
    yield* walk(context, context.message);
  },
});

function* walk(context: TextContext, node: MessageNode): Generator<ReturnType<typeof octal> & object> {
  for (const entry of node.entries) {
    if (entry.value instanceof MessageNode) yield* walk(context, entry.value);
    else if (integerTypes.has(entry.field.type)) {
      const finding = octal(context, entry);
      if (finding !== undefined) yield finding;
    }
  }
  if (node.any !== undefined) yield* walk(context, node.any.message);
}

function octal(context: TextContext, entry: MessageNode["entries"][number]) {
  const raw = context.text.slice(entry.valueStart, entry.valueEnd);
  const hex = /^-?\s*0x[0-9a-f]+$/i.test(raw);
  const digits = /^(-?)\s*0+([0-9]+)$/.exec(raw);
  if (digits === null && !hex) return undefined;
  const place = placeIn(context, entry.valueSpan);
  if (hex) {
    return {
      ...place,
      severity: "info" as const,
      message: `${entry.field.name} ${raw} is hexadecimal for ${entry.value}`,
    };
  }
  const decimal = `${digits?.[1] ?? ""}${digits?.[2] ?? ""}`;
  const same = decimal === String(entry.value);
  return {
    ...place,
    ...(same ? { severity: "info" as const } : {}),
    message: same
      ? `${entry.field.name} ${raw} has a leading zero, which means octal`
      : `${entry.field.name} ${raw} is octal for ${entry.value}`,
    fix: {
      title: `Write ${decimal}`,
      edits: [{ ...entry.valueSpan, newText: decimal }],
      safety: "safe" as const,
    },
  };
}
