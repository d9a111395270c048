import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture, root as repository } from "@servable/test-fixtures";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkModels, discoverVersions, PublishRefused, publish } from "../src/index.ts";

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
    expect(() => publish(join(root, "nothing"), base)).toThrow(PublishRefused);
    writeFileSync(join(root, "file"), "x");
    expect(() => publish(EXPORT, join(root, "file"))).toThrow(/not a directory|file already exists|EEXIST/i);
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
