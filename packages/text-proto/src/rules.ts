import type { RuleMeta } from "@servable/diagnostics";

const evidence = [
  "tensorflow/serving: tensorflow_serving/util/proto_util.h (ParseProtoTextFile)",
  "protobuf 3.21: src/google/protobuf/text_format.cc, io/tokenizer.cc",
] as const;

/** What the server answers to any text that it cannot parse; the reason stands in its log only. */
const logTexts = [
  "Invalid protobuf file: '…'",
  "Error parsing text-format tensorflow.serving.…: …",
  "Non-OK-status: ParseProtoTextFile<SSLConfig>(ssl_config_file, &ssl_config)",
] as const;

const model = (policy: string): string =>
  `model_config_list {\n  config {\n    name: "resnet"\n    base_path: "/models/resnet"\n    model_platform: "tensorflow"\n${policy}  }\n}\n`;

/** The rules that `checkText` reports, sorted by id. */
export const textProtoRules: readonly RuleMeta[] = [
  {
    id: "text-proto/invalid-value",
    summary: "A field holds a value of its type and range",
    severity: "error",
    effect: "fatal",
    why: "the server's text parser refuses the whole file for one value that the field cannot hold; wrapper fields such as max_batch_size are messages, not numbers",
    mend: "write the value in the form and range that the message names; for a wrapper field, max_batch_size { value: 128 }",
    evidence,
    symptoms: [18],
    logTexts: [
      ...logTexts,
      'Expected "{", found "…".',
      "Expected integer, got: …",
      "Integer out of range (…)",
    ],
    fixable: true,
    examples: {
      bad: [{ files: { "batching_parameters.txt": "max_batch_size: 128\n" } }],
      good: [{ files: { "batching_parameters.txt": "max_batch_size { value: 128 }\n" } }],
    },
  },
  {
    id: "text-proto/set-twice",
    summary: "A field that is not repeated, and a oneof, is set once",
    severity: "error",
    effect: "fatal",
    why: "the server's text parser refuses a second value instead of taking the last one",
    mend: "keep one of the two, or join two blocks into one",
    evidence,
    symptoms: [18],
    logTexts: [
      ...logTexts,
      'Non-repeated field "…" is specified multiple times.',
      'Field "…" is specified along with field "…", another member of oneof "…".',
    ],
    examples: {
      bad: [
        {
          files: {
            "models.config": model("    model_version_policy { latest { num_versions: 1 } all {} }\n"),
          },
        },
      ],
      good: [{ files: { "models.config": model("    model_version_policy { all {} }\n") } }],
    },
  },
  {
    id: "text-proto/syntax",
    summary: "The file is protobuf text format",
    severity: "error",
    effect: "fatal",
    why: "the server's text parser gives up at the first mistake, and the server does not start; JSON and YAML are no text protos",
    mend: "write name: value and name { … }, strings in quotes, and close every block",
    evidence,
    symptoms: [18],
    logTexts: [...logTexts, "Expected identifier, got: …", "String literals cannot cross line boundaries."],
    fixable: true,
    examples: {
      bad: [{ files: { "batching_parameters.txt": "max_batch_size { value: 128\n" } }],
      good: [{ files: { "batching_parameters.txt": "max_batch_size { value: 128 }\n" } }],
    },
  },
  {
    id: "text-proto/unknown-any-type",
    summary: "A google.protobuf.Any holds a message type that the server links",
    severity: "error",
    effect: "fatal",
    why: "the parser must know the type to read its content; the stock server links only TensorFlow's and its own messages",
    mend: "write [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] for a platform configuration",
    evidence,
    symptoms: [18],
    logTexts: [...logTexts, 'Could not find type "…" stored in google.protobuf.Any.'],
    examples: {
      bad: [
        {
          files: {
            "platform.config":
              'platform_configs {\n  key: "tensorflow"\n  value { source_adapter_config { [type.googleapis.com/tensorflow.serving.NoSuchConfig] {} } }\n}\n',
          },
        },
      ],
      good: [
        {
          files: {
            "platform.config":
              'platform_configs {\n  key: "tensorflow"\n  value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] {} } }\n}\n',
          },
        },
      ],
    },
  },
  {
    id: "text-proto/unknown-field",
    summary: "Every field belongs to its message",
    severity: "error",
    effect: "fatal",
    why: "the server's text parser refuses the whole file for one unknown field; names are case-sensitive and in snake_case",
    mend: "use one of the fields that the message lists, in the block where it belongs",
    evidence,
    symptoms: [18],
    logTexts: [...logTexts, 'Message type "…" has no field named "…".'],
    fixable: true,
    examples: {
      bad: [{ files: { "batching_parameters.txt": "max_batch_sise { value: 128 }\n" } }],
      good: [{ files: { "batching_parameters.txt": "max_batch_size { value: 128 }\n" } }],
    },
  },
];
