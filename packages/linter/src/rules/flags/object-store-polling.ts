import { isObjectStore, schemeOf, schemeSupported } from "../../base-path.ts";
import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/object-store-polling",
  summary: "object stores are not polled every second",
  severity: "warning",
  effect: "degrades",
  why: "Each base path is listed once per `--file_system_poll_wait_seconds`, by default every second: paid list requests around the clock.",
  mend: "Give `--file_system_poll_wait_seconds=60` or more.",
  evidence: ["tensorflow/serving#1291, #1916", "tensorflow/serving model_servers/server.h"],
  symptoms: [33],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=gs://bucket/m" } }],
    good: [{ files: { "<flags>": "--model_base_path=gs://bucket/m\n--file_system_poll_wait_seconds=60" } }],
  },
  *check(context) {
    const { flags } = context;
    if (flags.string("model_config_file") !== "") return;
    const seconds = flags.int("file_system_poll_wait_seconds");
    const name = schemeOf(flags.string("model_base_path"));
    // What the server cannot read is told by another rule.
    if (name === undefined || !schemeSupported(name, flags.version)) return;
    if (!isObjectStore(name) || seconds <= 0 || seconds >= 30) return;
    yield {
      ...placeOfFlag(context, "model_base_path"),
      message: `${name}:// is listed every ${seconds === 1 ? "second" : `${seconds} seconds`}, about ${Math.round(2_592_000 / seconds).toLocaleString("en")} requests a month`,
    };
  },
});
