import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { bytesPerRow } from "../../start/tensor-size.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

/** What gRPC clients take without being told otherwise; the server itself takes 2 GiB. */
const clientLimit = 4 * 1024 * 1024;

export const rule = defineLintRule<StartContext>({
  id: "start/answers-fit-clients",
  summary: "an answer fits into what gRPC clients take",
  severity: "warning",
  effect: "request-fails",
  why: "gRPC clients refuse messages above 4 MiB by default (the server takes 2 GiB): an answer that is larger ends in RESOURCE_EXHAUSTED at the client, although the server computed it.",
  mend: "Set grpc.max_receive_message_length in the client, or send fewer rows at a time.",
  evidence: ["gRPC: default maximum receive message size", "tensorflow/serving#1382, #288"],
  logTexts: ["Received message larger than max (… vs. 4194304)"],
  symptoms: [51],
  examples: {
    bad: [
      {
        files: {
          "<flags>": exampleFlags,
          "/models/m/1/saved_model.pbtxt": exampleModel({ outputs: { mask: [-1, 1024, 1536] } }),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": exampleFlags,
          "/models/m/1/saved_model.pbtxt": exampleModel({ outputs: { scores: [-1, 1000] } }),
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      for (const { saved, settings } of model.versions) {
        const graph = saved?.metaGraph(settings.tags);
        if (saved === undefined || graph === undefined) continue;
        for (const [name, signature] of graph.signatures) {
          if (name.startsWith("__saved_model_")) continue;
          const bytes = [...signature.outputs.values()].reduce((sum, info) => sum + bytesPerRow(info), 0);
          if (bytes <= clientLimit) continue;
          yield {
            file: context.files.display(saved.file),
            message: `one row of the answer of signature "${name}" of "${model.name}" takes ${(bytes / 1024 ** 2).toFixed(1)} MiB, more than the 4 MiB that gRPC clients take by default`,
          };
        }
      }
    }
  },
});
