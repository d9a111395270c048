import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/built-image-is-run",
  summary: "the image that is built is the one that is run",
  severity: "warning",
  effect: "silent",
  why: "docker-build.sh makes an image that nothing uses",
  mend: "leave server.image out, or make it equal to build.image",
  evidence: ["generated docker-build.sh and docker-run.sh"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { image: cpu }
models:
  - name: m
    path: ./m
build: { image: "me/tfs:1", march: haswell }
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
build: { image: "me/tfs:1", march: haswell }
`,
        },
      },
    ],
  },
  *check(context) {
    const { build, image } = context.resolved;
    if (build === undefined || build.image === image.reference) return;
    yield context.finding(
      ["build", "image"],
      `build makes ${build.image}, but ${image.reference} is run`,
      "the image that is built is used by nothing; leave server.image out, or make the two equal",
      { related: [{ message: "the image that is run", path: ["server", "image"] }] },
    );
  },
});
