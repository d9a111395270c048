import { existsSync, readFileSync } from "node:fs";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { GraphError } from "../src/index.ts";
import {
  checkCompositeGolden,
  checkGolden,
  expectedModels,
  isComposite,
  loadGraphModel,
} from "./fixture-models.ts";

const models = hasShared ? expectedModels(sharedFixture("expected")) : [];

async function loaderOf(path: string, tags?: readonly string[]) {
  return loadGraphModel(path, tags ? { tags } : {}).then(
    () => ({ code: "OK", message: "" }),
    (error: unknown) => {
      if (!(error instanceof GraphError)) throw error;
      return { code: error.code, message: error.message.replaceAll(path, "<version_dir>") };
    },
  );
}

describe.skipIf(!hasShared).each(models)("$model", ({ model, versions }) => {
  for (const version of versions) {
    const path = sharedFixture("models", model, version.dir);
    const refused = (version.load ?? []).find(({ cpp_loader }) => cpp_loader.code !== "OK");
    const goldens = version.goldens ?? [];
    for (const { tags, cpp_loader } of version.load ?? []) {
      it(`loads as the C++ loader does, version ${version.dir}, tags ${tags.join(",")}`, async () => {
        expect(await loaderOf(path, tags)).toEqual(cpp_loader);
      });
    }
    if (goldens.length === 0) continue;
    it(`answers as TensorFlow does, version ${version.dir}`, async () => {
      // Models pinned to a GPU have goldens that were computed with soft placement.
      const sets = (version.meta_graphs ?? []).map((meta) => meta.tags);
      const tags = sets.find((set) => set.join() === "serve") ?? sets[0];
      const loaded = await loadGraphModel(path, {
        ignoreDevices: refused !== undefined,
        ...(tags ? { tags } : {}),
      });
      for (const golden of goldens) {
        const other = (golden as { tags?: string[] }).tags;
        const use = other ? await loadGraphModel(path, { tags: other }) : loaded;
        expect(use.unsupported(golden.signature)).toEqual([]);
        if (isComposite(golden)) {
          await checkCompositeGolden(use, golden, version.meta_graphs![0]!.signatures[golden.signature]!);
        } else await checkGolden(use, golden);
      }
    });
  }
});

interface Broken {
  readonly name: string;
  readonly version_path: string;
  readonly setup?: unknown;
  readonly truth?: {
    readonly cpp_loader?: { readonly code: string; readonly message: string } | null;
    readonly cpp_predict?: {
      readonly ok: boolean | null;
      readonly code?: string;
      readonly message?: string;
      readonly outputs_by_tensor?: Record<string, number[]>;
    } | null;
  };
}

const broken: Broken[] = hasShared
  ? (
      JSON.parse(readFileSync(sharedFixture("broken-models", "manifest.json"), "utf8")) as { cases: Broken[] }
    ).cases.filter(
      (one) =>
        one.truth?.cpp_loader &&
        one.version_path &&
        !one.setup &&
        existsSync(sharedFixture("broken-models", one.version_path)),
    )
  : [];

describe.skipIf(!hasShared)("broken models", () => {
  it.each(broken.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const path = sharedFixture("broken-models", one.version_path);
    const said = await loaderOf(path);
    const wanted = one.truth!.cpp_loader!;
    expect(said.code).toBe(wanted.code);
    expect(said.message.replace(/running on \S+\. Make/, "running on <host>. Make")).toBe(wanted.message);
  });
});
