import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/container-paths-apart",
  summary: "mount targets of models are apart",
  severity: "error",
  effect: "fatal",
  why: "docker refuses two mounts onto one target, and cannot mount into another read-only mount",
  mend: "give each model its own containerPath, none inside another",
  evidence: ["docker run reference: bind mounts"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - { name: a, path: ./a, containerPath: /models/x }
  - { name: b, path: ./b, containerPath: /models/x }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - { name: a, path: ./a }
  - { name: b, path: ./b }
`,
        },
      },
    ],
  },
  *check(context) {
    const local = context.resolved.models.filter((model) => model.uri === undefined);
    const plain = (path: string): string =>
      `/${path
        .split("/")
        .filter((part) => part !== "" && part !== ".")
        .join("/")}`;
    for (const [index, model] of local.entries()) {
      const target = plain(model.basePath);
      for (const other of local.slice(0, index)) {
        const earlier = plain(other.basePath);
        const same = target === earlier;
        if (!same && !target.startsWith(`${earlier}/`) && !earlier.startsWith(`${target}/`)) continue;
        yield context.finding(
          modelPath(model, "containerPath"),
          same
            ? `models ${quoted(other.name)} and ${quoted(model.name)} have the same containerPath ${quoted(model.basePath)}`
            : `containerPath ${quoted(model.basePath)} of model ${quoted(model.name)} and ${quoted(other.basePath)} of ${quoted(other.name)} lie one inside the other`,
          "docker cannot mount both; give each model a folder of its own, such as /models/NAME",
          { related: [{ message: "the other model", path: modelPath(other, "containerPath") }] },
        );
        break;
      }
    }
  },
});
