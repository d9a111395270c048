import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResolvedSpec } from "@servable/config-schema";
import { generateArtifacts, serverArgv } from "@servable/deploy-gen";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitrarySpec } from "./arbitrary-spec.ts";
import { judge, type Question, whyNoOracle } from "./oracle/oracle.ts";
import { filesOf, resolvedIfSound, tool } from "./resolved.ts";

// compose.yaml and the manifests as those read them who will run them: compose-spec's library and the API's decoder.
const missing = whyNoOracle();
const skipped = missing === undefined ? "" : ` (skipped: ${missing})`;
if (missing !== undefined && process.env["CI"] === "true") throw new Error(missing);

const folder = "/project/serving";
const golden = join(import.meta.dirname, "golden");

/** The part of a compose project that is compared. */
interface Project {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly command: readonly string[] | null;
        readonly environment?: Readonly<Record<string, string | null>>;
        readonly ports?: readonly {
          readonly target: number;
          readonly published: string;
          readonly host_ip?: string;
        }[];
        readonly volumes?: readonly {
          readonly type: string;
          readonly source: string;
          readonly target: string;
          readonly read_only?: boolean;
        }[];
        readonly init?: boolean;
      }
    >
  >;
}

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly image: string;
          readonly args?: readonly string[];
          readonly env?: readonly { readonly name: string; readonly value?: string }[];
        }[];
      };
    };
  };
}

/** `$$` is one dollar sign; what `$(NAME)` would become must not be there. */
function expanded(text: string): string {
  return text.replace(/\$\$|\$\([^)]*\)/g, (found) => (found === "$$" ? "$" : "EXPANDED"));
}

interface Asked extends Question {
  readonly path: string;
  readonly resolved: ResolvedSpec;
}

function questionsOf(resolved: ResolvedSpec): Asked[] {
  const files = filesOf(resolved);
  return generateArtifacts(resolved, { tool, specFile: "servable.yaml", files }).flatMap(
    (artifact): Asked[] =>
      artifact.kind === "compose" || artifact.kind === "kubernetes"
        ? [{ kind: artifact.kind, text: artifact.contents, folder, path: artifact.path, resolved }]
        : [],
  );
}

function compareCompose(project: Project, resolved: ResolvedSpec): void {
  const service = Object.values(project.services)[0]!;
  expect(service.image).toBe(resolved.image.reference);
  expect(service.command ?? []).toEqual(serverArgv(resolved, { hostPaths: false }));
  for (const [name, value] of resolved.environment) expect(service.environment?.[name]).toBe(value);
  const published = [resolved.ports.grpc, resolved.ports.rest].flatMap((port) =>
    port?.published === undefined ? [] : [[port.container, String(port.published), port.address]],
  );
  expect((service.ports ?? []).map((port) => [port.target, port.published, port.host_ip])).toEqual(published);
  const targets = resolved.models.flatMap((model) => (model.path === undefined ? [] : [model.basePath]));
  expect((service.volumes ?? []).map((volume) => volume.target).slice(0, targets.length)).toEqual(targets);
  for (const volume of service.volumes ?? []) expect(volume).toMatchObject({ type: "bind", read_only: true });
}

function compareDeployment(deployment: Deployment, resolved: ResolvedSpec): void {
  const [container] = deployment.spec.template.spec.containers;
  expect(container?.image).toBe(resolved.image.reference);
  expect((container?.args ?? []).map(expanded)).toEqual(serverArgv(resolved, { hostPaths: false }));
  const environment = Object.fromEntries(
    (container?.env ?? []).map(({ name, value }) => [name, expanded(value ?? "")]),
  );
  for (const [name, value] of resolved.environment) expect(environment[name]).toBe(value);
}

describe.skipIf(missing !== undefined)(`the readers of compose and Kubernetes${skipped}`, () => {
  it("refuse what they do not know, which these tests rely on", async () => {
    const meta = "metadata: { name: a }";
    const verdicts = await judge([
      { kind: "compose", folder, text: "services: { a: { image: x, comand: [y] } }" },
      { kind: "compose", folder, text: "services: { a: { image: x, ports: [{ target: many }] } }" },
      { kind: "kubernetes", text: `apiVersion: v1\nkind: ConfigMap\n${meta}\ndatta: {}` },
      {
        kind: "kubernetes",
        text: `apiVersion: v1\nkind: ConfigMap\n${meta}\ndata: { a: b }\ndata: { c: d }`,
      },
      { kind: "kubernetes", text: "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: A_b }" },
      { kind: "kubernetes", text: `apiVersion: v1\nkind: ConfigMap\n${meta}\ndata: { a: 1 }` },
    ]);
    for (const { error } of verdicts) expect(error).toBeDefined();
  });

  it("take every golden file", async () => {
    const questions = (readdirSync(golden, { recursive: true }) as string[])
      .filter((path) => /(compose|k8s\/[a-z]+)\.yaml$/.test(path))
      .map((path) => ({ path, text: readFileSync(join(golden, path), "utf8") }))
      .map(({ path, text }) => ({ path, text, folder, kind: kindOf(path) }));
    expect(questions.length).toBeGreaterThan(10);
    const verdicts = await judge(questions);
    expect(verdicts.map(({ error }, index) => [questions[index]?.path, error])).toEqual(
      questions.map(({ path }) => [path, undefined]),
    );
  });

  it("read what the spec says, whatever names it has", { timeout: 120_000 }, async () => {
    const specs = fc.sample(arbitrarySpec, { numRuns: 600, seed: 20_260 });
    const questions = specs.flatMap((spec) => {
      const resolved = resolvedIfSound(spec);
      return resolved === undefined ? [] : questionsOf(resolved);
    });
    expect(questions.filter(({ kind }) => kind === "compose").length).toBeGreaterThan(100);
    expect(questions.filter(({ kind }) => kind === "kubernetes").length).toBeGreaterThan(200);
    const verdicts = await judge(questions);
    const refused = verdicts.flatMap(({ error }, index) =>
      error === undefined ? [] : [`${questions[index]!.path}: ${error}\n${questions[index]!.text}`],
    );
    if (refused.length > 0) throw new Error(`${refused.length} refused, such as ${refused[0]}`);
    for (const [index, { result }] of verdicts.entries()) {
      const { kind, path, resolved } = questions[index]!;
      if (kind === "compose") compareCompose(result as Project, resolved);
      else if (path.endsWith("deployment.yaml")) compareDeployment(result as Deployment, resolved);
    }
  });
});

function kindOf(path: string): Question["kind"] {
  return path.endsWith("compose.yaml") ? "compose" : "kubernetes";
}
