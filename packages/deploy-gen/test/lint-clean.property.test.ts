import { generateArtifacts, hostArtifacts } from "@servable/deploy-gen";
import { checkTextProto, textProtoKinds } from "@servable/linter/text-proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitrarySpec } from "./arbitrary-spec.ts";
import { filesOf, resolvedIfSound, tool } from "./resolved.ts";

describe("the linter", () => {
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
