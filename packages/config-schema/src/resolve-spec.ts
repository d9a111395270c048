import {
  type Diagnostic,
  nearest,
  runRules,
  type Span,
  sortDiagnostics,
  UserError,
} from "@servable/diagnostics";
import { type MergedSpec, mergeProfile } from "./merge-profile.ts";
import type { Origins } from "./origins.ts";
import { type ReadSpec, readSpec } from "./read-spec.ts";
import { compact, Recorder } from "./resolve/recorder.ts";
import { resolveBatching } from "./resolve/resolve-batching.ts";
import { resolveLabelFlag, resolveModelMode, resolveModels } from "./resolve/resolve-models.ts";
import {
  resolveEndpoints,
  resolveImage,
  resolveParallelism,
  resolvePorts,
  resolveResources,
  resolveVersion,
} from "./resolve/resolve-server.ts";
import {
  resolveLoading,
  resolveMonitoring,
  resolveRuntime,
  resolveTls,
  resolveWarmup,
} from "./resolve/resolve-settings.ts";
import {
  resolveBuild,
  resolveCompose,
  resolveDocker,
  resolveKubernetes,
  resolveSmoke,
} from "./resolve/resolve-targets.ts";
import type { ResolvedSpec } from "./resolved-spec.ts";
import { specRuleList } from "./rules/index.ts";
import { type SpecContext, specContext } from "./rules/spec-context.ts";
import { type BaseSpec, baseSpecSchema, type Spec } from "./schema/spec.ts";
import type { SpecSource } from "./spec-path.ts";

export interface ResolveOptions {
  /** Name of the profile to lay over the base. */
  readonly profile?: string | undefined;
  /** The text that the spec was read from (the result of `readSpec`): gives the diagnostics their places. */
  readonly source?: SpecSource;
}

/** The result of resolving one profile. */
export interface Resolution {
  readonly resolved: ResolvedSpec;
  readonly origins: Origins;
  /** Findings of the cross-field rules (`spec/…`) on the base with this profile. */
  readonly diagnostics: readonly Diagnostic[];
}

function build(spec: BaseSpec, merged: MergedSpec, profile: string | undefined): [ResolvedSpec, Origins] {
  const recorder = new Recorder(merged);
  const tfsVersion = resolveVersion(spec, recorder);
  const image = resolveImage(spec, tfsVersion, recorder);
  const ports = resolvePorts(spec, recorder);
  const models = resolveModels(spec, recorder);
  const modelMode = resolveModelMode(models, spec.loading?.modelConfigPollSeconds, recorder);
  const batching = resolveBatching(spec, recorder);
  const { grpc, rest } = resolveEndpoints(spec, batching, tfsVersion, recorder);
  const loading = resolveLoading(spec, resolveLabelFlag(spec, models, tfsVersion, recorder), recorder);
  const resolved: ResolvedSpec = compact({
    profile,
    tfsVersion,
    image,
    ports,
    grpc,
    rest,
    models,
    modelMode,
    batching,
    perModelBatching: batching !== undefined && models.some((model) => model.batching !== undefined),
    parallelism: resolveParallelism(spec, recorder),
    resources: resolveResources(spec, image, recorder),
    loading,
    warmup: resolveWarmup(spec, recorder),
    runtime: resolveRuntime(spec, recorder),
    monitoring: resolveMonitoring(spec, recorder),
    tls: resolveTls(spec, recorder),
    extraFlags: recorder.leave(["extraFlags"], spec.extraFlags, "none") ?? [],
    environment: Object.entries(recorder.leave(["environment"], spec.environment, "none") ?? {}),
    docker: resolveDocker(spec, recorder),
    compose: resolveCompose(spec, recorder),
    kubernetes: resolveKubernetes(spec, loading, recorder),
    build: resolveBuild(spec, image, tfsVersion, recorder),
    smoke: resolveSmoke(spec, recorder),
    verification: {
      maxLoadRetries: recorder.choose(
        ["verification", "maxLoadRetries"],
        undefined,
        0,
        "a broken model then fails the start at once, instead of after five retries a minute apart",
      ),
    },
  });
  return [resolved, recorder.origins];
}

/** Names of the profiles of a spec, in its order. */
function profileNames(spec: Spec): string[] {
  return Object.keys(spec.profiles ?? {});
}

/**
 * Lays a profile over the base, fills in every default, and runs the cross-field rules.
 * @throws UserError `unknown-profile` where the spec has no profile of that name; `invalid-spec` for a spec that did not
 * come from `readSpec` and does not pass its schema.
 */
export function resolveSpec(spec: Spec, options: ResolveOptions = {}): Resolution {
  const { profile, source } = options;
  if (profile !== undefined && !Object.hasOwn(spec.profiles ?? {}, profile)) {
    const names = profileNames(spec);
    const suggestion = nearest(profile, names);
    throw new UserError("unknown-profile", `the spec has no profile ${JSON.stringify(profile)}`, {
      hint:
        names.length === 0
          ? "it has no profiles at all; add one under profiles:"
          : `${suggestion === undefined ? "" : `did you mean ${JSON.stringify(suggestion)}? `}its profiles are ${names.sort().join(", ")}`,
    });
  }
  const merged = mergeProfile(spec, profile);
  const checked = baseSpecSchema.safeParse(merged.data);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new UserError(
      "invalid-spec",
      `the spec is not valid: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    );
  }
  const [resolved, origins] = build(checked.data, merged, profile);
  const locate = source === undefined ? undefined : (source.locate.bind(source) as SpecSource["locate"]);
  const context: SpecContext = specContext({
    spec: checked.data,
    resolved,
    origins,
    file: source?.file ?? "",
    text: source?.text ?? "",
    locate:
      locate === undefined
        ? (): Span | undefined => undefined
        : (path, part) => locate(merged.sourceOf(path), part),
  });
  return { resolved, origins, diagnostics: sortDiagnostics(runRules(specRuleList, context)) };
}

/** A spec read and, if its shape is right, resolved. */
export interface LoadedSpec extends ReadSpec {
  readonly resolution?: Resolution;
}

/**
 * `readSpec` and `resolveSpec` in one; `diagnostics` holds the findings of both.
 * @throws UserError `unknown-profile`
 */
export function loadSpec(
  text: string,
  options: { readonly file: string; readonly profile?: string | undefined },
): LoadedSpec {
  const read = readSpec(text, options);
  if (read.spec === undefined) return read;
  const resolution = resolveSpec(read.spec, { profile: options.profile, source: read });
  return {
    ...read,
    resolution,
    diagnostics: sortDiagnostics([...read.diagnostics, ...resolution.diagnostics]),
  };
}

/** Every finding about a spec's text: its shape, and the cross-field rules on the base and under each profile. */
export function checkSpecText(text: string, options: { readonly file: string }): readonly Diagnostic[] {
  const read = readSpec(text, options);
  if (read.spec === undefined) return read.diagnostics;
  const found: Diagnostic[] = [...read.diagnostics];
  const seen = new Set<string>();
  for (const profile of [undefined, ...profileNames(read.spec)]) {
    for (const diagnostic of resolveSpec(read.spec, { profile, source: read }).diagnostics) {
      const key = JSON.stringify([diagnostic.rule, diagnostic.span, diagnostic.message]);
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(diagnostic);
    }
  }
  return sortDiagnostics(found);
}
