import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/image-tag-fixed",
  summary: "the image has a fixed tag",
  severity: "warning",
  effect: "degrades",
  why: "latest and nightly move: the next pull may bring a server with other flags",
  mend: "name a version, or a digest",
  evidence: ["https://hub.docker.com/r/tensorflow/serving"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { image: "tensorflow/serving:latest" }
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
          "servable.yaml": `server: { image: "tensorflow/serving:2.17.1" }
models:
  - name: m
    path: ./m
`,
        },
      },
    ],
  },
  *check(context) {
    const { image } = context.resolved;
    if (image.reference.includes("@")) return;
    const tag = /:([^/:]+)$/.exec(image.reference)?.[1];
    if (tag !== undefined && !/^(latest|nightly)(-|$)/.test(tag)) return;
    const built = context.spec.build?.image === image.reference;
    if (built) return;
    yield context.finding(
      ["server", "image"],
      tag === undefined
        ? `image ${image.reference} has no tag`
        : `image ${image.reference} has the moving tag ${tag}`,
      "the next pull may bring a server of another version with other flags; name a version, or a digest",
    );
  },
});
