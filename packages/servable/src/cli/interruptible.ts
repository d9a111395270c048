import { UserError } from "@servable/diagnostics";

declare global {
  var servableInterruptible: (() => void) | undefined;
}

/** Ctrl-C ended it: exit code 130, and nothing is said. */
export class Interrupted extends UserError {
  constructor() {
    super("interrupted", "interrupted", { exitCode: 130 });
    this.name = "Interrupted";
  }
}

/**
 * Runs work that computes without a pause, so that a handler of SIGINT would never be called: Ctrl-C ends it where it
 * is, without its `finally` blocks, and what is to be cleared up can be cleared up behind it.
 * @throws Interrupted, and what the work throws
 */
export function interruptible<Result>(work: () => Result): Result {
  const { Script } = process.getBuiltinModule("node:vm");
  let done: { readonly result: Result } | undefined;
  globalThis.servableInterruptible = () => {
    done = { result: work() };
  };
  try {
    // The one way by which Node stops JavaScript that is running.
    new Script("servableInterruptible()").runInThisContext({ breakOnSigint: true, displayErrors: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_INTERRUPTED") throw new Interrupted();
    throw error;
  } finally {
    globalThis.servableInterruptible = undefined;
  }
  return done!.result;
}
