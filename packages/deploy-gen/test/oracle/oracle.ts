import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Question {
  readonly kind: "compose" | "kubernetes";
  readonly text: string;
  /** Compose: absolute folder that the file lies in. */
  readonly folder?: string;
}

/** The parser's complaint, or what it read. */
export interface Verdict {
  readonly error?: string;
  readonly result?: unknown;
}

const here = import.meta.dirname;

/** Why the oracle can't be built here, or undefined. Builds it at the first call; the program is kept from run to run. */
export function whyNoOracle(): string | undefined {
  const go = spawnSync("go", ["version"], { encoding: "utf8" });
  if (go.status !== 0) return "Go is not installed";
  const program = programPath();
  const sources = ["main.go", "go.mod"].map((name) => statSync(join(here, name)).mtimeMs);
  if (existsSync(program) && statSync(program).mtimeMs > Math.max(...sources)) return undefined;
  mkdirSync(join(program, ".."), { recursive: true });
  const fresh = mkdtempSync(join(program, "..", "build-"));
  try {
    execFileSync("go", ["build", "-o", join(fresh, "oracle"), "."], { cwd: here, stdio: "pipe" });
    renameSync(join(fresh, "oracle"), program);
    return undefined;
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error).trim();
    return `the parsers can't be built: ${said.split("\n").at(-1)}`;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function programPath(): string {
  return join(tmpdir(), `servable-deploy-oracle-${process.getuid?.() ?? 0}`, "oracle");
}

/** Asks the parsers about many texts at once. */
export function judge(questions: readonly Question[]): Promise<readonly Verdict[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(programPath(), { stdio: ["pipe", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      const verdicts = out
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Verdict);
      if (verdicts.length === questions.length) resolve(verdicts);
      else
        reject(
          new Error(`the parsers ended with status ${code} after ${verdicts.length}: ${err.slice(-2000)}`),
        );
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(""));
  });
}
