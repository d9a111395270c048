import { defineRule } from "@servable/diagnostics";
import { plannedFlags } from "../../planned-flags.ts";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/extra-flag-once",
  summary: "extra flags repeat no setting of the spec",
  severity: "error",
  effect: "silent",
  why: "of a repeated flag the last one wins, so that the spec no longer says what the server does",
  mend: "use the key of the spec, or remove it there",
  evidence: ["tensorflow_serving/model_servers/main.cc; tsl/util/command_line_flags.cc"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
extraFlags: [--port=9000]
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
ports: { grpc: 9000 }
`,
        },
      },
    ],
  },
  *check(context) {
    const { resolved } = context;
    const taken = new Map(plannedFlags(resolved).map((flag) => [flag.name, flag.path]));
    for (const [name, path] of [
      ["port", "ports.grpc"],
      ["rest_api_port", "ports.rest"],
      ["model_name", "models"],
      ["model_base_path", "models"],
      ["model_config_file", "models"],
      ["batching_parameters_file", "batching"],
      ["enable_batching", "batching"],
      ["enable_per_model_batching_parameters", "models[].batching"],
      ["monitoring_config_file", "monitoring"],
      ["ssl_config_file", "tls"],
    ] as const) {
      taken.set(name, path);
    }
    const seen = new Set<string>();
    for (const [index, text] of resolved.extraFlags.entries()) {
      const name = /^--([^=]*)/.exec(text)?.[1] ?? text;
      const path = taken.get(name);
      if (path !== undefined || seen.has(name)) {
        yield context.finding(
          ["extraFlags", index],
          path === undefined
            ? `extra flag --${name} is given twice`
            : `extra flag --${name} belongs to ${path}`,
          path === undefined
            ? "the last one wins; keep one"
            : `the last one of a repeated flag wins, so that what servable plans from ${path} would not hold; use that key`,
        );
      }
      seen.add(name);
    }
  },
});
