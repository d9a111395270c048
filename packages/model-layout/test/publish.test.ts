import { spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@servable/diagnostics";
import { fixture, root as repository } from "@servable/test-fixtures";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkModels, discoverVersions, findModels, PublishRefused, publish } from "../src/index.ts";

const EXPORT = fixture("models", "vocab_lookup_tf2", "1");

describe("publish", () => {
  let root = "";
  let base = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "publish-"));
    base = join(root, "models", "vocab");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("numbers versions from 1 on, whatever lies between", () => {
    expect(publish(EXPORT, base)).toMatchObject({ version: 1, path: join(base, "1"), removed: [] });
    expect(publish(EXPORT, base).version).toBe(2);
    mkdirSync(join(base, "00000041"));
    expect(publish(EXPORT, base).version).toBe(42);
    expect(publish(EXPORT, base, { version: 7 }).version).toBe(7);
    expect(() => publish(EXPORT, base, { version: 7 })).toThrow(/is there already/);
    expect(readFileSync(join(base, "42", "saved_model.pb"))).toEqual(
      readFileSync(join(EXPORT, "saved_model.pb")),
    );
    expect(readdirSync(base).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("copies empty folders too", () => {
    const made = join(root, "export");
    cpSync(EXPORT, made, { recursive: true });
    mkdirSync(join(made, "assets.extra/empty/deep"), { recursive: true });
    publish(made, base);
    const below = (folder: string): string[] => (readdirSync(folder, { recursive: true }) as string[]).sort();
    expect(below(join(base, "1"))).toEqual(below(made));
  });

  it("keeps the last versions", () => {
    for (let version = 1; version <= 4; version++) publish(EXPORT, base);
    const { removed } = publish(EXPORT, base, { keep: 2 });
    expect(removed).toEqual(["1", "2", "3"].map((name) => join(base, name)));
    expect(discoverVersions(base).versions.map(({ version }) => version)).toEqual([4, 5]);
    expect(() => publish(EXPORT, base, { keep: 0 })).toThrow(/keep is 0/);
  });

  it("refuses what check refuses, and leaves nothing behind", () => {
    const broken = join(root, "export");
    cpSync(EXPORT, broken, { recursive: true });
    const data = join(broken, "variables", "variables.data-00000-of-00001");
    const bytes = readFileSync(data);
    bytes[3]! ^= 1;
    writeFileSync(data, bytes);
    expect(() => publish(broken, base)).toThrow(PublishRefused);
    truncateSync(data, 3);
    try {
      publish(broken, base);
    } catch (error) {
      expect((error as PublishRefused).diagnostics.map(({ rule }) => rule)).toContain(
        "variables/entries-fit-shards",
      );
    }
    expect(existsSync(base)).toBe(false);
    expect(existsSync(join(root, "models"))).toBe(false);
  });

  const failure = (run: () => unknown): UserError => {
    try {
      run();
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
    throw new Error("nothing was thrown");
  };

  it("says what is no export, and what can be no base path", () => {
    writeFileSync(join(root, "file"), "x");
    expect(failure(() => publish(join(root, "nothing"), base))).toMatchObject({
      code: "model-not-found",
      message: `${join(root, "nothing")}: no such file or directory`,
    });
    expect(failure(() => publish(join(root, "file"), base)).message).toMatch(/: not a directory$/);
    expect(failure(() => publish(EXPORT, join(root, "file"))).message).toMatch(/file: not a directory$/);
    expect(failure(() => publish(EXPORT, join(root, "file", "below"))).message).toMatch(/: not a directory$/);
    symlinkSync("nowhere", join(root, "dangling"));
    expect(failure(() => publish(EXPORT, join(root, "dangling"))).message).toMatch(
      /dangling: is a link that leads nowhere$/,
    );
    // The folder above an export, and the one above that.
    cpSync(EXPORT, join(root, "models/half/3"), { recursive: true });
    for (const [above, what] of [
      ["models/half", "is a base path of versions"],
      ["models", "holds SavedModels"],
    ] as const) {
      expect(failure(() => publish(join(root, above), base))).toMatchObject({
        code: "not-an-export",
        message: `${join(root, above)} ${what}, it is no SavedModel itself`,
        hint: `give the folder that holds saved_model.pb, such as ${join(root, "models/half/3")}`,
      });
    }
    // Node's own mkdir never comes back from there.
    if (existsSync("/proc/self"))
      expect(failure(() => publish(EXPORT, "/proc/none/of/this")).exitCode).toBe(2);
  });

  it("does not publish a folder into itself, nor into what is no base path", () => {
    const copy = join(root, "export");
    cpSync(EXPORT, copy, { recursive: true });
    symlinkSync(copy, join(root, "link"));
    for (const inside of [copy, join(copy, "serving"), join(root, "link", "a", "b")])
      expect(failure(() => publish(copy, inside)).code).toBe("base-path-inside-export");
    expect(readdirSync(copy)).not.toContain("serving");
    publish(copy, base);
    for (const wrong of [join(base, "1"), join(root, "models"), join(root, "other", "7")])
      expect(
        failure(() => publish(copy, wrong)),
        wrong,
      ).toMatchObject({ code: "not-a-base-path", exitCode: 2 });
    expect(failure(() => publish(copy, join(root, "models"))).hint).toContain(base);
    expect(existsSync(join(root, "other"))).toBe(false);
    // A version may go out again under a new number, and an export may lie in its base path.
    expect(publish(join(base, "1"), base).version).toBe(2);
    renameSync(copy, join(base, "export"));
    expect(publish(join(base, "export"), base).version).toBe(3);
    expect(readdirSync(join(base, "3"))).not.toContain("export");
  });

  it("takes numbers up to the highest that a server reads", () => {
    const highest = 2n ** 63n - 1n;
    expect(publish(EXPORT, base, { version: highest })).toMatchObject({
      version: highest,
      path: join(base, "9223372036854775807"),
    });
    expect(failure(() => publish(EXPORT, base)).message).toContain("highest version");
    expect(failure(() => publish(EXPORT, base, { version: highest + 1n })).code).toBe("version-invalid");
    expect(failure(() => publish(EXPORT, base, { version: -1 })).code).toBe("version-invalid");
    // Served by nobody whose policy is `latest`.
    expect(publish(EXPORT, base, { version: 5 })).toMatchObject({ version: 5, hiddenBy: highest });
    const other = join(root, "other");
    publish(EXPORT, other, { version: 2n ** 53n - 1n });
    expect(publish(EXPORT, other).version).toBe(2n ** 53n);
    // From 2.19 on a server reads this as a number too.
    mkdirSync(join(root, "plus", "+41"), { recursive: true });
    expect(publish(EXPORT, join(root, "plus")).version).toBe(42);
  });

  it("removes only models that nothing leads to", () => {
    for (let version = 1; version <= 5; version++) publish(EXPORT, base);
    const elsewhere = join(root, "elsewhere");
    cpSync(EXPORT, elsewhere, { recursive: true });
    symlinkSync("1", join(base, "stable"));
    symlinkSync("2", join(base, "7"));
    symlinkSync(elsewhere, join(base, "6"));
    mkdirSync(join(base, "0"));
    writeFileSync(join(base, "0", "picture.jpg"), "mine");
    mkdirSync(join(base, "8"));
    const { version, removed, notRemoved } = publish(EXPORT, base, { keep: 2 });
    expect(version).toBe(9);
    expect(removed).toEqual(["3", "4", "5", "6"].map((name) => join(base, name)));
    expect(notRemoved.map(({ path, because }) => [path, because])).toEqual([
      [join(base, "0"), "no-model"],
      [join(base, "1"), "in-use"],
      [join(base, "2"), "in-use"],
    ]);
    expect(readdirSync(base).sort()).toEqual(["0", "1", "2", "7", "8", "9", "stable"]);
    expect(readdirSync(elsewhere)).toContain("saved_model.pb");
    expect(readdirSync(join(base, "7"))).toContain("saved_model.pb");
  });

  it("publishes what was checked, although somebody writes to the export meanwhile", () => {
    const copy = join(root, "export");
    const data = join("variables", "variables.data-00000-of-00001");
    const changes: [string, () => void][] = [
      ["grows", () => appendFileSync(join(copy, data), "more")],
      ["shrinks", () => truncateSync(join(copy, data), 1)],
      ["is replaced", () => writeFileSync(join(copy, "saved_model.pb"), "other")],
      ["goes", () => rmSync(join(copy, data))],
      ["comes", () => writeFileSync(join(copy, "another"), "")],
    ];
    for (const [what, change] of changes) {
      rmSync(copy, { recursive: true, force: true });
      cpSync(EXPORT, copy, { recursive: true });
      let changed = false;
      const onBytes = (): void => {
        if (!changed) change();
        changed = true;
      };
      const { message } = failure(() => publish(copy, base, { onBytes }));
      expect(message, what).toMatch(/changed while it was copied|became shorter|no such file/);
      expect(existsSync(base), what).toBe(false);
    }
  });

  it("checks the copy, and tells its faults of the export", () => {
    let staging = "";
    let total = 0;
    let bytes = 0;
    const break_ = (): void => {
      const data = join(staging, "variables", "variables.data-00000-of-00001");
      if (bytes < 0 || !existsSync(data)) return;
      const stored = readFileSync(data);
      if (stored.length === 0) return;
      stored[3]! ^= 1;
      writeFileSync(data, stored);
      bytes = -1e9;
    };
    const error = failure(() =>
      publish(EXPORT, base, {
        onStaging: (path) => (staging = path),
        onBytes: () => break_(),
      }),
    );
    expect(error.message).toMatch(/reads back other bytes|stored checksum/);
    expect(existsSync(base)).toBe(false);
    bytes = 0;
    publish(EXPORT, base, {
      onTotal: (_, all) => (total = all),
      onBytes: (count) => (bytes += count),
    });
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(total);
  });

  it("clears up behind those that are gone, and behind nobody else", () => {
    publish(EXPORT, base);
    let own = "";
    publish(EXPORT, base, { onStaging: (path) => (own = path) });
    const name = (pid: string): string => own.replace(`-${process.pid}-`, `-${pid}-`);
    const foreign = join(base, ".publishing-other_1-1-0123456789ab");
    // No process has a number that high.
    for (const path of [name("99999999"), name(String(process.ppid)), foreign]) mkdirSync(path);
    publish(EXPORT, base);
    expect(readdirSync(base).filter((each) => each.startsWith("."))).toHaveLength(2);
    const now = Date.now();
    const clock = vi.spyOn(Date, "now").mockReturnValue(now + 25 * 3600 * 1000);
    publish(EXPORT, base);
    clock.mockRestore();
    expect(readdirSync(base).filter((each) => each.startsWith("."))).toEqual([]);
  });

  const script = (count: number): string[] => [
    "--conditions=@servable/source",
    "--import",
    "tsx",
    "-e",
    `import { publish } from ${JSON.stringify(join(repository, "packages/model-layout/src/index.ts"))}; console.log("ready"); for (let i = 0; i < ${count}; i++) publish(${JSON.stringify(EXPORT)}, ${JSON.stringify(base)}, { keep: 3 });`,
  ];
  const start = (count: number) =>
    spawn(process.execPath, script(count), { cwd: repository, stdio: ["ignore", "pipe", "inherit"] });

  it("half done are neither models nor versions to whoever looks meanwhile", () => {
    mkdirSync(base, { recursive: true });
    cpSync(EXPORT, join(base, ".publishing-other_1-1-0123456789ab"), { recursive: true });
    expect(findModels(base)).toMatchObject({ role: "nothing", models: [{ versions: [] }] });
    expect(checkModels(base).diagnostics).toMatchObject([
      {
        rule: "layout/base-path-has-version",
        message: expect.stringMatching(
          /^base path holds no version directory yet, only "\.publishing-.*", which a publisher fills or has left$/,
        ),
      },
    ]);
    publish(EXPORT, base);
    expect(findModels(join(root, "models")).models.map(({ basePath }) => basePath)).toEqual([base]);
    expect(checkModels(base).diagnostics.filter(({ severity }) => severity !== "info")).toEqual([]);
  });

  it("two at once give two versions", async () => {
    const jobs = [start(3), start(3)];
    await Promise.all(jobs.map((job) => new Promise((done) => job.on("exit", done))));
    expect(jobs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const { versions } = discoverVersions(base);
    expect(versions.at(-1)?.version).toBe(6);
    expect(
      checkModels(base, { level: "bytes" }).diagnostics.filter(({ severity }) => severity === "error"),
    ).toEqual([]);
  }, 60_000);

  it("killed at any moment, a server that polls has never seen half a version", async () => {
    publish(EXPORT, base);
    for (const delay of [5, 40, 90]) {
      const job = start(1000);
      await new Promise((done) => job.stdout.once("data", done));
      const until = Date.now() + delay * 5;
      let looks = 0;
      while (Date.now() < until || looks < 3) {
        // As a server does: whatever has a number is loaded at once.
        for (const { path, version } of discoverVersions(base).versions.slice(-1)) {
          const errors = checkModels(path, { level: "bytes" }).diagnostics.filter(
            ({ severity }) => severity === "error",
          );
          // Old versions may be removed while they are read; the newest of a poll must be whole.
          if (existsSync(path)) expect(errors, `version ${version}`).toEqual([]);
        }
        looks++;
        await new Promise((done) => setTimeout(done, 1));
      }
      job.kill("SIGKILL");
      await new Promise((done) => job.on("exit", done));
      expect(
        checkModels(base, { level: "bytes" }).diagnostics.filter(({ severity }) => severity === "error"),
      ).toEqual([]);
      // The next publisher clears up behind the one that was killed.
      publish(EXPORT, base, { keep: 1 });
      expect(readdirSync(base).filter((name) => name.startsWith("."))).toEqual([]);
    }
  }, 120_000);
});
