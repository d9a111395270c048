import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = resolve(import.meta.dirname, "..", "..");

interface Hook {
  id: string;
  entry: string;
  language: string;
  files: string;
  pass_filenames?: boolean;
}

const hooks = parse(readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8")) as Hook[];

/** Python's verbose flag ignores blanks; JavaScript has no such flag. */
function matcher(id: string): RegExp {
  const pattern = hooks.find((hook) => hook.id === id)?.files ?? "";
  const flags = /^\(\?([a-z]+)\)/.exec(pattern);
  const body = flags === null ? pattern : pattern.slice(flags[0].length);
  return new RegExp(
    flags?.[1]?.includes("x") ? body.replace(/\s+/g, "") : body,
    flags?.[1]?.includes("i") ? "i" : "",
  );
}

it("has the four hooks, each a command of the CLI", () => {
  expect(hooks.map((hook) => [hook.id, hook.entry, hook.language])).toEqual([
    ["servable-check", "servable check", "node"],
    ["servable-fmt", "servable fmt", "node"],
    ["servable-models", "servable check --level quick", "node"],
    ["servable-generate", "servable generate --check", "node"],
  ]);
});

describe("servable-check", () => {
  it.each([
    "servable.yaml",
    "deploy/servable.yml",
    "servable.canary.yaml",
    "serving/models.config",
    "model_config_list.pbtxt",
    "serving/batching_parameters.txt",
    "batching.txtpb",
    "models/resnet/1/batching_params.pbtxt",
    "monitoring.config",
    "ssl.config",
    "platform_config.txt",
  ])("takes %s", (path) => {
    expect(matcher("servable-check").test(path)).toBe(true);
  });

  it.each([
    "README.md",
    "saved_model.pbtxt",
    "models/resnet/1/saved_model.pb",
    "requirements.txt",
    "app.yaml",
    "remodels.config",
  ])("leaves %s alone", (path) => {
    expect(matcher("servable-check").test(path)).toBe(false);
  });
});

it("servable-fmt takes the text protos and not the spec", () => {
  expect(matcher("servable-fmt").test("serving/models.config")).toBe(true);
  expect(matcher("servable-fmt").test("servable.yaml")).toBe(false);
});

it("servable-models takes every file of a SavedModel that the quick level reads", () => {
  for (const path of [
    "saved_model.pb",
    "variables/variables.index",
    "variables/variables.data-00000-of-00001",
  ]) {
    expect(matcher("servable-models").test(`models/resnet/1/${path}`), path).toBe(true);
  }
});
