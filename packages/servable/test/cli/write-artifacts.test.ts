import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { settleArtifacts, writeArtifactSet } from "../../src/cli/write-artifacts.ts";

const folders: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "servable-set-"));
  folders.push(path);
  return path;
};
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

const setA = [
  { path: "a.txt", contents: "A one\n" },
  { path: "run.sh", contents: "A two\n", mode: 0o755 },
  { path: "k8s/b.yaml", contents: "A three\n" },
  { path: "only-a.txt", contents: "A four\n" },
];
const setB = [
  { path: "a.txt", contents: "B one\n" },
  { path: "run.sh", contents: "B two\n", mode: 0o755 },
  { path: "k8s/b.yaml", contents: "B three\n" },
  { path: "k8s/only-b.yaml", contents: "B four\n" },
];

/** What a reader of the folder sees: path to text, following links, without what cannot be read. */
function seen(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of ["a.txt", "run.sh", "k8s/b.yaml", "only-a.txt", "k8s/only-b.yaml"]) {
    if (existsSync(join(root, path))) found[path] = readFileSync(join(root, path), "utf8");
  }
  return found;
}
const asSeen = (set: typeof setA): Record<string, string> =>
  Object.fromEntries(set.map(({ path, contents }) => [path, contents]));

describe("writeArtifactSet", () => {
  it("writes plain files with their modes, and nothing else", () => {
    const root = folder();
    const out = join(root, "serving");
    writeArtifactSet(out, setA);
    expect(seen(out)).toEqual(asSeen(setA));
    expect(statSync(join(out, "run.sh")).mode & 0o777).toBe(0o755);
    expect(lstatSync(join(out, "a.txt")).isSymbolicLink()).toBe(false);
    expect(readdirSync(out).sort()).toEqual(["a.txt", "k8s", "only-a.txt", "run.sh"]);
  });
  it("changes the set, removes what it is told to, keeps what is not its own", () => {
    const out = folder();
    writeArtifactSet(out, setA);
    writeFileSync(join(out, "mine.txt"), "mine");
    writeArtifactSet(out, setB, ["only-a.txt"]);
    expect(seen(out)).toEqual(asSeen(setB));
    expect(readdirSync(out).sort()).toEqual(["a.txt", "k8s", "mine.txt", "run.sh"]);
  });
  it("touches nothing when nothing changed", () => {
    const out = folder();
    writeArtifactSet(out, setA);
    const before = statSync(join(out, "a.txt")).mtimeMs;
    writeArtifactSet(out, setA);
    expect(statSync(join(out, "a.txt")).mtimeMs).toBe(before);
  });
  it("says so where the folder cannot be made", () => {
    const root = folder();
    writeFileSync(join(root, "serving"), "a file in the way");
    expect(() => writeArtifactSet(join(root, "serving"), setA)).toThrow(/cannot write to/);
  });
});

describe("a run that is killed", () => {
  it("leaves the old set or the new one at any moment", { timeout: 60_000 }, async () => {
    const root = folder();
    const script = join(root, "write.mjs");
    await build({
      stdin: {
        contents: `import { writeArtifactSet } from "./src/cli/write-artifacts.ts";
const [out, a, b] = process.argv.slice(2);
const sets = [JSON.parse(a), JSON.parse(b)];
process.stdout.write("ready\\n");
for (let turn = 0; ; turn++) writeArtifactSet(out, sets[turn % 2], [turn % 2 ? "only-a.txt" : "k8s/only-b.yaml"]);`,
        resolveDir: join(import.meta.dirname, "../.."),
        loader: "ts",
      },
      bundle: true,
      format: "esm",
      platform: "node",
      conditions: ["@servable/source"],
      outfile: script,
    });
    const out = join(root, "serving");
    mkdirSync(out);
    writeArtifactSet(out, setB);
    for (let trial = 0; trial < 40; trial++) {
      const child: ChildProcess = spawn(process.execPath, [
        script,
        out,
        JSON.stringify(setA),
        JSON.stringify(setB),
      ]);
      await new Promise((resolve) => child.stdout?.once("data", resolve));
      await new Promise((resolve) => setTimeout(resolve, (trial * 7) % 53));
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      const state = seen(out);
      expect([asSeen(setA), asSeen(setB)]).toContainEqual(state);
      // The next run settles it to the same set, as plain files.
      if (trial % 2 === 0) {
        settleArtifacts(out);
        expect(seen(out)).toEqual(state);
        expect(readdirSync(out).some((name) => name.includes("servable-"))).toBe(false);
      }
    }
  });
});
