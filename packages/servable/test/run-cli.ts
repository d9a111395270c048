import { Readable } from "node:stream";
import { plain } from "@servable/diagnostics/render";
import type { Context } from "../src/cli/context.ts";
import { main } from "../src/cli/main.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process, without a terminal. */
export async function runCli(
  cwd: string,
  argv: readonly string[],
  options: {
    readonly stdin?: string;
    readonly env?: Record<string, string>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const context: Context = {
    version: "0.0.0-test",
    cwd,
    env: options.env ?? {},
    stdin: Readable.from([Buffer.from(options.stdin ?? "")]),
    out: (text) => {
      stdout += typeof text === "string" ? text : new TextDecoder().decode(text);
    },
    err: (text) => {
      stderr += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    inIsTerminal: false,
    outPaint: plain,
    errPaint: plain,
    signal: options.signal ?? new AbortController().signal,
    toItsEnd: (_notice, work) => work(),
  };
  const code = await main(context, argv);
  return { code, stdout, stderr };
}
