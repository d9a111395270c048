import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plain } from "@servable/diagnostics/render";
import type { InspectReport, InspectVersion } from "@servable/model-layout";
import { inspect } from "@servable/model-layout";
import { fixture } from "@servable/test-fixtures";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renderInspection } from "../../src/render/inspection.ts";
import { runCli } from "../run-cli.ts";

describe("servable inspect", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "inspect-command-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const copy = (model: string, to: string): void =>
    cpSync(fixture("models", model), join(root, to), { recursive: true });

  it("shows what people can call, and variables as they know them", async () => {
    copy("half_plus_two_versions/1", "half/1");
    const { code, stdout, stderr } = await runCli(root, ["inspect", "half"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      [
        "half  half",
        "  version 1  12.6 KiB, TensorFlow 2.17.1",
        "    tags serve",
        "      serving_default  tensorflow/serving/predict",
        "        in  x  float [?]",
        "        out y  float [?]",
        "    2 variables, 8 B",
        "      a  float []  4 B",
        "      b  float []  4 B",
        "",
      ].join("\n"),
    );
  });

  it("keeps every line of the fixtures below a terminal's width", () => {
    for (const model of ["keras_mlp_export", "multi_signature_dynamic_seq", "resnet_v2_fp32_nhwc"]) {
      const [, ...lines] = renderInspection(inspect(fixture("models", model)), plain, 80).split("\n");
      for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(80);
    }
  });

  it("aligns wide, long and hostile names", () => {
    const [model] = inspect(fixture("models", "half_plus_two_versions", "1")).models;
    const [version] = model!.versions as [InspectVersion];
    const [graph] = version.metaGraphs;
    const signature = graph!.signatures["serving_default"]!;
    const tensor = signature.inputs["x"]!;
    const long = "a".repeat(100);
    const inputs = {
      入力: tensor,
      "e\u001b[31m": { ...tensor, kind: "coo_sparse" as const },
      [long]: {
        ...tensor,
        kind: "composite_tensor" as const,
        dtype: "DT_INVALID",
        typeSpecClass: "RAGGED_TENSOR_SPEC",
      },
    };
    const report: InspectReport = {
      models: [
        {
          ...model!,
          versions: [
            {
              ...version,
              metaGraphs: [
                {
                  ...graph!,
                  signatures: { s: { method: "", inputs, outputs: {}, defaults: { 入力: { error: "" } } } },
                },
              ],
              variables: [
                { key: long, dtype: "DT_FLOAT", shape: [1, 2], shard: 0, offset: 0, size: 8, crc32c: 0 },
                {
                  key: "k",
                  dtype: "DT_INT64",
                  shape: [4],
                  shard: 0,
                  offset: 0,
                  size: 0,
                  crc32c: 0,
                  slices: [[], []],
                },
                { keyHex: "00", dtype: "DT_INT64", shape: [2], shard: 0, offset: 0, size: 16, crc32c: 0 },
              ],
            },
          ],
        },
      ],
    };
    const text = renderInspection(report, plain, 80);
    const cut = `${"a".repeat(19)}…${"a".repeat(20)}`;
    expect(text).toContain("      s  (no method)\n");
    expect(text).toContain(`        in  入力${" ".repeat(36)}  float [?]  has a default\n`);
    expect(text).toMatch(/ {8}in {2}e\\u001b\[31m {29} {2}sparse float \[\?\]\n/);
    expect(text).toContain(`        in  ${cut}  composite RAGGED_TENSOR_SPEC\n`);
    expect(text).toContain(
      `    2 variables, 24 B\n      k${" ".repeat(39)}  int64 [4]     32 B  in 2 slices\n`,
    );
    expect(text).toContain(`      ${cut}  float [1, 2]  8 B\n`);
    expect(text).not.toContain("\u001b");
    // As wide as the terminal is, and whole where it is none.
    const cutOf = (columns: number): number =>
      /a+…a+/.exec(renderInspection(report, plain, columns))![0].length;
    expect([40, 100, 120].map(cutOf)).toEqual([20, 60, 80]);
    expect(renderInspection(report, plain)).toContain(`${long}  float [1, 2]`);
  });

  it("names the variable whose bytes are damaged", async () => {
    copy("half_plus_two_versions/1", "half/1");
    const data = join(root, "half/1/variables/variables.data-00000-of-00001");
    const bytes = readFileSync(data);
    bytes[0]! ^= 1;
    writeFileSync(data, bytes);
    expect((await runCli(root, ["inspect", "half"])).code).toBe(0);
    const { code, stderr } = await runCli(root, ["inspect", "half", "--verify-checksums"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/data-00000-of-00001: "a\/\.ATTRIBUTES\/VARIABLE_VALUE": stored checksum \d+ but/);
  });

  it("says where there is no model", async () => {
    mkdirSync(join(root, "empty"));
    writeFileSync(join(root, "file"), "");
    const empty = await runCli(root, ["inspect", "empty"]);
    expect(empty).toMatchObject({ code: 2, stdout: "" });
    expect(empty.stderr).toContain("no version of a model found at empty");
    const json = await runCli(root, ["inspect", "empty", "--format", "json"]);
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ models: [{ versions: [] }] });
    const file = await runCli(root, ["inspect", "file"]);
    expect(file).toMatchObject({ code: 2, stdout: "" });
    expect(file.stderr).toMatch(
      /cannot read file: it is no folder\nhelp: +give the folder that holds it: \./,
    );
  });
});
