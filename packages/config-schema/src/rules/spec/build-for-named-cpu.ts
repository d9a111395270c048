import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/build-for-named-cpu",
  summary: "an optimised image is built for a named CPU",
  severity: "info",
  effect: "degrades",
  why: "native means the CPU of the build host: on an older one the server dies with an illegal instruction",
  mend: "name the oldest CPU that must run it, such as x86-64-v3 or haswell",
  evidence: ["tensorflow_serving/tools/docker/Dockerfile.devel; .bazelrc:61-64"],
  symptoms: [76],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
build: { image: "me/tfs:1", march: native }
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
build: { image: "me/tfs:1", march: x86-64-v3 }
`,
        },
      },
    ],
  },
  *check(context) {
    if (context.spec.build?.march !== "native") return;
    yield context.finding(
      ["build", "march"],
      "build.march native means the CPU of whichever host builds",
      "on a host without those instructions the server dies with an illegal instruction; name a level such as x86-64-v3 unless it is built where it runs",
    );
  },
});
