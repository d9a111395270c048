import { defineRule } from "@servable/diagnostics";
import { findFlag, versionWithin } from "@servable/server-flags";
import { plannedFlags } from "../../planned-flags.ts";
import type { SpecPath } from "../../spec-path.ts";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/setting-of-this-version",
  summary: "every setting has a flag in the server's version",
  severity: "error",
  effect: "silent",
  why: "the server prints one line about the first unknown flag and starts without it",
  mend: "use a version that has the flag, or remove the setting",
  evidence: ["tensorflow_serving/model_servers/main.cc at each release tag"],
  logTexts: ["unknown argument: …"],
  symptoms: [25],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { version: 2.13.0 }
models:
  - name: m
    path: ./m
grpc: { healthService: true }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `server: { version: 2.15.1 }
models:
  - name: m
    path: ./m
grpc: { healthService: true }
`,
        },
      },
    ],
  },
  *check(context) {
    const { tfsVersion } = context.resolved;
    const done = new Set<string>();
    for (const { name, path } of plannedFlags(context.resolved)) {
      const flag = findFlag(name);
      if (flag === undefined || done.has(path) || versionWithin(tfsVersion, flag.since, flag.until)) continue;
      done.add(path);
      const source: SpecPath = path
        .split(/[.[\]]+/)
        .filter((step) => step !== "")
        .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
      yield context.finding(
        source,
        `${path} needs --${name}, which TensorFlow Serving ${tfsVersion} does not have`,
        `the flag is there from ${flag.since}${flag.until === undefined ? "" : ` to before ${flag.until}`}; the server would ignore it after one line on stdout`,
        { part: "key" },
      );
    }
  },
});
