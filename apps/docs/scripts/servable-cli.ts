import { Readable } from "node:stream";
import { coloured } from "@servable/diagnostics/render";
// The one place where the docs reach into the CLI's sources: a published bundle has no importable commands.
import type { Command } from "../../../packages/servable/src/cli/command.ts";
import type { Context } from "../../../packages/servable/src/cli/context.ts";
import { main } from "../../../packages/servable/src/cli/main.ts";
import { COMMANDS } from "../../../packages/servable/src/cli/registry.ts";
import { VERSION } from "../../../packages/servable/src/version.ts";

export interface CliRun {
  readonly exitCode: number;
  /** Standard output with colours, as on a terminal. */
  readonly out: string;
  readonly err: string;
  /** Both, in the order of writing. */
  readonly both: string;
}

/** Runs one command line of this checkout's CLI in this process, as on a terminal that shows colours. */
export async function runCli(argv: readonly string[], cwd: string, stdin = ""): Promise<CliRun> {
  const parts: { stream: "out" | "err"; text: string }[] = [];
  const context: Context = {
    version: VERSION,
    cwd,
    env: { FORCE_COLOR: "1" },
    stdin: Readable.from([Buffer.from(stdin)]),
    out: (text) =>
      parts.push({ stream: "out", text: typeof text === "string" ? text : Buffer.from(text).toString() }),
    err: (text) => parts.push({ stream: "err", text }),
    outIsTerminal: false,
    errIsTerminal: false,
    inIsTerminal: false,
    outPaint: coloured,
    errPaint: coloured,
    signal: new AbortController().signal,
    toItsEnd: (_notice, work) => work(),
  };
  const exitCode = await main(context, argv);
  const join = (wanted: (stream: string) => boolean): string =>
    parts
      .filter((part) => wanted(part.stream))
      .map((part) => part.text)
      .join("");
  return { exitCode, out: join((s) => s === "out"), err: join((s) => s === "err"), both: join(() => true) };
}

/** Every command with its declarations, in the order of the overview. */
export function allCommands(): Promise<Command[]> {
  return Promise.all(COMMANDS.map((entry) => entry.load()));
}

/** Removes colours. */
export function withoutColours(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
