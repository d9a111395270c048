import type { ExitCode } from "@servable/diagnostics";

/** Signals that end a command in order, with the exit codes that shells give them. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const satisfies Record<string, ExitCode>;

/** A closed terminal, Ctrl-C, or whoever supervises the process. */
export type InterruptingSignal = keyof typeof EXIT_CODES;
export const INTERRUPTING_SIGNALS = Object.keys(EXIT_CODES) as readonly InterruptingSignal[];

/** The exit code of a command that ended because this was aborted; 130 unless the reason names another signal. */
export function exitCodeOf(signal: AbortSignal): ExitCode {
  const { message = "" } = (signal.reason ?? {}) as Partial<Error>;
  return EXIT_CODES[message as InterruptingSignal] ?? EXIT_CODES.SIGINT;
}

/** What an interruption needs of the process. */
export interface InterruptedProcess {
  /** Calls back at each of these signals. */
  onSignal(heard: (name: InterruptingSignal) => void): void;
  say(text: string): void;
  /** Ends the process at once. */
  exit(code: ExitCode): void;
}

export interface Interruption {
  /** Aborted by the first signal, whose name is the reason's message. */
  readonly signal: AbortSignal;
  /**
   * Work that leaves something behind unless it comes to its end. It hears the first signal by `signal`, as all work does;
   * the second, which ends any other work at once, only prints the notice; the third ends this too.
   */
  toItsEnd<T>(notice: string, work: () => Promise<T>): Promise<T>;
}

/** Listens from now on: these signals no longer end the process by themselves. */
export function listenForInterruption(host: InterruptedProcess): Interruption {
  const controller = new AbortController();
  let notice: string | undefined;
  host.onSignal((name) => {
    if (!controller.signal.aborted) {
      controller.abort(new DOMException(name, "AbortError"));
      return;
    }
    // Of a terminal that closes, both the shell and the system tell: that is nobody's impatience.
    if (name === "SIGHUP") return;
    if (notice === undefined) {
      host.exit(EXIT_CODES[name]);
      return;
    }
    host.say(`${notice}\n`);
    notice = undefined;
  });
  return {
    signal: controller.signal,
    async toItsEnd(said, work) {
      notice = said;
      try {
        return await work();
      } finally {
        notice = undefined;
      }
    },
  };
}
