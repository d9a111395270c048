import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkSpecText, loadSpec } from "@servable/config-schema";
import {
  dockerArgv,
  dockerBuildSteps,
  generateArtifacts,
  hostArtifacts,
  serverArgv,
} from "@servable/deploy-gen";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { arbitrarySpec } from "./arbitrary-spec.ts";
import { filesOf, pemFiles, resolvedIfSound, resolvedOf, tool } from "./resolved.ts";

const golden = join(import.meta.dirname, "golden");
const cases = readdirSync(golden).filter((name) => statSync(join(golden, name)).isDirectory());
const scratch = mkdtempSync(join(tmpdir(), "servable-golden-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const specOf = (name: string): string => readFileSync(join(golden, name, "servable.yaml"), "utf8");

/** Base and profiles of a case; outputs of a profile lie in a folder of its name. */
const variants = cases.flatMap((name) => {
  const { spec } = loadSpec(specOf(name), { file: name });
  return [undefined, ...Object.keys(spec?.profiles ?? {})].map((profile) => ({ name, profile }));
});

function walk(folder: string, prefix = ""): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? walk(join(folder, entry.name), `${prefix}${entry.name}/`)
      : [`${prefix}${entry.name}`],
  );
}

function has(command: string): boolean {
  return spawnSync(command, ["--version"]).error === undefined;
}

const project = { specFolder: "/project", outDir: "/project/serving" };

describe.each(variants)("golden $name, profile $profile", ({ name, profile }) => {
  const folder = join(golden, name, profile === undefined ? "expected" : `expected-${profile}`);
  const resolved = resolvedOf(specOf(name), profile);

  it("is a spec without findings", () => {
    expect(checkSpecText(specOf(name), { file: "servable.yaml" })).toEqual([]);
  });

  it("gives the expected files, and no others", async () => {
    const options = { tool, specFile: "servable.yaml", files: pemFiles };
    const all = [
      ...generateArtifacts(resolved, options),
      ...hostArtifacts(resolved, { ...options, specFolder: project.specFolder }),
      { path: "docker-argv.json", contents: `${JSON.stringify(dockerArgv(resolved, project), null, 2)}\n` },
      {
        path: "server-argv.json",
        contents: `${JSON.stringify(serverArgv(resolved, { hostPaths: true, ...project }), null, 2)}\n`,
      },
    ];
    for (const { path, contents } of all) await expect(contents).toMatchFileSnapshot(join(folder, path));
    const paths = all.map(({ path }) => path);
    expect(walk(folder).filter((path) => !paths.includes(path))).toEqual([]);
  });
});

describe("generated scripts", () => {
  /** Scripts of the golden cases, and of specs with hostile names. */
  function writeScripts(): string[] {
    const specs = [
      ...variants.map(({ name, profile }) => resolvedOf(specOf(name), profile)),
      ...fc.sample(arbitrarySpec, { numRuns: 100, seed: 7 }).flatMap((spec) => resolvedIfSound(spec) ?? []),
    ];
    return specs.flatMap((resolved, index) =>
      generateArtifacts(resolved, { tool, specFile: "servable.yaml", files: filesOf(resolved) })
        .filter((artifact) => artifact.path.endsWith(".sh"))
        .map((artifact) => {
          const path = join(scratch, `${index}-${artifact.path}`);
          writeFileSync(path, artifact.contents);
          return path;
        }),
    );
  }

  it("are bash", () => {
    for (const script of writeScripts()) {
      const { status, stderr } = spawnSync("bash", ["-n", script], { encoding: "utf8" });
      expect([script, status, stderr]).toEqual([script, 0, ""]);
    }
  });

  it("pass shellcheck", (ctx) => {
    if (!has("shellcheck")) ctx.skip("shellcheck is not installed");
    const scripts = writeScripts();
    expect(scripts.length).toBeGreaterThan(50);
    const { status, stdout } = spawnSync("shellcheck", ["--format=gcc", "--shell=bash", ...scripts], {
      encoding: "utf8",
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  }, 120_000);
});

describe("the docker client", () => {
  // A client that cannot reach a daemon has read its arguments; one that does not understand them says so before.
  function verdict(argv: readonly string[]): { status: number | null; stderr: string } {
    const { status, stderr } = spawnSync("docker", argv, {
      encoding: "utf8",
      env: {
        ...process.env,
        DOCKER_HOST: "unix:///nonexistent/docker.sock",
        DOCKER_BUILDKIT: "0",
        DOCKER_CONFIG: scratch,
      },
    });
    return { status, stderr };
  }
  const noDaemon =
    /Cannot connect to the Docker daemon|failed to connect to the docker API|error during connect/;

  it("refuses what it does not understand, which this test relies on", (ctx) => {
    if (!has("docker")) ctx.skip("docker is not installed");
    expect(verdict(["run", "--no-such-flag", "image"]).stderr).not.toMatch(noDaemon);
    expect(verdict(["run", "--mount", "type=bind,sauce=/a,target=/b", "image"]).stderr).not.toMatch(noDaemon);
    expect(verdict(["run", "image", "--no-such-flag"]).stderr).toMatch(noDaemon);
  });

  it.skipIf(!has("docker")).each(variants)(
    "understands docker run of $name, profile $profile",
    ({ name, profile }) => {
      const { stderr } = verdict(dockerArgv(resolvedOf(specOf(name), profile), project));
      expect(stderr).toMatch(noDaemon);
    },
  );

  it("understands docker run with hostile names", (ctx) => {
    if (!has("docker")) ctx.skip("docker is not installed");
    for (const spec of fc.sample(arbitrarySpec, { numRuns: 60, seed: 11 })) {
      const resolved = resolvedIfSound(spec);
      if (resolved === undefined) continue;
      const argv = dockerArgv(resolved, project);
      const { stderr } = verdict(argv);
      if (!noDaemon.test(stderr)) throw new Error(`${stderr}\n${JSON.stringify(argv, null, 1)}`);
    }
  }, 120_000);

  it("understands docker build of the cases that build", (ctx) => {
    if (!has("docker")) ctx.skip("docker is not installed");
    for (const { name, profile } of variants) {
      const resolved = resolvedOf(specOf(name), profile);
      for (const { argv } of resolved.build === undefined ? [] : dockerBuildSteps(resolved, resolved.build)) {
        // The context would be fetched first: an empty folder stands for it.
        const { stderr } = verdict([
          ...argv.slice(0, -1).filter((word) => word !== "--pull"),
          join(golden, name, "expected"),
        ]);
        expect(stderr).not.toMatch(/unknown flag|requires|invalid|Usage/i);
      }
    }
  });
});
