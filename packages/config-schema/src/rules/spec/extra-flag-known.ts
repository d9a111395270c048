import { defineRule, nearest } from "@servable/diagnostics";
import { findFlag, flagsOf, parseServerFlags, versionWithin } from "@servable/server-flags";
import { quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/extra-flag-known",
  summary: "extra flags are flags of the server's version, as it reads them",
  severity: "error",
  effect: "silent",
  why: "the server ignores an unknown argument after one line and starts without it; a value that it cannot read ends it",
  mend: "write --name=value with a flag of that version",
  evidence: ["tensorflow_serving/model_servers/main.cc:317-335", "recorded start on 2.17.1"],
  logTexts: ["unknown argument: …"],
  symptoms: [25],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
extraFlags: [--enable_profilr=false]
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
extraFlags: [--enable_profiler=false]
`,
        },
      },
    ],
  },
  *check(context) {
    const { extraFlags, tfsVersion } = context.resolved;
    const names = flagsOf(tfsVersion).map((flag) => flag.name);
    for (const [index, text] of extraFlags.entries()) {
      const parsed = parseServerFlags([text], tfsVersion);
      const name = /^--([^=]*)/.exec(text)?.[1] ?? text;
      const bad = parsed.bad[0];
      if (bad !== undefined) {
        yield context.finding(
          ["extraFlags", index],
          `extra flag ${quoted(text)}: the server cannot read its value`,
          `--${bad.flag.name} takes ${bad.flag.type === "bool" ? "true or false" : `a value of type ${bad.flag.type}`}; the server prints its usage and exits`,
        );
        continue;
      }
      if (parsed.unknown.length === 0) continue;
      const flag = findFlag(name);
      const suggestion = nearest(name, names);
      yield context.finding(
        ["extraFlags", index],
        `extra flag ${quoted(text)} is unknown to TensorFlow Serving ${tfsVersion}`,
        flag === undefined
          ? `the server would ignore it after one line on stdout${suggestion === undefined ? "" : `; did you mean --${suggestion}`}`
          : versionWithin(tfsVersion, flag.since, flag.until)
            ? "the server reads --name=value only; write the value after ="
            : `the flag is there from ${flag.since}${flag.until === undefined ? "" : ` to before ${flag.until}`}`,
      );
    }
  },
});
