import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../run-cli.ts";

describe("servable publish", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "publish-command-"));
    cpSync(fixture("models", "half_plus_two_versions", "1"), join(root, "export"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const publish = (...argv: string[]) => runCli(root, ["publish", ...argv]);

  it("says what it did, and what it did not", async () => {
    for (const number of ["1", "2", "3"]) {
      const { code, stdout } = await publish("export", "live");
      expect({ code, stdout }).toEqual({ code: 0, stdout: `published live/${number}: 4 files, 12.6 KiB\n` });
    }
    symlinkSync("1", join(root, "live", "stable"));
    const kept = await publish("export", "live", "--keep", "1");
    expect(kept).toMatchObject({
      code: 0,
      stdout: "published live/4: 4 files, 12.6 KiB\nremoved live/2\nremoved live/3\n",
    });
    expect(kept.stderr).toBe("warning: live/1 was not removed: a link beside it leads there\n");
    const hidden = await publish("export", "live", "--version", "0", "--format", "json");
    expect(JSON.parse(hidden.stdout)).toEqual({
      version: 0,
      path: "live/0",
      files: 4,
      bytes: 12907,
      removed: [],
      notRemoved: [],
      hiddenBy: 4,
      diagnostics: [],
    });
    expect(hidden.stderr).toContain("keeps serving that one");
    const highest = await publish("export", "top", "--version", "9223372036854775807", "--format", "json");
    expect(JSON.parse(highest.stdout)).toMatchObject({ version: "9223372036854775807" });
  });

  it("refuses an export with errors as text and as JSON, and names its files", async () => {
    const data = join(root, "export/variables/variables.data-00000-of-00001");
    const bytes = readFileSync(data);
    bytes[0]! ^= 1;
    writeFileSync(data, bytes);
    const refused = await publish("export", "live");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("export/variables/variables.data-00000-of-00001: error: ");
    expect(refused.stderr).toContain("error: export has 1 error: nothing was published\n");
    const json = await publish("export", "live", "--format", "json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ version: null, path: null, removed: [] });
    expect(JSON.parse(json.stdout).diagnostics).toContainEqual(
      expect.objectContaining({ rule: "variables/checksums-hold", severity: "error" }),
    );
    expect(existsSync(join(root, "live"))).toBe(false);
  });

  it("shows no control characters of names", async () => {
    const published = await publish("export", "odd\nname\u001b[31m");
    expect(published).toMatchObject({
      code: 0,
      stdout: "published odd\\nname\\u001b[31m/1: 4 files, 12.6 KiB\n",
    });
    const written = await runCli(root, ["warmup", "write", "odd\nname\u001b[31m/1"]);
    expect(written.stdout).toMatch(/^wrote odd\\nname\\u001b\[31m\/1\/assets/);
  });

  it("names each mistake by the paths that were typed", async () => {
    mkdirSync(join(root, "models"));
    await publish("export", "models/resnet");
    for (const [argv, message] of [
      [["nothing", "live"], "error: nothing: no such file or directory\n"],
      [["export/saved_model.pb", "live"], "error: export/saved_model.pb: not a directory\n"],
      [["export", "export/live"], "error: the base path export/live lies inside the export export\n"],
      [["export", "models"], "error: models holds models (resnet), not versions of one model\n"],
      [["export", "models/resnet/1"], "error: models/resnet/1 is itself a SavedModel"],
      [["export", "models/new/7"], "error: models/new/7 ends in a number"],
      [["export", "models/resnet", "--version", "1"], "error: models/resnet/1 is there already\n"],
      [["export", "models/resnet", "--server-version", "new"], "--server-version new is not a version"],
    ] as const) {
      const ran = await publish(...argv);
      expect(ran, argv.join(" ")).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toContain(message);
      expect(ran.stderr).not.toContain(root);
    }
    expect(readdirSync(join(root, "models", "resnet"))).toEqual(["1"]);
  });
});
