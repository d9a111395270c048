import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadSpec } from "@servable/config-schema";
import { generateArtifacts, hostArtifacts } from "@servable/deploy-gen";
import { checkTextProto, textProtoKinds } from "@servable/linter/text-proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitrarySpec } from "./arbitrary-spec.ts";
import { filesOf, resolvedIfSound, resolvedOf, tool } from "./resolved.ts";

const golden = join(import.meta.dirname, "golden");

describe("the linter", () => {
  // What a file alone cannot tell, as the flags beside it say it: labels, polling; and the names that are hostile on purpose.
  const beyondTheFile = new Set([
    "model-config/labels-need-flag",
    "model-config/object-store-polling",
    "model-config/name-usable",
  ]);

  it.each(readdirSync(golden))("has nothing against the text protos of %s", (name) => {
    const text = readFileSync(join(golden, name, "servable.yaml"), "utf8");
    const { spec } = loadSpec(text, { file: "servable.yaml" });
    for (const profile of [undefined, ...Object.keys(spec?.profiles ?? {})]) {
      const resolved = resolvedOf(text, profile);
      const options = { tool, specFile: "servable.yaml", files: filesOf(resolved), specFolder: "/project" };
      for (const artifact of [...generateArtifacts(resolved, options), ...hostArtifacts(resolved, options)]) {
        const kind = textProtoKinds.find((each) => each === artifact.kind);
        if (kind === undefined || kind === "ssl-config") continue;
        const found = checkTextProto(artifact.contents, {
          file: artifact.path,
          kind,
          tfsVersion: resolved.tfsVersion,
        });
        const said = found.filter(({ rule, severity }) => severity !== "info" && !beyondTheFile.has(rule));
        expect(said.map(({ rule, message }) => `${artifact.path} ${rule}: ${message}`)).toEqual([]);
      }
    }
  });

  it("has no error about any text proto that a valid spec gives", () => {
    fc.assert(
      fc.property(arbitrarySpec, (spec) => {
        const resolved = resolvedIfSound(spec);
        fc.pre(resolved !== undefined);
        const options = { tool, specFile: "servable.yaml", files: filesOf(resolved), specFolder: "/project" };
        for (const artifact of [
          ...generateArtifacts(resolved, options),
          ...hostArtifacts(resolved, options),
        ]) {
          const kind = textProtoKinds.find((each) => each === artifact.kind);
          // The PEM texts of these specs are no keys.
          if (kind === undefined || kind === "ssl-config") continue;
          const found = checkTextProto(artifact.contents, {
            file: artifact.path,
            kind,
            tfsVersion: resolved.tfsVersion,
          });
          const errors = found.filter(({ severity }) => severity === "error");
          expect(
            errors.map(({ rule, message }) => `${rule}: ${message}`),
            artifact.contents,
          ).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });
});
