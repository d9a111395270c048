/** The CLI's exit codes (CLI contract). */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

/**
 * The user's input or surroundings are at fault, not this program: shown as message and hint, never as a stack trace.
 * Anything else that is thrown is a defect of ours.
 */
export class UserError extends Error {
  /** Stable name of the mistake, such as `port-in-use`. */
  readonly code: string;
  /** What to do about it. */
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(
    code: string,
    message: string,
    options: { hint?: string; exitCode?: ExitCode; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "UserError";
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 2;
  }
}
