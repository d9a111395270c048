import { fstatSync, writeSync } from "node:fs";
import { UserError } from "@servable/diagnostics";
import { coloured, type Paint, plain } from "@servable/diagnostics/render";
import type { Context } from "./cli/context.ts";
import { INTERRUPTING_SIGNALS, listenForInterruption } from "./cli/interruption.ts";
import { main } from "./cli/main.ts";
import { VERSION } from "./version.ts";

const env = process.env;

/** Linux: the character devices whose major number is one of these are terminals (devices.txt: tty, console, pts). */
const isTerminalMajor = (major: number): boolean =>
  major === 4 || major === 5 || (major >= 136 && major <= 143);

/** As `isTTY` of the streams, without making them: that costs a check of one file some milliseconds. */
function isTerminal(descriptor: 0 | 1 | 2): boolean {
  try {
    const status = fstatSync(descriptor);
    if (!status.isCharacterDevice()) return false;
    // node:tty brings all of node:stream, for /dev/null too, which hooks and schedulers give to what they start.
    if (process.platform === "linux" && !isTerminalMajor((status.rdev >> 8) & 0xfff)) return false;
    return process.getBuiltinModule("node:tty").isatty(descriptor);
  } catch {
    return false;
  }
}

/** Found out when it is first asked for. */
function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
}
const inIsTerminal = once(() => isTerminal(0));
const outIsTerminal = once(() => isTerminal(1));
const errIsTerminal = once(() => isTerminal(2));

const paintFor = (isTerminal: () => boolean): Paint => {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "0") return coloured;
  return (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb" && isTerminal() ? coloured : plain;
};
const outPaint = once(() => paintFor(outIsTerminal));
const errPaint = once(() => paintFor(errIsTerminal));

/** Nobody reads it any more: what else is written there is dropped, and the command ends with the exit code it has. */
const closed = new Set<1 | 2>();

/**
 * Writes all of it at once, also to a full pipe: nothing may be lost when the process ends.
 * @throws UserError where standard output takes no more, such as on a full disk
 */
function write(descriptor: 1 | 2, text: string | Uint8Array): void {
  if (closed.has(descriptor)) return;
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EAGAIN") {
        // The reader is slow; it gets a moment.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      closed.add(descriptor);
      if (code === "EPIPE" || descriptor === 2) return;
      throw new UserError("cannot-write", `cannot write to standard output: ${message}`, { cause: error });
    }
  }
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new UserError("no-folder", "the working folder is gone or cannot be read", {
      hint: "change to a folder that is there",
      cause: error,
    });
  }
}
const cwd = once(workingFolder);

/**
 * Taken over only by commands that ask for it: a handler would keep Ctrl-C from ending a command that is busy computing.
 */
const interruption = once(() =>
  listenForInterruption({
    onSignal(heard) {
      for (const name of INTERRUPTING_SIGNALS) process.on(name, () => heard(name));
    },
    say: (text) => write(2, text),
    exit: (code) => process.exit(code),
  }),
);

const context: Context = {
  version: VERSION,
  get cwd() {
    return cwd();
  },
  env,
  get stdin() {
    return process.stdin;
  },
  out: (text) => write(1, text),
  err: (text) => write(2, text),
  get outIsTerminal() {
    return outIsTerminal();
  },
  get errIsTerminal() {
    return errIsTerminal();
  },
  get inIsTerminal() {
    return inIsTerminal();
  },
  get outPaint() {
    return outPaint();
  },
  get errPaint() {
    return errPaint();
  },
  get signal() {
    return interruption().signal;
  },
  toItsEnd: (notice, work) => interruption().toItsEnd(notice, work),
};

/** Runs the command line of this process, and ends it. */
export async function run(): Promise<never> {
  process.exitCode = await main(context, process.argv.slice(2));
  // Open keep-alive sockets or workers must not hold a finished command.
  process.exit();
}
