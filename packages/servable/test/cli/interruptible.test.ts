import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { interruptible } from "../../src/cli/interruptible.ts";

/** Runs a piece of TypeScript in a process of its own, and presses Ctrl-C once it has said that it is busy. */
async function interrupted(script: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(
    process.execPath,
    ["--conditions=@servable/source", "--import", "tsx", "--input-type=module", "-e", script],
    { cwd: root, stdio: ["ignore", "ignore", "pipe"] },
  );
  let stderr = "";
  let pressed = false;
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
    if (!pressed && stderr.includes("busy")) pressed = child.kill("SIGINT");
  });
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, stderr };
}

const source = (path: string): string => JSON.stringify(join(root, "packages/servable/src", path));
const BUSY = "const end = Date.now() + 20_000; while (Date.now() < end);";

describe("work that Ctrl-C can end", () => {
  it("gives and throws what the work gives and throws", () => {
    const made = {};
    expect(interruptible(() => made)).toBe(made);
    const thrown = new Error("no");
    expect(() =>
      interruptible(() => {
        throw thrown;
      }),
    ).toThrow(thrown);
    expect(interruptible(() => interruptible(() => 7))).toBe(7);
    expect(globalThis.servableInterruptible).toBeUndefined();
  });

  it("leaves no bar on the terminal, and ends with 130", async () => {
    const { code, stderr } = await interrupted(`
      import { writeSync } from "node:fs";
      import { checkProgress } from ${source("check/progress.ts")};
      import { report } from ${source("cli/report.ts")};
      // As the CLI writes: a stream that is ended within a write never writes again.
      const err = (text) => writeSync(2, text);
      const progress = checkProgress({ errIsTerminal: true, err });
      progress.total(1, 1000);
      try {
        progress.during(() => {
          const start = Date.now();
          while (Date.now() - start < 150);
          progress.bytes(500);
          err("busy");
          ${BUSY}
        });
      } catch (error) {
        process.exitCode = report({ err, errPaint: {}, env: {}, signal: { aborted: false } }, error);
      }
    `);
    expect(code).toBe(130);
    expect(stderr).toBe("\r\u001b[K[============>           ]  50 %  500 B of 1000 Bbusy\r\u001b[K");
  }, 60_000);
});
