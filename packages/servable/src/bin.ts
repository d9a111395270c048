#!/usr/bin/env node
import { writeSync } from "node:fs";
import { coloured, plain } from "@servable/diagnostics/render";
import type { Context } from "./cli/context.ts";
import { main } from "./cli/main.ts";
import { VERSION } from "./version.ts";

const env = process.env;
const wantsColour = (isTerminal: boolean): boolean =>
  env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0"
    ? true
    : (env["NO_COLOR"] ?? "") === "" && isTerminal && env["TERM"] !== "dumb";

/** Writes all of it at once, also to a full pipe: nothing may be lost when the process ends. */
function write(descriptor: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
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

const interrupt = new AbortController();
let interrupted = false;
const onSignal = (): void => {
  // The second Ctrl-C does not wait.
  if (interrupted) process.exit(130);
  interrupted = true;
  interrupt.abort();
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);

const context: Context = {
  version: VERSION,
  cwd: process.cwd(),
  env,
  stdin: process.stdin,
  out: (text) => write(1, text),
  err: (text) => write(2, text),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  inIsTerminal: process.stdin.isTTY === true,
  outPaint: wantsColour(process.stdout.isTTY === true) ? coloured : plain,
  errPaint: wantsColour(process.stderr.isTTY === true) ? coloured : plain,
  signal: interrupt.signal,
};

process.exitCode = await main(context, process.argv.slice(2));
// Open keep-alive sockets or workers must not hold a finished command.
process.exit();
