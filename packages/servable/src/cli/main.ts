import { type ExitCode, nearest, UserError } from "@servable/diagnostics";
import type { Context } from "./context.ts";
import { parseArguments } from "./parse-arguments.ts";
import { COMMANDS } from "./registry.ts";
import { report } from "./report.ts";

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
