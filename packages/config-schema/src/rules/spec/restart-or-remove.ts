import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/restart-or-remove",
  summary: "a container is restarted or removed, not both",
  severity: "error",
  effect: "fatal",
  why: "docker refuses --rm together with a restart policy",
  mend: "remove docker.remove, or docker.restart",
  evidence: ["docker run: conflicting options"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
docker: { remove: true, restart: always }
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
docker: { restart: always }
`,
        },
      },
    ],
  },
  *check(context) {
    const { docker } = context.resolved;
    if (docker === undefined || !docker.remove || docker.restart === undefined || docker.restart === "no")
      return;
    yield context.finding(
      ["docker", "remove"],
      `docker.remove is true beside restart ${docker.restart}`,
      "docker refuses the two together; remove one of them",
      { related: [{ message: "the restart policy", path: ["docker", "restart"] }] },
    );
  },
});
