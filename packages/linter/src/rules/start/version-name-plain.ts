import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleTflite } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/version-name-plain",
  summary: "version folders have plain names",
  severity: "warning",
  effect: "silent",
  why: "Blanks around the number and a minus sign are accepted: such a folder is served, but a negative version cannot be asked for over REST, and other tools read the name differently.",
  mend: "Name the folder with digits only.",
  evidence: [
    "TensorFlow core/lib/strings/numbers (safe_strto64)",
    "recorded starts bp-neg, bp-blank, bp-blank-after",
  ],
  logTexts: ["Malformed request: GET /v1/models/…/versions/-…"],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--prefer_tflite_model=true\n--model_base_path=/models/m",
        },
        binaries: { "/models/m/-1/model.tflite": exampleTflite },
      },
    ],
    good: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--prefer_tflite_model=true\n--model_base_path=/models/m",
        },
        binaries: { "/models/m/1/model.tflite": exampleTflite },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      for (const { name, version, path } of model.discovery?.versions ?? []) {
        if (/^\d+$/.test(name)) continue;
        yield {
          file: context.files.display(path),
          message: `folder "${name}" counts as version ${version} of "${model.name}"`,
        };
      }
    }
  },
});
