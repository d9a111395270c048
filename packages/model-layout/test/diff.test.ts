import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffVersions, openSavedModel } from "../src/index.ts";

describe("diff of two versions", () => {
  const model = fixture("models", "multi_signature_dynamic_seq", "4");
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "diff-"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** A copy of the model with bytes of saved_model.pb replaced by others of the same length. */
  const edited = (name: string, from: string, to: string): string => {
    const path = join(root, name);
    cpSync(model, path, { recursive: true });
    const file = join(path, "saved_model.pb");
    const text = readFileSync(file, "latin1");
    expect(text).toContain(from);
    expect(to.length).toBe(from.length);
    writeFileSync(file, text.replaceAll(from, to), "latin1");
    return path;
  };

  it("of the same version is empty", () => {
    expect(diffVersions(model, model)).toMatchObject({
      changes: [],
      breaksClients: false,
      breaksBatching: false,
    });
  });

  it("names signatures that are gone", () => {
    const names = [...(openSavedModel(model).metaGraph()?.signatures.keys() ?? [])].filter(
      (name) => !name.startsWith("__"),
    );
    const name = names.find((other) => other !== "serving_default")!;
    const renamed = edited("renamed", name, name.replace(/.$/, "_"));
    const { changes, breaksClients } = diffVersions(model, renamed);
    expect(breaksClients).toBe(true);
    expect(changes.filter(({ effect }) => effect === "breaks-clients")).toMatchObject([
      { subject: name, message: "signature is gone" },
    ]);
    expect(changes.some(({ message }) => message === "signature is new")).toBe(true);
  });

  it("of two models tells inputs, dtypes, shapes and variables apart", () => {
    const { changes } = diffVersions(
      fixture("models", "half_plus_two_versions", "1"),
      fixture("models", "keras_mlp_export", "1"),
    );
    expect(changes.some(({ effect, area }) => effect === "breaks-clients" && area === "signature")).toBe(
      true,
    );
    expect(changes.some(({ area }) => area === "variable")).toBe(true);
    const effects = changes.map(({ effect }) => effect);
    expect(effects).toEqual(
      [...effects].sort(
        (a, b) =>
          ["breaks-clients", "breaks-batching", "note"].indexOf(a) -
          ["breaks-clients", "breaks-batching", "note"].indexOf(b),
      ),
    );
  });

  it("tells other values from other variables", () => {
    const [a, b] = [
      fixture("models", "half_plus_two_versions", "1"),
      fixture("models", "half_plus_two_versions", "2"),
    ];
    const { changes, breaksClients } = diffVersions(a, b);
    expect(breaksClients).toBe(false);
    expect(changes.every(({ effect }) => effect === "note")).toBe(true);
  });
});
