import { defineRule } from "@servable/diagnostics";
import { stockTag, writtenReference } from "../../resolve/resolve-server.ts";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/image-tag-matches-version",
  summary: "the image's tag is server.version",
  severity: "warning",
  effect: "silent",
  why: "flags are chosen by server.version, and an image of another version ignores those it does not know",
  mend: "make the two equal, or leave server.version out",
  evidence: ["tensorflow_serving/model_servers/main.cc:333-335"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { version: 2.17.1, image: "tensorflow/serving:2.11.0" }
models:
  - name: m
    path: ./m
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `server: { image: "tensorflow/serving:2.11.0" }
models:
  - name: m
    path: ./m
`,
        },
      },
    ],
  },
  *check(context) {
    const reference = writtenReference(context.spec);
    const tag = reference === undefined ? undefined : stockTag(reference)?.version;
    if (reference === undefined || tag === undefined || tag === context.resolved.tfsVersion) return;
    yield context.finding(
      ["server", "image"],
      `image ${reference} is not version ${context.resolved.tfsVersion}`,
      "flags and fields are chosen by server.version, and the server ignores flags that it does not know; make the two equal, or leave server.version out",
      { related: [{ message: "server.version", path: ["server", "version"] }] },
    );
  },
});
