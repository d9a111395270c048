import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkWarmup, WARMUP_FILE } from "@servable/model-layout";
import { fixture, root as repository } from "@servable/test-fixtures";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../run-cli.ts";

const packages = join(repository, "packages");

describe("servable warmup write", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "warmup-command-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const copy = (model: string, version: string): string => {
    const path = join(root, model, version);
    cpSync(fixture("models", model, version), path, { recursive: true });
    rmSync(join(path, WARMUP_FILE), { force: true });
    return join(model, version);
  };
  const requestsOf = (folder: string): string[] => {
    const { diagnostics, requests } = checkWarmup(join(root, folder));
    expect(diagnostics).toEqual([]);
    return requests.map(({ kind, signature, rows }) => `${kind} ${signature} ${[...rows.values()].join()}`);
  };
  const write = async (folder: string, ...more: string[]) => {
    const ran = await runCli(root, ["warmup", "write", folder, "--format", "json", ...more]);
    return { ...ran, json: ran.stdout === "" ? undefined : JSON.parse(ran.stdout) };
  };

  it("makes Examples that the model parses, for Classify and Regress", async () => {
    const folder = copy("tf1_classify_regress", "7");
    const { code, json } = await write(folder, "--batch-size", "1", "--batch-size", "4");
    expect({ code, ...json }).toMatchObject({ code: 0, records: 8, passedOver: [], untried: [] });
    const requests = requestsOf(folder);
    expect(new Set(requests.map((line) => line.split(" ")[0]))).toEqual(
      new Set(["predict_log", "classify_log", "regress_log"]),
    );
    expect(
      requests.filter((line) => line.startsWith("classify_log")).map((line) => line.split(" ")[2]),
    ).toContain("4");
  });

  it("makes nothing up for what changes the next answers, unless it is asked to", async () => {
    const folder = copy("counter_tf2", "1");
    const { code, json, stderr } = await write(folder);
    expect(code).toBe(0);
    expect(json.passedOver).toEqual([
      { signature: "serving_default", reason: "it changes what later requests get (AssignAddVariableOp)" },
    ]);
    expect(stderr).toContain('no record for signature "serving_default"');
    expect(requestsOf(folder)).toEqual(["predict_log get "]);
    expect((await write(folder, "--signature", "serving_default")).code).toBe(0);
    expect(requestsOf(folder).join()).toContain("serving_default");
  });

  it("finds requests for what is hard to feed, and says why for what can't be", async () => {
    cpSync(join(packages, "model-layout/test/odd-requests/1"), join(root, "odd/1"), { recursive: true });
    const { code, json } = await write("odd/1", "--batch-size", "1", "--batch-size", "3");
    expect(code).toBe(0);
    expect(new Set(requestsOf("odd/1").map((line) => line.split(" ")[1]))).toEqual(
      new Set([
        ...[
          "any_rank",
          "base64_pictures",
          "deeply_ragged",
          "examples",
          "examples_and_numbers",
          "json_examples",
        ],
        ...["numbers", "old_ops", "one_example", "partly_ragged_answer", "pictures_in_examples", "ragged"],
        "raw_rows",
        ...["sequences", "sound", "sparse", "table_rows"],
      ]),
    );
    const reasons = json.passedOver.map((each: { signature: string; reason: string }) => [
      each.signature,
      each.reason.split("\n")[0],
    ]);
    expect(reasons).toEqual([
      ["never", expect.stringMatching(/^the request fails \(batch size 1\): assertion failed: /)],
      [
        "packed",
        expect.stringMatching(
          /^it takes its strings apart \(DecodeCompressed\), and the request fails \(batch size 1\): inflate/,
        ),
      ],
      ["ragged_answer", expect.stringMatching(/^its output "r" is a composite tensor/)],
    ]);
    expect(json.untried).toEqual([
      { signature: "json_examples", reason: "DecodeJSONExample can't be run here" },
    ]);
    const checked = await runCli(root, ["warmup", "check", "odd/1"]);
    expect(checked.stdout).toContain("  predict_log  base64_pictures, 3 rows\n");
    expect(checked.stdout).toContain("  predict_log  deeply_ragged\n");
    expect(checked.stdout).toMatch(/\n {6}and 12 more\n32 records, 0 errors\n$/);
    const nothing = await write("odd/1", "--signature", "ragged_answer");
    expect(nothing).toMatchObject({ code: 1, stdout: "" });
    expect(nothing.stderr).toContain("nor can the server take any");
  });

  it("puts a picture where the graph decodes one, also behind base64 and in Examples", async () => {
    cpSync(join(packages, "model-layout/test/odd-requests/1"), join(root, "odd/1"), { recursive: true });
    const picture = fixture("images", "landscape_320x213_420.jpg");
    const { code, json } = await write("odd/1", "--image", picture);
    expect({ code, ...json }).toMatchObject({ code: 0, records: 2, passedOver: [], untried: [] });
    expect(requestsOf("odd/1")).toEqual([
      "predict_log base64_pictures 1",
      "predict_log pictures_in_examples 1",
    ]);
    const written = readFileSync(join(root, "odd/1", WARMUP_FILE));
    const jpeg = readFileSync(picture);
    expect(written.includes(jpeg)).toBe(true);
    expect(written.includes(jpeg.toString("base64url"))).toBe(true);
    const none = await write("odd/1", "--image", picture, "--signature", "numbers");
    expect(none).toMatchObject({ code: 2, stdout: "" });
    expect(none.stderr).toContain("none decodes pictures");
  });

  it("writes no request that fails when it is run, made up or given", async () => {
    const folder = copy("keras_mlp_export", "1");
    const golden = join(root, "golden.json");
    // The server does not compare shapes: the graph does.
    const features = { dtype: "DT_FLOAT", shape: [1, 5], values: [1, 2, 3, 4, 5] };
    writeFileSync(golden, JSON.stringify({ inputs: { features } }));
    const refused = await write(folder, "--golden", golden);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /request 0 \(to signature "serving_default"\) fails: .*(size|dimension|incompatible)/i,
    );
    expect(existsSync(join(root, folder, WARMUP_FILE))).toBe(false);
    const forced = await write(folder, "--golden", golden, "--untried");
    expect(forced).toMatchObject({ code: 0, json: { records: 1 } });
    expect(forced.json.diagnostics[0].message).toContain("has shape [1,5]");
    // What can be told without running it is told by the signature.
    writeFileSync(golden, JSON.stringify({ inputs: { feature: features } }));
    const misnamed = await write(folder, "--golden", golden);
    expect(misnamed).toMatchObject({ code: 1, json: { path: null, records: 0 } });
    expect(misnamed.json.diagnostics[0].message).toContain('feeds "feature"');
  });

  it("asks for less where a batch is too large, and says what is missing", async () => {
    const folder = copy("keras_mlp_export", "1");
    for (const [argv, code, message] of [
      [["--batch-size", "9999999999"], 2, "--batch-size wants"],
      [["--signature", "nope"], 2, 'no signature "nope"'],
      [["--golden", "missing.json"], 2, "missing.json"],
    ] as const) {
      const ran = await write(folder, ...argv);
      expect(ran, argv.join()).toMatchObject({ code, stdout: "" });
      expect(ran.stderr).toContain(message);
      expect(ran.stderr).not.toMatch(/internal|\n\s+at /);
    }
    const large = await write(copy("resnet_v2_fp32_nhwc", "1538687457"), "--batch-size", "9999999");
    expect(large.code).toBe(2);
    expect(large.stderr).toMatch(/more than the .* that are made up/);
    const nothing = await runCli(root, ["warmup", "write", "nothing"]);
    expect(nothing).toMatchObject({ code: 2, stdout: "" });
    expect(nothing.stderr).toMatch(/^error: nothing: /);
  });

  it("takes each mistake for one", async () => {
    const folder = copy("half_plus_two_versions", "1");
    writeFileSync(join(root, "none.json"), "[]");
    for (const [argv, message] of [
      [["wirte", folder], 'the action is write or check, not "wirte", did you mean "write"?'],
      [["check", folder, "--untried"], "--untried is for write"],
      [["check", "nothing"], "error: nothing: "],
      [["check", join(folder, "saved_model.pb")], "saved_model.pb"],
      [["check", "half_plus_two_versions"], "half_plus_two_versions is a base path, not a version directory"],
      [["write", folder, "--golden", "none.json"], "no request that is to succeed"],
    ] as const) {
      const ran = await runCli(root, ["warmup", ...argv]);
      expect(ran, argv.join()).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toContain(message);
    }
    expect((await runCli(root, ["warmup", "check", folder])).stdout).toBe("0 records, 0 errors\n");
  });

  it("leaves nothing but the file, in place of the one before", async () => {
    const folder = copy("half_plus_two_versions", "1");
    await write(folder);
    await write(folder, "--batch-size", "3");
    expect(requestsOf(folder)).toEqual(["predict_log serving_default 3"]);
    expect(readdirSync(join(root, folder, "assets.extra"))).toEqual(["tf_serving_warmup_requests"]);
  });
});
