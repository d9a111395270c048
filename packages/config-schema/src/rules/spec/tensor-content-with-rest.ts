import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/tensor-content-with-rest",
  summary: "answers as tensor content do not go with REST",
  severity: "warning",
  effect: "request-fails",
  why: "the REST writer of :predict reads the typed lists only, which are empty then: undefined behaviour",
  mend: "set ports.rest to false, or leave serializeAsTensorContent out",
  evidence: ["tensorflow_serving/util/json_tensor.cc:888-971"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { version: 2.19.1 }
models:
  - name: m
    path: ./m
runtime: { serializeAsTensorContent: true }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `server: { version: 2.19.1 }
models:
  - name: m
    path: ./m
ports: { rest: false }
runtime: { serializeAsTensorContent: true }
`,
        },
      },
    ],
  },
  *check(context) {
    if (
      context.resolved.runtime.serializeAsTensorContent !== true ||
      context.resolved.ports.rest === undefined
    )
      return;
    yield context.finding(
      ["runtime", "serializeAsTensorContent"],
      "serializeAsTensorContent is on beside REST",
      "the REST writer of :predict reads the typed value lists without a size check, and they are empty then: wrong numbers or a crash; set ports.rest to false if clients use gRPC only",
      { part: "key" },
    );
  },
});
