import { type ExitCode, nearest, UserError } from "@servable/diagnostics";
import { printable } from "@servable/diagnostics/render";
import type { Context } from "./context.ts";
import { INTERRUPTED } from "./interruption.ts";
import { parseArguments } from "./parse-arguments.ts";
import { reasonOf } from "./read-input.ts";
import { COMMANDS } from "./registry.ts";

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

/** Runs one command line. Never throws. */
export async function main(context: Context, argv: readonly string[]): Promise<ExitCode> {
  try {
    const [name, ...rest] = argv;
    if (name === "--version" || name === "-V") {
      context.out(`${context.version}\n`);
      return 0;
    }
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      const wanted = name === "help" ? rest[0] : undefined;
      if (wanted !== undefined) return await main(context, [wanted, "--help"]);
      const { overview } = await import("./help.ts");
      const text = overview(
        COMMANDS,
        context.version,
        name === undefined ? context.errPaint : context.outPaint,
      );
      if (name === undefined) context.err(text);
      else context.out(text);
      return name === undefined ? 2 : 0;
    }
    const entry = COMMANDS.find((command) => command.name === name);
    if (entry === undefined) {
      const names = COMMANDS.map((command) => command.name);
      const meant = nearest(name, names);
      throw new UserError(
        "usage",
        `unknown command "${name}"${meant === undefined ? "" : `, did you mean "${meant}"?`}`,
        {
          hint: `the commands are ${names.join(", ")}; see \`servable --help\``,
        },
      );
    }
    const command = await entry.load();
    const args = parseArguments(command, rest);
    if (args.has("help")) {
      const { commandHelp } = await import("./help.ts");
      context.out(commandHelp(command, context.outPaint));
      return 0;
    }
    return await command.run(context, args);
  } catch (thrown) {
    return report(context, thrown);
  }
}
