import { nearest, UserError } from "@servable/diagnostics";
import type { Arguments, Command, OptionSpec } from "./command.ts";

/** Flags that every command has. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [{ name: "help", short: "h", help: "show this help" }];

const usageError = (command: Command, message: string, hint?: string): UserError =>
  new UserError("usage", message, { hint: hint ?? `see \`servable ${command.name} --help\`` });

/** Reads what was typed after the command's name. @throws UserError (exit code 2) that names the mistake. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const options = [...command.options, ...COMMON_OPTIONS];
  const byName = new Map(options.map((option) => [option.name, option]));
  const byShort = new Map(
    options.flatMap((option) => (option.short === undefined ? [] : [[option.short, option] as const])),
  );
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  let passthrough: readonly string[] | undefined;
  /** Behind a --, a name may begin with a dash. */
  let onlyNames = false;

  const take = (option: OptionSpec, value: string): void => {
    if (option.choices !== undefined && !option.choices.includes(value)) {
      const meant = nearest(value, option.choices);
      throw usageError(
        command,
        `--${option.name} cannot be "${value}"${meant === undefined ? "" : `, did you mean "${meant}"?`}`,
        `it is one of ${option.choices.join(", ")}`,
      );
    }
    const list = values.get(option.name);
    if (list === undefined) values.set(option.name, [value]);
    else if (option.repeatable) list.push(value);
    else if (option.value !== undefined) throw usageError(command, `--${option.name} is given twice`);
  };

  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--" && command.passthrough !== undefined) {
      passthrough = argv.slice(index + 1);
      break;
    }
    if (word === "--" && !onlyNames) {
      onlyNames = true;
      continue;
    }
    if (onlyNames || !word.startsWith("-") || word === "-") {
      // Most likely a variable of a script that is not set; the working folder would be checked instead.
      if (word === "") throw usageError(command, "an argument is empty");
      positionals.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const typed = equals === -1 ? word : word.slice(0, equals);
    const option = typed.startsWith("--") ? byName.get(typed.slice(2)) : byShort.get(typed.slice(1));
    if (option === undefined) {
      const meant = nearest(typed.replace(/^-+/, ""), byName.keys());
      throw usageError(
        command,
        `unknown option ${typed}${meant === undefined ? "" : `, did you mean --${meant}?`}`,
        command.passthrough === undefined
          ? undefined
          : `flags of tensorflow_model_server come after \`--\`; see \`servable ${command.name} --help\``,
      );
    }
    if (option.value === undefined) {
      if (equals !== -1) throw usageError(command, `--${option.name} takes no value`);
      take(option, "true");
    } else if (equals !== -1) take(option, word.slice(equals + 1));
    else {
      const next = argv[index + 1];
      if (next === undefined || (next.startsWith("--") && next !== "--")) {
        throw usageError(command, `--${option.name} wants a value: --${option.name} ${option.value}`);
      }
      take(option, next);
      index++;
    }
  }

  if (!values.has("help")) {
    const most = command.positionals.some((positional) => positional.repeatable)
      ? Number.POSITIVE_INFINITY
      : command.positionals.length;
    if (positionals.length > most) {
      throw usageError(command, `unexpected argument "${positionals[most] ?? ""}"`);
    }
    const missing = command.positionals.find(
      (positional, index) => positional.required && positionals.length <= index,
    );
    if (missing !== undefined) throw usageError(command, `${missing.name} is missing: ${missing.help}`);
  }
  return {
    positionals,
    passthrough,
    has: (name) => values.has(name),
    get: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? [],
  };
}
