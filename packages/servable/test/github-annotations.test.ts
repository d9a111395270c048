import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

let workspace: string;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), "servable-annotations-"));
  mkdirSync(join(workspace, "serving", "prod"), { recursive: true });
  writeFileSync(join(workspace, "serving", "prod", "models.config"), "model_config_lst {}\n");
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

const check = (cwd: string, env: Record<string, string>, path: string) =>
  runCli(cwd, ["check", "--format", "github", path], { env });

// GitHub takes the files of annotations from the root of the repository, wherever the step runs.
it.each([
  ["in the root", "", "serving/prod/models.config"],
  ["in a folder", "serving", "prod/models.config"],
  ["in the file's folder", "serving/prod", "models.config"],
])("annotates files from the root of the repository (%s)", async (_where, folder, path) => {
  const { code, stdout } = await check(join(workspace, folder), { GITHUB_WORKSPACE: workspace }, path);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^::error file=serving\/prod\/models\.config,line=1,/);
});

it("names files as elsewhere where there is no such root, or the file is not below it", async () => {
  const folder = join(workspace, "serving");
  for (const env of [{}, { GITHUB_WORKSPACE: join(workspace, "other") }]) {
    const { stdout } = await check(folder, env as Record<string, string>, "prod/models.config");
    expect(stdout).toMatch(/^::error file=prod\/models\.config,/);
  }
});
