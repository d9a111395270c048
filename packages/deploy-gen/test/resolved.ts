import { loadSpec, type ResolvedSpec } from "@servable/config-schema";
import { stringify } from "yaml";

export const tool = { name: "servable", version: "0.0.0" };

/** PEM files as the generator sees them. */
export const pemFiles: ReadonlyMap<string, string> = new Map([
  ["key.pem", "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n"],
  ["cert.pem", "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydA==\n-----END CERTIFICATE-----\n"],
  ["ca.pem", "-----BEGIN CERTIFICATE-----\nbm90IGEgY2E=\n-----END CERTIFICATE-----\n"],
]);

/** Texts of all files that a spec may name. */
export function filesOf(resolved: ResolvedSpec): ReadonlyMap<string, string> {
  const session = resolved.runtime.sessionConfigFile;
  return new Map([...pemFiles, ...(session === undefined ? [] : [[session, "# session\n"] as const])]);
}

export function resolvedOf(text: string, profile?: string): ResolvedSpec {
  const { resolution, diagnostics } = loadSpec(text, { file: "servable.yaml", profile });
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (resolution === undefined || errors.length > 0) throw new Error(JSON.stringify(errors, null, 2));
  return resolution.resolved;
}

/** The spec resolved, or undefined where a cross-field rule has an error. @throws where the schema rejects it */
export function resolvedIfSound(spec: unknown): ResolvedSpec | undefined {
  const {
    spec: read,
    resolution,
    diagnostics,
  } = loadSpec(
    // Blocks that begin with blanks read back otherwise (yaml 2.9).
    stringify(spec, { aliasDuplicateObjects: false, blockQuote: false }),
    { file: "s" },
  );
  if (read === undefined)
    throw new Error(`the schema rejects ${JSON.stringify(spec)}: ${JSON.stringify(diagnostics, null, 2)}`);
  return diagnostics.some((diagnostic) => diagnostic.severity === "error") ? undefined : resolution?.resolved;
}
