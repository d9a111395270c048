import { fstatSync, writeSync } from "node:fs";
import { coloured, plain } from "@servable/diagnostics/render";
import type { Context } from "./cli/context.ts";
import { main } from "./cli/main.ts";
import { VERSION } from "./version.ts";

const env = process.env;

/** As `isTTY` of the streams, without making them: that costs a check of one file some milliseconds. */
function isTerminal(descriptor: 0 | 1 | 2): boolean {
  try {
    return (
      fstatSync(descriptor).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(descriptor)
    );
  } catch {
    return false;
  }
}
const [inIsTerminal, outIsTerminal, errIsTerminal] = [isTerminal(0), isTerminal(1), isTerminal(2)];

const wantsColour = (isTerminal: boolean): boolean =>
  env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0"
    ? true
    : (env["NO_COLOR"] ?? "") === "" && isTerminal && env["TERM"] !== "dumb";

/** Writes all of it at once, also to a full pipe: nothing may be lost when the process ends. */
function write(descriptor: 1 | 2, text: string | Uint8Array): void {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EPIPE") process.exit(0);
      if (code !== "EAGAIN") throw error;
    }
  }
}

let interrupt: AbortController | undefined;

/**
 * Taken over only by commands that ask for it: a handler would keep Ctrl-C from ending a command that is busy computing.
 */
function interruption(): AbortSignal {
  if (interrupt !== undefined) return interrupt.signal;
  const controller = new AbortController();
  interrupt = controller;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      // The second Ctrl-C does not wait.
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new DOMException(name, "AbortError"));
    });
  }
  return controller.signal;
}

const context: Context = {
  version: VERSION,
  cwd: process.cwd(),
  env,
  get stdin() {
    return process.stdin;
  },
  out: (text) => write(1, text),
  err: (text) => write(2, text),
  outIsTerminal,
  errIsTerminal,
  inIsTerminal,
  outPaint: wantsColour(outIsTerminal) ? coloured : plain,
  errPaint: wantsColour(errIsTerminal) ? coloured : plain,
  get signal() {
    return interruption();
  },
};

/** Runs the command line of this process, and ends it. */
export async function run(): Promise<never> {
  process.exitCode = await main(context, process.argv.slice(2));
  // Open keep-alive sockets or workers must not hold a finished command.
  process.exit();
}
