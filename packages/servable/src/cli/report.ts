import { type ExitCode, UserError } from "@servable/diagnostics";
import { printable } from "@servable/diagnostics/render";
import type { Context } from "./context.ts";
import { INTERRUPTED } from "./interruption.ts";
import { reasonOf } from "./read-input.ts";

/** What the operating system refused, such as a file on a full disk: no defect of this program. */
const isSystemError = (thrown: unknown): thrown is NodeJS.ErrnoException =>
  thrown instanceof Error && typeof (thrown as NodeJS.ErrnoException).syscall === "string";

/** Shows a mistake of the user's as message and hint; anything else as a defect of ours. Gives the exit code for it. */
export function report(context: Context, thrown: unknown): ExitCode {
  const paint = context.errPaint;
  if (context.signal.aborted && (thrown as { name?: string } | undefined)?.name === "AbortError")
    return INTERRUPTED;
  if (thrown instanceof UserError) {
    // Whoever did it knows.
    if (thrown.code === "interrupted") return thrown.exitCode;
    const [first = "", ...rest] = thrown.message.split("\n");
    context.err(
      `${paint.red("error:")} ${[first, ...rest].map((line) => printable(line, true)).join("\n")}\n`,
    );
    if (thrown.hint !== undefined) context.err(`${paint.cyan("help:")}  ${printable(thrown.hint, true)}\n`);
    if (context.env["SERVABLE_DEBUG"] === "1") context.err(`${thrown.stack ?? ""}\n`);
    return thrown.exitCode;
  }
  if (isSystemError(thrown)) {
    const { path } = thrown;
    const where = path === undefined ? "" : `${path}: `;
    context.err(`${paint.red("error:")} ${printable(where + reasonOf(thrown))}\n`);
    if (context.env["SERVABLE_DEBUG"] === "1") context.err(`${thrown.stack ?? ""}\n`);
    return 2;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  context.err(`${paint.red("internal error:")} ${printable(message)}\n`);
  if (context.env["SERVABLE_DEBUG"] === "1" && thrown instanceof Error)
    context.err(`${thrown.stack ?? ""}\n`);
  else
    context.err(
      `${paint.cyan("help:")}  this is a defect of servable ${context.version}; SERVABLE_DEBUG=1 shows where\n`,
    );
  return 2;
}
