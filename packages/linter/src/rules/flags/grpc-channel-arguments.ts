import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/grpc-channel-arguments",
  summary: "gRPC channel arguments are key=value pairs, separated by commas",
  severity: "error",
  effect: "fatal",
  why: "An item without `=` (a trailing comma makes an empty one) lets the server read past the end of a list: a crash after loading, or garbage. Text after a second `=` is dropped; a message size given here is overwritten.",
  mend: "Write `key=value,key=value` without blanks and without a trailing comma.",
  evidence: [
    "tensorflow/serving model_servers/server.cc (parseGrpcChannelArgs)",
    "recorded starts fv-grpc-args-*",
  ],
  symptoms: [36],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--model_base_path=/models/m\n--grpc_channel_arguments=grpc.max_connection_age_ms=2000,",
        },
      },
      {
        files: {
          "<flags>": "--model_base_path=/models/m\n--grpc_channel_arguments=grpc.max_connection_age_ms",
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": "--model_base_path=/models/m\n--grpc_channel_arguments=grpc.max_connection_age_ms=2000",
        },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    const text = flags.string("grpc_channel_arguments");
    if (text === "") return;
    const place = placeOfFlag(context, "grpc_channel_arguments");
    const items = text.split(",");
    for (const item of items) {
      const parts = item.split("=");
      const key = parts[0] ?? "";
      if (parts.length === 1) {
        // A lone item reads memory that happens to be zero (recorded: it starts); after others it is a stale string.
        const alone = items.length === 1;
        yield {
          ...place,
          ...(alone ? { severity: "warning" as const } : {}),
          message:
            item === ""
              ? "--grpc_channel_arguments has an empty item"
              : `"${item}" in --grpc_channel_arguments has no value: write ${item}=<value>`,
          ...(alone ? {} : { fate: { stage: stage.grpcStart, prediction: "aborts" as const, rank: -1 } }),
        };
      } else if (parts.length > 2) {
        yield {
          ...place,
          severity: "warning",
          message: `in "${item}" everything after the second = is dropped: the value is "${parts[1]}"`,
        };
      } else if (key === "grpc.max_receive_message_length") {
        yield {
          ...place,
          severity: "warning",
          message: "grpc.max_receive_message_length has no effect: the server sets it to 2 GiB itself",
        };
      }
    }
  },
});
