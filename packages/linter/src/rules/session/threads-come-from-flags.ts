import { defineLintRule } from "../../finding.ts";
import { placeIn, type TextContext } from "../../text-context.ts";

const overwritten: readonly (readonly [string, string])[] = [
  ["intra_op_parallelism_threads", "tensorflow_intra_op_parallelism"],
  ["inter_op_parallelism_threads", "tensorflow_inter_op_parallelism"],
];

export const rule = defineLintRule<TextContext>({
  id: "session/threads-come-from-flags",
  summary: "thread counts and GPU memory fraction are set by flags, not in the session config",
  severity: "error",
  effect: "silent",
  since: "2.8.0",
  why: "The server always overwrites these three with its flags, also when the flags are left at 0: the values in the file never take effect.",
  mend: "Use the flags named in the message.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x13-session-file"],
  symptoms: [71],
  examples: {
    bad: [{ files: { "session.config": "intra_op_parallelism_threads: 4\n" } }],
    good: [{ files: { "session.config": "gpu_options { allow_growth: true }\n" } }],
  },
  *check(context) {
    for (const [field, flag] of overwritten) {
      const entry = context.message.get(field);
      if (entry === undefined) continue;
      yield { ...placeIn(context, entry.span), message: `${field} is overwritten by --${flag}` };
    }
    const fraction = context.message.message("gpu_options")?.get("per_process_gpu_memory_fraction");
    if (fraction !== undefined) {
      yield {
        ...placeIn(context, fraction.span),
        message: "per_process_gpu_memory_fraction is overwritten by --per_process_gpu_memory_fraction",
      };
    }
  },
});
