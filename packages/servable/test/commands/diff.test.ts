import { cpSync } from "node:fs";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { project } from "../project.ts";
import { runCli } from "../run-cli.ts";

describe("servable diff", () => {
  const root = project({});
  for (const [path, model] of [
    ["old", "resnet_v2_fp32_nhwc/1538687457"],
    ["new", "resnet_v2_uint8_nhwc/1"],
    ["half/1", "half_plus_two_versions/1"],
    ["half/2", "half_plus_two_versions/2"],
  ] as const)
    cpSync(fixture("models", model), join(root, path), { recursive: true });

  it("says what breaks, and of many variables only how many", async () => {
    const { code, stdout, stderr } = await runCli(root, ["diff", "old", "new"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe("breaks clients   predict.input: input is gone: requests that send it are refused");
    expect(lines.filter((line) => / variable is (gone|new) \(/.test(line))).toHaveLength(6);
    expect(lines.slice(-2)).toEqual([
      "note             30 more variables are another; --format json names all",
      "not compatible",
    ]);
    expect(stdout).toContain("size: variables had ");
    const json = JSON.parse((await runCli(root, ["diff", "old", "new", "--format", "json"])).stdout);
    expect(json).toMatchObject({ from: "old", to: "new", breaksClients: true, breaksBatching: false });
    const variables = json.changes.filter(({ area }: { area: string }) => area === "variable");
    expect(variables).toHaveLength(37);
  });

  it("ends with 0 where nothing breaks, and with 2 where there is nothing to compare", async () => {
    const same = await runCli(root, ["diff", "half/1", "half/1"]);
    expect(same).toEqual({ code: 0, stdout: "no difference\n", stderr: "" });
    const retrained = await runCli(root, ["diff", "half/1", "half/2"]);
    expect(retrained.code).toBe(0);
    expect(retrained.stdout).toMatch(/compatible\n$/);
    const base = await runCli(root, ["diff", "half", "half/2"]);
    expect(base).toMatchObject({ code: 2, stdout: "" });
    expect(base.stderr).toBe(
      "error: half: is a base path, not a version directory\nhelp:  give one of its versions, such as half/2\n",
    );
  });
});
