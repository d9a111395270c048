import { memoryFileSystem } from "@servable/model-layout";
import { parseServerFlags } from "@servable/server-flags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkReload } from "../src/reload.ts";

/** The least model.tflite that is one. */
const TFLITE = "\x0c\0\0\0TFL3\x04\0\x04\0\x04\0\0\0";

/*
 * From any config to any other, beside a plain model of what the server does with its list: sets of versions by name.
 * TensorFlow Lite versions need no SavedModel, so that a disk can be written down.
 */

const disk: Readonly<Record<string, readonly number[] | undefined>> = {
  one: [1],
  two: [1, 2],
  three: [2, 5, 9],
  empty: [],
  missing: undefined,
};

const fs = memoryFileSystem(
  new Map(
    Object.entries(disk).flatMap(([folder, versions]) =>
      versions === undefined
        ? []
        : [
            [`/w/${folder}/`, new Uint8Array()] as const,
            ...versions.map(
              (version) =>
                [`/w/${folder}/${version}/model.tflite`, new TextEncoder().encode(TFLITE)] as const,
            ),
          ],
    ),
  ),
);

interface Entry {
  readonly name: string;
  readonly folder: string;
  readonly policy: readonly [kind: "none" | "all" | "latest" | "specific", numbers: readonly number[]];
  readonly labels: Readonly<Record<string, number>>;
  readonly platform: string;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  name: fc.constantFrom("a", "b", "c"),
  folder: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom("one", "two", "three") },
    { weight: 1, arbitrary: fc.constantFrom("empty", "missing") },
  ),
  policy: fc.oneof(
    fc.constant(["none", []] as const),
    fc.constant(["all", []] as const),
    fc.nat(3).map((count) => ["latest", [count]] as const),
    fc.subarray([1, 2, 5, 9, 77]).map((numbers) => ["specific", numbers] as const),
  ),
  labels: fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.dictionary(fc.constantFrom("x", "y"), fc.constantFrom(1, 2, 5), { maxKeys: 2 }),
    },
  ),
  platform: fc.oneof(
    { weight: 20, arbitrary: fc.constant("tensorflow") },
    { weight: 1, arbitrary: fc.constantFrom("", "torch") },
  ),
});
const config = fc.array(entry, { maxLength: 3 });

const textOf = (entries: readonly Entry[]): string =>
  `model_config_list {\n${entries
    .map(({ name, folder, policy: [kind, numbers], labels, platform }) => {
      const policy =
        kind === "none"
          ? ""
          : `model_version_policy { ${kind} { ${
              kind === "latest"
                ? `num_versions: ${numbers[0] ?? 0}`
                : numbers.map((number) => `versions: ${number}`).join(" ")
            } } }`;
      const marks = Object.entries(labels).map(
        ([key, value]) => `version_labels { key: "${key}" value: ${value} }`,
      );
      return `config { name: "${name}" base_path: "/w/${folder}" model_platform: "${platform}" ${policy} ${marks.join(" ")} }`;
    })
    .join("\n")}\n}\n`;

const askedOf = ({ folder, policy: [kind, numbers] }: Entry): number[] => {
  const there = [...(disk[folder] ?? [])].sort((a, b) => b - a);
  if (kind === "all") return there;
  if (kind === "specific") return there.filter((version) => numbers.includes(version));
  return there.slice(0, kind === "none" ? 1 : Math.max(1, numbers[0] ?? 0));
};

type Want = { outcome: "accepted" | "refused" | "wedges"; loads: string[]; unloads: string[] };

/** The reload as a list of steps, as model-config-and-lifecycle.md numbers them. */
function model(before: readonly Entry[], after: readonly Entry[], allow: boolean): Want {
  const refused: Want = { outcome: "refused", loads: [], unloads: [] };
  const old = new Map(before.map((one) => [one.name, one]));
  if (new Set(after.map(({ name }) => name)).size < after.length) return refused;
  for (const one of after) {
    const was = old.get(one.name);
    if (was !== undefined && was.platform !== one.platform) return refused;
  }
  for (const one of after) {
    const was = old.get(one.name);
    for (const [label, version] of Object.entries(one.labels)) {
      if (was !== undefined && askedOf(was).includes(version)) continue;
      const stood = was?.labels[label];
      if (allow && (stood === undefined || stood === version)) continue;
      return refused;
    }
  }
  if (after.some(({ platform }) => platform !== "tensorflow")) return refused;
  const blind = after.some(({ folder }) => disk[folder] === undefined);
  const loads: string[] = [];
  const unloads: string[] = [];
  for (const name of new Set([...old.keys(), ...after.map((one) => one.name)])) {
    const was = old.get(name);
    const has = was === undefined ? [] : askedOf(was);
    const next = after.find((one) => one.name === name);
    if (next === undefined) unloads.push(...has.map((version) => `${name} ${version}`));
    else if (!blind) {
      const asked = askedOf(next);
      loads.push(...asked.filter((version) => !has.includes(version)).map((version) => `${name} ${version}`));
      unloads.push(
        ...has.filter((version) => !asked.includes(version)).map((version) => `${name} ${version}`),
      );
    }
  }
  const waits = after.some((one) => !old.has(one.name) && (blind || askedOf(one).length === 0));
  return { outcome: waits ? "wedges" : "accepted", loads, unloads };
}

const ids = (list: readonly { model: string; version: number | string }[]): string[] =>
  list.map(({ model: name, version }) => `${name} ${version}`).sort();

/** A config that a server can have: it started with it, and all of it is available. */
const startable = (entries: readonly Entry[], allow: boolean): boolean =>
  new Set(entries.map(({ name }) => name)).size === entries.length &&
  entries.every(
    (one) =>
      one.platform === "tensorflow" &&
      askedOf(one).length > 0 &&
      (allow || Object.keys(one.labels).length === 0),
  );

describe("a change from any config to any other", () => {
  it("does what a plain model of the server's lists does", () => {
    fc.assert(
      fc.property(config, config, fc.boolean(), (before, after, allow) => {
        fc.pre(startable(before, allow));
        const flags = ["--prefer_tflite_model=true", "--max_num_load_retries=0"];
        const { reload, diagnostics } = checkReload({
          oldText: textOf(before),
          newText: textOf(after),
          oldFile: "old",
          newFile: "new",
          cwd: "/w",
          fs,
          flags: parseServerFlags(
            allow ? [...flags, "--allow_version_labels_for_unavailable_models"] : flags,
            "2.17.1",
          ),
        });
        const want = model(before, after, allow);
        const told = diagnostics.map(({ rule, message }) => `${rule}: ${message}`).join("\n");
        const got = reload.wedges ? "wedges" : reload.accepted ? "accepted" : "refused";
        expect([got, ids(reload.loads), ids(reload.unloads)], told).toEqual([
          want.outcome,
          want.loads.sort(),
          want.unloads.sort(),
        ]);
        expect(reload.because.length > 0).toBe(want.outcome !== "accepted");
        for (const rule of reload.because) expect(diagnostics.map((d) => d.rule)).toContain(rule);
      }),
      { numRuns: Number(process.env["RELOAD_PAIRS"] ?? 500) },
    );
  });
  it("changes nothing where the config is the same", () => {
    fc.assert(
      fc.property(config, (entries) => {
        fc.pre(startable(entries, false));
        const text = textOf(entries);
        const again = text.replaceAll("{", "<").replaceAll("}", ">").replace("<", "# the same\n<");
        for (const newText of [text, again]) {
          const { reload } = checkReload({
            oldText: text,
            newText,
            oldFile: "old",
            newFile: "new",
            cwd: "/w",
            fs,
            flags: parseServerFlags(["--prefer_tflite_model=true"], "2.17.1"),
          });
          expect(reload).toEqual({ accepted: true, wedges: false, loads: [], unloads: [], because: [] });
        }
      }),
      { numRuns: 150 },
    );
  });
});
