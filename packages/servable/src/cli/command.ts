import type { ExitCode } from "@servable/diagnostics";
import type { Context } from "./context.ts";

/** One flag of a command; the parser, `--help`, the shell completions and the docs page are all made from it. */
export interface OptionSpec {
  /** Long name without dashes, kebab-case. */
  readonly name: string;
  /** One letter, where there is one. */
  readonly short?: string;
  /** What the value stands for, such as `FILE`; without it the flag takes no value. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly repeatable?: true;
  /** Shown in the help; the command applies it. */
  readonly default?: string;
  readonly help: string;
}

export interface PositionalSpec {
  /** As shown, such as `PATH`. */
  readonly name: string;
  readonly help: string;
  readonly required?: true;
  readonly repeatable?: true;
}

/** What was typed, checked against the declarations. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** What follows `--`; undefined without it. */
  readonly passthrough: readonly string[] | undefined;
  has(name: string): boolean;
  get(name: string): string | undefined;
  all(name: string): readonly string[];
}

/** A command of the CLI: one file each, listed in `registry.ts`. */
export interface Command {
  readonly name: string;
  /** One line without full stop. */
  readonly summary: string;
  readonly description: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  /** What follows `--`, where the command takes it. */
  readonly passthrough?: string;
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  run(context: Context, args: Arguments): Promise<ExitCode>;
}

/** Identity with types. */
export const defineCommand = (command: Command): Command => command;

/** The flag of commands that print for people or for programs. */
export const FORMAT_OPTION: OptionSpec = {
  name: "format",
  value: "FORMAT",
  choices: ["pretty", "json"],
  default: "pretty",
  help: "what to print",
};
