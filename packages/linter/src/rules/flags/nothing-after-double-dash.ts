import { findFlag } from "@servable/server-flags";
import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf } from "../../flags-context.ts";
import { portNotOpened } from "./meant-ports.ts";
import { misreadings } from "./unknown-arguments.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/nothing-after-double-dash",
  summary: "no flags follow a bare --",
  severity: "error",
  effect: "silent",
  why: "A bare `--` ends the reading of flags: everything behind it is ignored, and the server starts with the defaults.",
  mend: "Remove the `--`.",
  evidence: ["TensorFlow util/command_line_flags.cc (Flags::Parse)", "tensorflow_model_server 2.17.1, run"],
  logTexts: ["unknown argument: --"],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--\n--port=9000" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=9000" } }],
  },
  *check(context) {
    const ignored = misreadings(context).filter((reading) => reading.kind === "after-double-dash");
    const first = ignored.find((reading) => reading.first);
    if (first === undefined) return;
    const count = ignored.length - 1;
    const lost = ignored
      .map(({ argument }) => /^--([a-z_]+)=(.*)$/s.exec(argument.text))
      .map((match) => {
        const flag = findFlag(match?.[1] ?? "");
        return flag === undefined ? {} : portNotOpened(context, flag, match?.[2]);
      })
      .find(({ fate }) => fate !== undefined);
    yield {
      ...placeOf(context, first.argument.index),
      message:
        count === 0
          ? "a bare -- ends the flags"
          : `the ${count} argument${count === 1 ? "" : "s"} after a bare -- ${count === 1 ? "is" : "are"} ignored`,
      ...lost,
    };
  },
});
