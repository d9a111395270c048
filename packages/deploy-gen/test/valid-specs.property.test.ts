import { BATCHING_PARAMETERS } from "@servable/batching-gen";
import { type ResolvedSpec, specJsonSchema } from "@servable/config-schema";
import {
  type Artifact,
  generateArtifacts,
  hostArtifacts,
  isArtifactPath,
  isOurs,
  serverArgv,
} from "@servable/deploy-gen";
import { schemas } from "@servable/protos/text-schema";
import { parseServerFlags } from "@servable/server-flags";
import { checkText, parse as parseText, read, toPlain } from "@servable/text-proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { arbitrarySpec } from "./arbitrary-spec.ts";
import { filesOf, resolvedIfSound, tool } from "./resolved.ts";

const messages: Readonly<Record<string, string>> = {
  "batching-parameters": BATCHING_PARAMETERS,
  "per-model-batching": BATCHING_PARAMETERS,
  "model-server-config": "tensorflow.serving.ModelServerConfig",
  "monitoring-config": "tensorflow.serving.MonitoringConfig",
  "ssl-config": "tensorflow.serving.SSLConfig",
};

function generated(resolved: ResolvedSpec): Artifact[] {
  const options = { tool, specFile: "servable.yaml", files: filesOf(resolved) };
  return [
    ...generateArtifacts(resolved, options),
    ...hostArtifacts(resolved, { ...options, specFolder: "/project" }),
  ];
}

function plain(artifact: Artifact): Record<string, unknown> {
  const { message } = read(parseText(artifact.contents), messages[artifact.kind] ?? "", schemas);
  return toPlain(message) as Record<string, unknown>;
}

/** Paths of every key in a JSON Schema, lists and free keys as `*`. */
function schemaKeys(node: unknown, path: string, into: Set<string>): void {
  if (typeof node !== "object" || node === null) return;
  const { properties, anyOf, items, additionalProperties } = node as Record<string, unknown>;
  for (const [key, child] of Object.entries((properties ?? {}) as object)) {
    into.add(`${path}/${key}`);
    schemaKeys(child, `${path}/${key}`, into);
  }
  for (const child of (anyOf ?? []) as unknown[]) schemaKeys(child, path, into);
  if (items !== undefined) schemaKeys(items, `${path}/*`, into);
  if (typeof additionalProperties === "object") schemaKeys(additionalProperties, `${path}/*`, into);
}

function dataKeys(data: unknown, path: string, into: Set<string>): void {
  if (typeof data !== "object" || data === null) return;
  for (const [key, child] of Object.entries(data)) {
    for (const step of [key, "*"]) {
      into.add(`${path}/${step}`);
      dataKeys(child, `${path}/${step}`, into);
    }
  }
}

describe("whatever a valid spec asks for", () => {
  it("is drawn from every key of the schema, and is mostly sound", () => {
    const wanted = new Set<string>();
    schemaKeys(specJsonSchema(), "", wanted);
    const seen = new Set<string>();
    const samples = fc.sample(arbitrarySpec, { numRuns: 1500, seed: 1 });
    for (const sample of samples) dataKeys(sample, "", seen);
    expect(
      [...wanted].filter((key) => key !== "/$schema" && !seen.has(key) && !key.startsWith("/profiles/")),
    ).toEqual([]);
    const sound = samples.slice(0, 300).filter((sample) => resolvedIfSound(sample) !== undefined);
    expect(sound.length).toBeGreaterThan(120);
  });

  it("gives text protos that parse without a finding and say what the spec says", () => {
    fc.assert(
      fc.property(arbitrarySpec, (spec) => {
        const resolved = resolvedIfSound(spec);
        fc.pre(resolved !== undefined);
        for (const artifact of generated(resolved)) {
          expect(isOurs(artifact.contents)).toBe(true);
          expect(artifact.contents.endsWith("\n")).toBe(true);
          if (artifact.path !== "host/models.config") expect(isArtifactPath(artifact.path)).toBe(true);
          const message = messages[artifact.kind];
          if (message === undefined) continue;
          const { diagnostics } = checkText(artifact.contents, { file: artifact.path, message, schemas });
          expect(diagnostics).toEqual([]);
          if (artifact.kind !== "model-server-config") continue;
          const list = plain(artifact)["model_config_list"] as { config: Record<string, unknown>[] };
          expect(list.config.map((config) => config["name"])).toEqual(
            resolved.models.map((model) => model.name),
          );
          if (artifact.path === "models.config") {
            expect(list.config.map((config) => config["base_path"])).toEqual(
              resolved.models.map((model) => model.basePath),
            );
          }
          for (const [index, config] of list.config.entries()) {
            const labels = (config["version_labels"] ?? new Map()) as ReadonlyMap<string, bigint>;
            expect(
              new Map(resolved.models[index]?.labels.map(([label, version]) => [label, BigInt(version)])),
            ).toEqual(labels);
          }
        }
      }),
      { numRuns: 120, endOnFailure: true },
    );
  });

  it("gives flags that the server of that version reads, each and as meant", () => {
    fc.assert(
      fc.property(arbitrarySpec, (spec) => {
        const resolved = resolvedIfSound(spec);
        fc.pre(resolved !== undefined);
        const host = serverArgv(resolved, {
          hostPaths: true,
          specFolder: "/project",
          outDir: "/project/serving",
          verification: true,
        });
        for (const argv of [host, serverArgv(resolved, { hostPaths: false })]) {
          const parsed = parseServerFlags(argv, resolved.tfsVersion);
          expect(parsed.unknown).toEqual([]);
          expect(parsed.bad).toEqual([]);
          expect(parsed.action).toBe("start");
          expect(parsed.bool("enable_batching")).toBe(resolved.batching !== undefined);
          expect(parsed.string("model_config_file") !== "").toBe(resolved.modelMode === "config");
        }
        const parsed = parseServerFlags(host, resolved.tfsVersion);
        expect(parsed.int("max_num_load_retries")).toBe(0);
        if (resolved.modelMode === "single")
          expect(parsed.string("model_name")).toBe(resolved.models[0]?.name);
      }),
      { numRuns: 120, endOnFailure: true },
    );
  });

  it("gives YAML that reads back with the same flags, paths and environment", () => {
    fc.assert(
      fc.property(arbitrarySpec, (spec) => {
        const resolved = resolvedIfSound(spec);
        fc.pre(resolved !== undefined);
        const flags = serverArgv(resolved, { hostPaths: false });
        for (const artifact of generated(resolved)) {
          if (artifact.kind === "compose") {
            const data = parse(artifact.contents) as { services: Record<string, Record<string, unknown>> };
            const service = Object.values(data.services)[0] ?? {};
            const once = (value: string): string => value.replaceAll("$$", "$");
            expect(((service["command"] ?? []) as string[]).map(once)).toEqual(flags);
            const volumes = (service["volumes"] ?? []) as { source: string; target: string }[];
            for (const model of resolved.models) {
              if (model.path !== undefined)
                expect(volumes.map(({ target }) => once(target))).toContain(model.basePath);
            }
            for (const { source } of volumes) expect(source).toMatch(/^(\/|\.\.?(\/|$))/);
            for (const [name, value] of resolved.environment) {
              expect(once((service["environment"] as Record<string, string>)[name] ?? "missing")).toBe(value);
            }
          }
          if (artifact.path === "k8s/deployment.yaml") {
            const data = parse(artifact.contents) as {
              spec: {
                template: {
                  spec: { containers: { args?: string[]; env?: { name: string; value: string }[] }[] };
                };
              };
            };
            const container = data.spec.template.spec.containers[0];
            const once = (value: string): string => value.replaceAll("$$", "$");
            expect((container?.args ?? []).map(once)).toEqual(flags);
            const environment = new Map((container?.env ?? []).map(({ name, value }) => [name, once(value)]));
            for (const [name, value] of resolved.environment) expect(environment.get(name)).toBe(value);
          }
        }
      }),
      { numRuns: 120, endOnFailure: true },
    );
  });

  it("gives the same bytes for the same spec", () => {
    fc.assert(
      fc.property(arbitrarySpec, (spec) => {
        const resolved = resolvedIfSound(spec);
        fc.pre(resolved !== undefined);
        expect(generated(resolved)).toEqual(
          generated(resolvedIfSound(structuredClone(spec)) as ResolvedSpec),
        );
      }),
      { numRuns: 30 },
    );
  });
});
