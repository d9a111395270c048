import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkReload, type ReloadOutcome } from "@servable/linter/reload";
import { type RunningServer, startModelServer } from "@servable/model-server";
import { schemas } from "@servable/protos/text-schema";
import { parseServerFlags } from "@servable/server-flags";
import { createGrpcClient } from "@servable/smoke-client";
import { fixture } from "@servable/test-fixtures";
import { encode, parse, read } from "@servable/text-proto";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { freePort } from "./free-port.ts";

const root = mkdtempSync(join(tmpdir(), "reloads-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Versions on disk; undefined: the folder is not there; a number below zero is a broken version. */
const folders: readonly (readonly number[] | undefined)[] = [
  [1, 2],
  [1],
  [1, 5],
  undefined,
  [],
  [-1],
  [1, -3],
];
const good = [0, 1, 2] as const;

interface Entry {
  readonly name: string;
  readonly folder: number;
  readonly policy: string;
  readonly label: readonly [string, number] | undefined;
  readonly platform: string;
}

interface Reload {
  readonly before: readonly Entry[];
  readonly after: readonly Entry[];
  readonly flags: readonly string[];
}

const policy = fc.constantFrom(
  "",
  "",
  "model_version_policy { all {} }",
  "model_version_policy { latest { num_versions: 2 } }",
  "model_version_policy { specific { versions: 1 } }",
);
const label = fc.option(fc.tuple(fc.constantFrom("stable", "canary"), fc.constantFrom(1, 2, 5, 77)), {
  nil: undefined,
  freq: 2,
});

const before = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("a", "b", "c"),
    folder: fc.constantFrom(...good),
    policy,
    label,
    platform: fc.constant('model_platform: "tensorflow"'),
  }),
  { selector: ({ name }) => name, maxLength: 3 },
);

const anew = fc.record({
  name: fc.constantFrom("a", "b", "c", "d", "e"),
  folder: fc.oneof(
    { weight: 7, arbitrary: fc.constantFrom<number>(...good) },
    { weight: 3, arbitrary: fc.constantFrom(3, 4, 5, 6) },
  ),
  policy: fc.oneof(
    { weight: 5, arbitrary: policy },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "model_version_policy { specific { versions: 9 } }",
        "model_version_policy { specific {} }",
        "model_version_policy { specific { versions: 2 versions: 1 } }",
      ),
    },
  ),
  label,
  platform: fc.oneof(
    { weight: 15, arbitrary: fc.constant('model_platform: "tensorflow"') },
    { weight: 1, arbitrary: fc.constantFrom("", 'model_platform: "torch"', "model_type: TENSORFLOW") },
  ),
});

const reloads: fc.Arbitrary<Reload> = fc
  .record({
    before,
    fresh: fc.array(anew, { maxLength: 2 }),
    kept: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    unique: fc.integer({ min: 0, max: 9 }),
    flags: fc.constantFrom(
      [],
      [],
      ["--allow_version_labels_for_unavailable_models"],
      ["--file_system_poll_wait_seconds=0"],
    ),
  })
  .map(({ before, fresh, kept, unique, flags }) => {
    // Without the flag no start with labels succeeds.
    const labels = flags[0]?.startsWith("--allow") === true;
    const old = before.map((entry) => (labels ? entry : { ...entry, label: undefined }));
    const added =
      unique === 0 ? fresh : fresh.filter(({ name }, i) => fresh.findIndex((o) => o.name === name) === i);
    const names = new Set(added.map(({ name }) => name));
    const stays = old.filter(({ name }, index) => kept[index] === true && (unique === 0 || !names.has(name)));
    return { before: old, after: [...stays, ...added], flags };
  });

const textOf = (entries: readonly Entry[], dir: string): string =>
  `model_config_list {\n${entries
    .map(
      ({ name, folder, policy: p, label: l, platform }) =>
        `config { name: "${name}" base_path: "${dir}/m${folder}" ${platform} ${p} ${l === undefined ? "" : `version_labels { key: "${l[0]}" value: ${l[1]} }`} }`,
    )
    .join("\n")}\n}\n`;

const servedBy = (server: RunningServer): string[] =>
  server
    .models()
    .flatMap(({ name, versions }) => versions.map((version) => `${name} ${version}`))
    .sort();

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let count = 0;

/** What differs between the prediction and what the embedded server does; undefined where nothing does. */
async function compare({ before: old, after, flags }: Reload, slow: number): Promise<string | undefined> {
  const dir = join(root, String(count++));
  for (const [index, versions] of folders.entries()) {
    if (versions === undefined) continue;
    mkdirSync(join(dir, `m${index}`), { recursive: true });
    for (const version of versions) {
      const target = join(dir, `m${index}`, String(Math.abs(version)));
      mkdirSync(target);
      if (version < 0) writeFileSync(join(target, "saved_model.pb"), "garbage");
      else cpSync(fixture("models", "half_plus_two_versions", "1"), target, { recursive: true });
    }
  }
  const oldText = textOf(old, dir);
  const newText = textOf(after, dir);
  writeFileSync(join(dir, "models.config"), oldText);
  const argv = ["--max_num_load_retries=0", `--model_config_file=${dir}/models.config`, ...flags];
  const parsed = parseServerFlags(argv, "2.17.1");
  const request = { oldText, newText, oldFile: "old", newFile: "new", cwd: dir, flags: parsed };
  const { reload } = checkReload(request);
  const abort = new AbortController();
  const port = await freePort();
  const late = setTimeout(() => abort.abort(new Error(`no start with ${oldText}`)), 10_000);
  const server = await startModelServer({
    argv: [`--port=${port}`, ...argv],
    cwd: dir,
    log: () => {},
    signal: abort.signal,
  });
  clearTimeout(late);
  const client = createGrpcClient({ target: `127.0.0.1:${port}` });
  try {
    const served = new Set(servedBy(server));
    const config = encode(read(parse(newText), "tensorflow.serving.ModelServerConfig", schemas).message);
    // The connection is made before the clock runs.
    await client.getModelStatus({ name: "none" }).catch(() => {});
    const answer = await client.reloadConfig(config, { deadlineMs: 2000 * slow }).then(
      () => "OK",
      (error: { code?: string; message: string }) => String(error.code ?? error.message),
    );
    const want = reload.wedges ? "DEADLINE_EXCEEDED" : reload.accepted ? "OK" : "refused";
    const got = answer === "OK" || answer === "DEADLINE_EXCEEDED" ? answer : "refused";
    const id = ({ model, version }: ReloadOutcome["loads"][number]): string => `${model} ${version}`;
    const expected = new Set(served);
    for (const change of reload.unloads) expected.delete(id(change));
    for (const change of reload.loads) expected.add(id(change));
    const wanted = [...expected].sort().join();
    // A change takes effect with the next look at the folders, within a second; no change has to last.
    const until = Date.now() + 4000 * slow;
    await sleep(1400 * slow);
    while (servedBy(server).join() !== wanted && Date.now() < until) await sleep(100);
    const now = servedBy(server).join();
    if (got === want && now === wanted) return undefined;
    return `predicted ${want} and [${wanted}] (${reload.because.join()}), here ${answer} and [${now}] after [${[...served].join()}]: ${flags.join(" ")}\n${oldText}${newText}`.replaceAll(
      dir,
      "",
    );
  } finally {
    client.close();
    abort.abort(new Error("over"));
    await server.stop(0);
    rmSync(dir, { recursive: true, force: true });
  }
}

it("predicts what the embedded server does with reloads made up at random", {
  timeout: 900_000,
}, async () => {
  const numRuns = Number(process.env["RELOADS_RUNS"] ?? 16);
  const queue = fc.sample(reloads, { numRuns, seed: Number(process.env["RELOADS_SEED"] ?? 4) });
  const again: Reload[] = [];
  const lane = async (): Promise<void> => {
    for (let one = queue.pop(); one !== undefined; one = queue.pop())
      if ((await compare(one, 1)) !== undefined) again.push(one);
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  // A machine that is busy may be late: once more, alone and with more and more time.
  const different: string[] = [];
  for (const one of again) {
    const difference = (await compare(one, 2)) && (await compare(one, 6));
    if (difference !== undefined) different.push(difference);
  }
  expect(different).toEqual([]);
});
