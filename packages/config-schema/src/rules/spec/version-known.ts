import { defineRule } from "@servable/diagnostics";
import { compareVersions, supportedVersions } from "@servable/server-flags";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/version-known",
  summary: "server.version is a version that servable knows",
  severity: "warning",
  effect: "silent",
  why: "flags and fields differ between versions; of an unknown one the nearest older is assumed",
  mend: "use one of the releases from 1.13 to 2.20",
  evidence: ["release tags of tensorflow/serving"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { version: 2.99.0 }
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
          "servable.yaml": `server: { version: 2.17.1 }
models:
  - name: m
    path: ./m
`,
        },
      },
    ],
  },
  *check(context) {
    const { tfsVersion } = context.resolved;
    const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
    if (supportedVersions.some((version) => minor(version) === minor(tfsVersion))) return;
    const [oldest, newest] = [supportedVersions[0] ?? "", supportedVersions.at(-1) ?? ""];
    const old = compareVersions(tfsVersion, oldest) < 0;
    yield context.finding(
      ["server", "version"],
      `server.version ${tfsVersion} is not among the releases that servable knows`,
      old
        ? `flags before ${oldest} are not in its table; use ${oldest} or newer`
        : `it knows ${minor(oldest)} to ${minor(newest)} and checks against the nearest; make sure that the image exists`,
    );
  },
});
