import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResolvedSpec } from "@servable/config-schema";
import { dockerArgv, generateArtifacts } from "@servable/deploy-gen";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arbitrarySpec, hostileName, hostileText } from "./arbitrary-spec.ts";
import { filesOf, resolvedIfSound, resolvedOf, tool } from "./resolved.ts";

let scratch: string;
let record: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "servable-docker-run-"));
  record = join(scratch, "argv");
  mkdirSync(join(scratch, "bin"));
  writeFileSync(
    join(scratch, "bin", "docker"),
    `#!/usr/bin/env bash\nprintf '%s\\0' "$@" > "$FAKE_DOCKER_ARGV"\n`,
    { mode: 0o755 },
  );
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a script with a docker on PATH that writes down its arguments. */
function argvOf(script: string, cwd: string): string[] {
  rmSync(record, { force: true });
  const { status, stderr, error } = spawnSync("bash", [script], {
    cwd,
    env: {
      PATH: `${join(scratch, "bin")}:${process.env["PATH"]}`,
      FAKE_DOCKER_ARGV: record,
      CDPATH: "/:/tmp",
    },
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  expect([status, stderr]).toEqual([0, ""]);
  return readFileSync(record, "utf8").split("\0").slice(0, -1);
}

function scriptOf(resolved: ResolvedSpec, specFolderFromOut = ".."): string {
  const artifacts = generateArtifacts(resolved, {
    tool,
    specFile: "servable.yaml",
    files: filesOf(resolved),
    specFolderFromOut,
  });
  const script = artifacts.find((artifact) => artifact.kind === "docker-run");
  if (script === undefined) throw new Error("no docker-run.sh");
  return script.contents;
}

let project = 0;

/** Writes docker-run.sh into a project of that name and gives its folders. */
function lay(resolved: ResolvedSpec, name: string, out = "serving"): { specFolder: string; outDir: string } {
  const specFolder = join(scratch, String(project++), name);
  const outDir = join(specFolder, out);
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, "docker-run.sh"), scriptOf(resolved));
  return { specFolder, outDir };
}

const withScript = (spec: Record<string, unknown>): ResolvedSpec | undefined => {
  const resolved = resolvedIfSound(spec);
  return resolved?.docker === undefined ? undefined : resolved;
};

describe("docker-run.sh", () => {
  it("passes the arguments of docker-argv, whatever names the spec and the project have", () => {
    fc.assert(
      fc.property(arbitrarySpec, hostileName, (spec, name) => {
        const resolved = withScript(spec);
        fc.pre(resolved !== undefined);
        const folders = lay(resolved, name);
        expect(argvOf(join(folders.outDir, "docker-run.sh"), "/")).toEqual(dockerArgv(resolved, folders));
      }),
      { numRuns: 80 },
    );
  });

  it("keeps hostile names of paths, models, labels and environment as they are", () => {
    const names = fc.record({
      model: hostileText,
      other: hostileText,
      folder: hostileName,
      version: hostileText,
      label: hostileText,
      value: hostileText,
    });
    fc.assert(
      fc.property(names, ({ model, other, folder, version, label, value }) => {
        fc.pre(model !== other && !folder.includes("\r\n") && !/[=\s]/.test(label));
        const resolved = resolvedIfSound({
          models: [
            { name: model, path: `./${folder}/x`, labels: { [version]: 1 } },
            { name: other, path: `../${folder}` },
          ],
          docker: { labels: { [label]: value } },
          environment: { X_VALUE: value },
        });
        fc.pre(resolved !== undefined);
        const folders = lay(resolved, folder);
        const argv = argvOf(join(folders.outDir, "docker-run.sh"), "/");
        expect(argv).toEqual(dockerArgv(resolved, folders));
        expect(argv).toContain(`${label}=${value}`);
        expect(argv).toContain(`X_VALUE=${value}`);
        const quoted = (field: string): string =>
          /[,"\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
        expect(argv).toContain(
          `type=bind,${quoted(`source=${folders.specFolder}/${folder}/x`)},target=${resolved.models[0]?.basePath},readonly`,
        );
      }),
      { numRuns: 80 },
    );
  });

  it("gives a single model of any name by flags or by MODEL_NAME", () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const resolved = resolvedIfSound({ models: [{ name, path: "./m" }] });
        fc.pre(resolved !== undefined);
        const argv = argvOf(join(lay(resolved, "p").outDir, "docker-run.sh"), "/");
        const plain = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name);
        expect(argv.includes(`MODEL_NAME=${name}`)).toBe(plain);
        expect(argv.includes(`--model_name=${name}`)).toBe(!plain);
      }),
      { numRuns: 30 },
    );
  });

  it("works from any working folder, by any way to name it, and after its project was moved", () => {
    const resolved = resolvedOf(
      "models: [{ name: a, path: ./models/a }, { name: b, path: ../b }, { name: c, path: /abs/c }, { name: d, path: ../../d }]\n",
    );
    const folders = lay(resolved, "a project\n");
    const expected = dockerArgv(resolved, folders);
    const script = join(folders.outDir, "docker-run.sh");
    expect(argvOf(script, "/")).toEqual(expected);
    expect(argvOf("docker-run.sh", folders.outDir)).toEqual(expected);
    expect(argvOf("./docker-run.sh", folders.outDir)).toEqual(expected);
    expect(argvOf("serving/docker-run.sh", folders.specFolder)).toEqual(expected);
    expect(argvOf("../serving/docker-run.sh", join(folders.outDir))).toEqual(expected);
    const moved = join(scratch, "moved");
    renameSync(folders.specFolder, moved);
    const there = { specFolder: moved, outDir: join(moved, "serving") };
    expect(argvOf(join(moved, "serving", "docker-run.sh"), "/")).toEqual(dockerArgv(resolved, there));
    expect(argvOf("serving/docker-run.sh", moved)).toEqual(dockerArgv(resolved, there));
  });

  it("finds the spec's folder from an output folder anywhere", () => {
    const resolved = resolvedOf("models: [{ name: a, path: ./models/a }, { name: b, path: b }]\n");
    const specFolder = join(scratch, "elsewhere", "project");
    const outDir = join(scratch, "elsewhere", "out", "put");
    mkdirSync(specFolder, { recursive: true });
    mkdirSync(outDir, { recursive: true });
    writeFileSync(join(outDir, "docker-run.sh"), scriptOf(resolved, "../../project"));
    expect(argvOf("put/docker-run.sh", join(outDir, ".."))).toEqual(
      dockerArgv(resolved, { specFolder, outDir }),
    );
  });

  it("is the well-known command for one model", () => {
    const resolved = resolvedOf(
      "models: [{ name: resnet, path: ./models }]\nports: { grpc: 9000, rest: { published: false } }\n",
    );
    const folders = lay(resolved, "resnet");
    expect(argvOf("serving/docker-run.sh", folders.specFolder)).toEqual([
      ...["run", "--rm", "--init", "-p", "9000:8500"],
      ...["--mount", `type=bind,source=${folders.specFolder}/models,target=/models/resnet,readonly`],
      ...["-e", "MODEL_NAME=resnet", "tensorflow/serving:2.17.1"],
    ]);
  });
});
