import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/devel-image-serves-nothing",
  summary: "the image is not a devel image",
  severity: "error",
  effect: "fatal",
  why: "devel images start a shell: there is no entrypoint, and the flags are taken for a command",
  mend: "leave -devel off",
  evidence: ["tensorflow_serving/tools/docker/Dockerfile.devel:104-130"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { image: "tensorflow/serving:2.17.1-devel" }
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
    const { reference } = context.resolved.image;
    if (!/^(?:docker\.io\/)?tensorflow\/serving:[^/]*devel/.test(reference)) return;
    yield context.finding(
      ["server", "image"],
      `image ${reference} is a build image without a server entrypoint`,
      "it starts a shell and ends; leave -devel off, or name it as build.develImage",
    );
  },
});
