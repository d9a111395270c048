import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/parallelism-one-way",
  summary: "parallelism is given for the session or for its two pools",
  severity: "error",
  effect: "fatal",
  why: "the server exits when all three are given, and ignores session when one of the others is",
  mend: "give session alone, or intraOp and interOp",
  evidence: ["tensorflow_serving/model_servers/server.cc:256-279", "recorded start on 2.17.1"],
  logTexts: [
    "Either configure server_options.tensorflow_session_parallelism or (server_options.tensorflow_intra_op_parallelism, server_options.tensorflow_inter_op_parallelism) separately. You cannot configure all.",
  ],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
parallelism: { session: 4, intraOp: 4, interOp: 2 }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
parallelism: { intraOp: 4, interOp: 2 }
`,
        },
      },
    ],
  },
  *check(context) {
    const { session, intraOp, interOp } = context.resolved.parallelism;
    if (session === undefined || (intraOp === undefined && interOp === undefined)) return;
    const all = intraOp !== undefined && interOp !== undefined;
    yield context.finding(
      ["parallelism", "session"],
      all
        ? "session, intraOp and interOp are all given"
        : `session is ignored beside ${intraOp === undefined ? "interOp" : "intraOp"}`,
      all
        ? "the server exits at start; remove session, or the other two"
        : "the server takes the one pool as given and the other as automatic; give session alone, or both intraOp and interOp",
      all ? { part: "key" } : { part: "key", severity: "warning" },
    );
  },
});
