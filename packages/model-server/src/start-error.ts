/**
 * The server does not start: what the model server's process would have done.
 * `exits`: it ends by itself with `exitCode`; `aborts`: it dies by `signal` (134 SIGABRT, 139 SIGSEGV).
 * `message` is one line without the time; `stdout` holds the lines that the server writes to its standard output.
 */
export class ServerStartError extends Error {
  readonly kind: "exits" | "aborts";
  readonly exitCode: number;
  readonly signal: "SIGABRT" | "SIGSEGV" | undefined;
  readonly stdout: readonly string[];

  constructor(
    kind: "exits" | "aborts",
    exitCode: number,
    message: string,
    more: { signal?: "SIGABRT" | "SIGSEGV"; stdout?: readonly string[] } = {},
  ) {
    super(message);
    this.name = "ServerStartError";
    this.kind = kind;
    this.exitCode = exitCode;
    this.signal = more.signal;
    this.stdout = more.stdout ?? [];
  }

  /** `Failed to start server. Error: CODE: text` on stdout, status 255. */
  static failed(code: string, text: string): ServerStartError {
    const line = `Failed to start server. Error: ${code}: ${text}`;
    return new ServerStartError("exits", 255, line, { stdout: [line] });
  }

  /** A failed CHECK: SIGABRT. */
  static aborted(message: string): ServerStartError {
    return new ServerStartError("aborts", 134, message, { signal: "SIGABRT" });
  }

  /** A crash without a message: SIGSEGV. `why` is ours; the server says nothing. */
  static crashed(why: string): ServerStartError {
    return new ServerStartError("aborts", 139, why, { signal: "SIGSEGV" });
  }
}
