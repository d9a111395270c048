import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rules } from "@servable/linter/registry";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

const require = createRequire(import.meta.url);
// Written for draft 4, but with nothing in it that later drafts read otherwise.
const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(
  readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"),
) as Record<string, unknown>;
// The schema's formats are for people; its structure is what counts.
const validate = new Ajv({
  strict: false,
  validateFormats: false,
  unicodeRegExp: false,
  logger: false,
}).compile(schema);
const root = mkdtempSync(join(tmpdir(), "servable-sarif-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function sarif(args: readonly string[]): Promise<{ runs: { results: object[] }[] }> {
  const { stdout } = await runCli(root, ["check", "--format", "sarif", ...args]);
  const document = JSON.parse(stdout);
  expect(validate(document) ? [] : validate.errors).toEqual([]);
  return document;
}

describe("SARIF", () => {
  it("is valid for a file without and with findings, and for flags", async () => {
    writeFileSync(join(root, "batching_parameters.txt"), "max_batch_size { value: 8 }\n");
    await sarif(["batching_parameters.txt"]);
    writeFileSync(
      join(root, "ünï code.config"),
      'model_config_list { config { name: "𝒳" base_path: "a" nmae: 1 } }\n',
    );
    expect(
      (await sarif(["--kind", "model-server-config", "ünï code.config"])).runs[0]?.results.length,
    ).toBeGreaterThan(1);
    expect((await sarif(["--", "--prot=1", "--rest-api-port=2"])).runs[0]?.results.length).toBeGreaterThan(1);
  });
  it("is valid for the bad examples of every rule about text protos", async () => {
    for (const rule of rules.filter(({ id }) =>
      /^(batching|model-config|monitoring|ssl|text-proto)\//.test(id),
    )) {
      for (const { files } of rule.examples?.bad ?? []) {
        const names = Object.keys(files).filter((name) => /^[\w.-]+$/.test(name));
        for (const name of names) writeFileSync(join(root, name), files[name] ?? "");
        if (names.length > 0 && !("<flags>" in files)) await sarif(names);
      }
    }
  });
});
