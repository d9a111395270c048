import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = resolve(import.meta.dirname, "..", "..");
const read = (...path: string[]): unknown => parse(readFileSync(join(root, ...path), "utf8"));

interface Action {
  inputs: Record<string, { default: string }>;
  runs: { using: string; steps: { shell: string; env: Record<string, string>; run: string }[] };
}

describe("action.yml", () => {
  const action = read("action.yml") as Action;
  const [step] = action.runs.steps;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "servable-action-"));
    const stub = '#!/bin/sh\nprintf "%s\\0" "$@" > "$STUB_RECORD"\nexit "$STUB_STATUS"\n';
    writeFileSync(join(folder, "npx"), stub, { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the step as the runner runs `shell: bash`, with an npx that writes its arguments down. */
  function run(inputs: Record<string, string>, status = 0) {
    const record = join(folder, "argv");
    const values = Object.fromEntries(
      Object.entries(step!.env).map(([name, expression]) => {
        const input = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(expression)?.[1] ?? "";
        return [name, inputs[input] ?? action.inputs[input]?.default ?? ""];
      }),
    );
    const script = join(folder, "step.sh");
    writeFileSync(script, step!.run);
    const ran = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: `${folder}:${process.env["PATH"]}`,
        STUB_RECORD: record,
        STUB_STATUS: String(status),
        ...values,
      },
    });
    return { ...ran, argv: readFileSync(record, "utf8").split("\0").slice(0, -1) };
  }

  it("has one step for bash, whose inputs come by the environment alone", () => {
    expect(action.runs.steps).toHaveLength(1);
    expect(step).toMatchObject({ shell: "bash" });
    expect(step?.run).not.toContain("${{");
    const used = Object.values(step!.env).map((text) => /inputs\.([a-z-]+)/.exec(text)?.[1]);
    expect([...used, "working-directory"].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it("checks the project where nothing is given", () => {
    const { argv, status, stderr } = run({});
    expect({ argv, status, stderr }).toEqual({
      argv: ["--yes", "servable@latest", "check", "--format", "github"],
      status: 0,
      stderr: "",
    });
  });

  it("splits at blanks and line breaks, and evaluates nothing", () => {
    const { argv } = run({
      paths: "serving/\nmodels/$(touch pwned)\n",
      args: "--max-warnings  0 *",
      version: "0.1.0",
    });
    expect(argv.slice(1)).toEqual([
      ...["servable@0.1.0", "check", "--format", "github", "--max-warnings", "0", "*"],
      ...["serving/", "models/$(touch", "pwned)"],
    ]);
  });

  it("fails where the check fails", () => {
    expect(run({}, 1).status).toBe(1);
  });
});

describe("the workflows", () => {
  const names = readdirSync(join(root, ".github", "workflows"));

  it.each(names)("%s gives its jobs no more than reading, and a time limit", (name) => {
    const workflow = read(".github", "workflows", name) as {
      permissions: unknown;
      jobs: Record<string, { "timeout-minutes"?: number; steps: { uses?: string; with?: object }[] }>;
    };
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const job of Object.values(workflow.jobs)) {
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
      for (const { uses, with: options } of job.steps) {
        if (uses?.startsWith("actions/checkout@") === true) {
          expect(options).toMatchObject({ "persist-credentials": false });
        }
      }
    }
  });
});
