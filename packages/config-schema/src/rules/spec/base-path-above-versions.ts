import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/base-path-above-versions",
  summary: "a base path is the folder above the version directories",
  severity: "warning",
  effect: "hangs",
  why: "pointed at a version directory, the server finds no numeric child and waits for ever with closed ports",
  mend: "give the folder above, which holds 1/, 2/, …",
  evidence: [
    "tensorflow_serving/sources/storage_path/file_system_storage_path_source.cc:313-318",
    "recorded start on 2.17.1",
  ],
  logTexts: [
    "No versions of servable … found under base path …. Did you forget to name your leaf directory as a number (eg. '/1/')?",
  ],
  symptoms: [1, 2],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - { name: m, path: ./m/1 }
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
`,
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.resolved.models) {
      for (const key of ["path", "uri", "containerPath"] as const) {
        const written = context.spec.models[model.index]?.[key];
        const last = written?.replace(/\/+$/, "").split("/").at(-1);
        if (last === undefined || !/^[0-9]{1,19}$/.test(last)) continue;
        yield context.finding(
          modelPath(model, key),
          `${key} ${quoted(written ?? "")} of model ${quoted(model.name)} ends in a version number`,
          `the server looks for version directories below the base path; if ${quoted(last)} is one, it finds none in it and waits for ever: give the folder above`,
        );
      }
    }
  },
});
