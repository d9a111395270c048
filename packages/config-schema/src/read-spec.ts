import { type Diagnostic, sortDiagnostics } from "@servable/diagnostics";
import { mergeProfile } from "./merge-profile.ts";
import { baseSpecSchema, type Spec, specSchema } from "./schema/spec.ts";
import { schemaDiagnostics, showValue } from "./schema-diagnostics.ts";
import type { SpecSource } from "./spec-path.ts";
import { readYaml } from "./yaml-source.ts";

/** A spec as read. `spec` is there if and only if no diagnostic is an error. */
export interface ReadSpec extends SpecSource {
  readonly spec?: Spec;
  /** Rules `spec/syntax`, `spec/duplicate-key`, `spec/unknown-key`, `spec/missing-key`, `spec/wrong-type`, `spec/invalid-value`. */
  readonly diagnostics: readonly Diagnostic[];
}

const key = (diagnostic: Diagnostic): string =>
  `${diagnostic.rule}\0${diagnostic.span?.start}\0${diagnostic.span?.end}`;

/**
 * Reads a spec from YAML or JSON text and checks its shape: the base, and the base under each profile. Never throws.
 * Cross-field rules are not run here: see `resolveSpec` and `checkSpecText`.
 */
export function readSpec(text: string, options: { readonly file: string }): ReadSpec {
  const source = readYaml(text, options.file);
  const { file, locate } = source;
  const base: SpecSource = { file, text, locate };
  const finish = (diagnostics: readonly Diagnostic[], spec?: Spec): ReadSpec => {
    const sorted = sortDiagnostics(diagnostics);
    return { ...base, ...(spec === undefined ? {} : { spec }), diagnostics: sorted };
  };
  if (source.diagnostics.length > 0) return finish(source.diagnostics);
  const { data } = source;
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    const empty = data === null || data === undefined;
    return finish([
      {
        rule: "spec/wrong-type",
        severity: "error",
        message: empty ? "the spec is empty" : `the spec is ${showValue(data)}, expected a mapping`,
        help: "the least spec is: models: [{ name: NAME, path: ./FOLDER }]",
        file,
        span: empty ? { start: 0, end: 0 } : locate([]),
      },
    ]);
  }
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  const addAll = (found: readonly Diagnostic[]): void => {
    for (const diagnostic of found) {
      if (seen.has(key(diagnostic))) continue;
      seen.add(key(diagnostic));
      diagnostics.push(diagnostic);
    }
  };
  const record = data as Readonly<Record<string, unknown>>;
  const clean: Record<string, unknown> = { ...(mergeProfile(data).data as Record<string, unknown>) };
  for (const top of ["$schema", "profiles"]) {
    const value = record[top];
    if (value !== undefined && value !== null) clean[top] = value;
  }
  const whole = specSchema.safeParse(clean);
  if (!whole.success) addAll(schemaDiagnostics(whole.error.issues, clean, specSchema, base));
  const profiles = record["profiles"];
  if (typeof profiles === "object" && profiles !== null && !Array.isArray(profiles)) {
    for (const profile of Object.keys(profiles)) {
      const merged = mergeProfile(data, profile);
      const result = baseSpecSchema.safeParse(merged.data);
      if (result.success) continue;
      addAll(
        schemaDiagnostics(
          result.error.issues,
          merged.data,
          baseSpecSchema,
          base,
          merged.sourceOf,
          ` (profile ${profile})`,
        ),
      );
    }
  }
  return diagnostics.length === 0 && whole.success ? finish([], whole.data) : finish(diagnostics);
}
