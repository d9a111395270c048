/** Signals that end a command in order: a closed terminal, Ctrl-C, or whoever supervises the process. */
export const INTERRUPTING_SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;
export type InterruptingSignal = (typeof INTERRUPTING_SIGNALS)[number];

/** The exit code of a command that any of them ended (CLI contract). */
export const INTERRUPTED = 130;

/** What an interruption needs of the process. */
export interface InterruptedProcess {
  /** Calls back at each of these signals. */
  onSignal(heard: (name: InterruptingSignal) => void): void;
  say(text: string): void;
  /** Ends the process at once. */
  exit(code: typeof INTERRUPTED): void;
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
      host.exit(INTERRUPTED);
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
