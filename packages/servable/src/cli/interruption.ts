/** What an interruption needs of the process. */
export interface InterruptedProcess {
  /** Calls back at each SIGINT and SIGTERM. */
  onSignal(heard: (name: "SIGINT" | "SIGTERM") => void): void;
  say(text: string): void;
  /** Ends the process at once. */
  exit(code: number): void;
}

export interface Interruption {
  /** Aborted by the first signal, whose name is the reason's message. */
  readonly signal: AbortSignal;
  /**
   * Work that leaves something behind unless it comes to its end. It hears the first Ctrl-C by `signal`, as all work does;
   * the second, which ends any other work at once, only prints the notice; the third ends this too.
   */
  toItsEnd<T>(notice: string, work: () => Promise<T>): Promise<T>;
}

/** Listens from now on: Ctrl-C no longer ends the process by itself. */
export function listenForInterruption(host: InterruptedProcess): Interruption {
  const controller = new AbortController();
  let notice: string | undefined;
  host.onSignal((name) => {
    if (!controller.signal.aborted) {
      controller.abort(new DOMException(name, "AbortError"));
      return;
    }
    if (notice === undefined) {
      host.exit(130);
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
