import { code, fenced, pageStart, prose, sentence, table } from "../markdown.ts";
import type { Page, SidebarItem } from "./page.ts";

/** What a command declares about itself; the CLI's parser and `--help` read the same. */
export interface CommandDeclaration {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly positionals: readonly {
    readonly name: string;
    readonly help: string;
    readonly required?: true;
    readonly repeatable?: true;
  }[];
  readonly options: readonly {
    readonly name: string;
    readonly short?: string;
    readonly value?: string;
    readonly choices?: readonly string[];
    readonly repeatable?: true;
    readonly default?: string;
    readonly help: string;
  }[];
  readonly passthrough?: string;
  readonly examples: readonly { readonly line: string; readonly says: string }[];
}

export function commandPages(commands: readonly CommandDeclaration[]): Page[] {
  const rows = commands.map((command) => [
    `[${code(`servable ${command.name}`)}](./${command.name}.md)`,
    prose(sentence(command.summary)),
  ]);
  const index = `${pageStart("Commands")}
# Commands

${fenced("servable <command> [paths] [--flags]", "sh")}

${table(["command", "what it does"], rows)}

Every command takes ${code("--help")}. Long flags are kebab-case; ${code("-")} stands for standard input or output where a file is
expected. [Exit codes](../exit-codes.md) and [JSON documents](../json-output.md) are the same for all.
`;
  return [{ path: "reference/commands/index.md", markdown: index }, ...commands.map(commandPage)];
}

export function commandSidebar(commands: readonly CommandDeclaration[]): SidebarItem[] {
  return [
    { text: "All commands", link: "/reference/commands/" },
    ...commands.map((command) => ({ text: command.name, link: `/reference/commands/${command.name}` })),
  ];
}

function commandPage(command: CommandDeclaration): Page {
  const parts = [
    pageStart(`servable ${command.name}`, { description: command.summary }),
    `# servable ${command.name}`,
    prose(sentence(command.summary)),
    fenced(usage(command), "sh"),
    command.description.split(/\n\n+/).map(prose).join("\n\n"),
  ];
  if (command.examples.length > 0) {
    parts.push("## Examples");
    for (const example of command.examples) {
      parts.push(`${prose(sentence(example.says))}\n\n${fenced(example.line, "sh")}`);
    }
  }
  if (command.positionals.length > 0) {
    const rows = command.positionals.map((each) => [
      code(`${each.name}${each.repeatable === true ? "…" : ""}`),
      `${prose(sentence(each.help))}${each.required === true ? " Required." : ""}`,
    ]);
    parts.push(`## Arguments\n\n${table(["argument", "meaning"], rows)}`);
  }
  if (command.passthrough !== undefined)
    parts.push(`After ${code("--")}: ${prose(sentence(command.passthrough))}`);
  if (command.options.length > 0) {
    const rows = command.options.map((option) => [flagText(option), optionHelp(option)]);
    parts.push(`## Options\n\n${table(["option", "meaning"], rows)}`);
  }
  return { path: `reference/commands/${command.name}.md`, markdown: `${parts.join("\n\n")}\n` };
}

type Option = CommandDeclaration["options"][number];

function flagText(option: Option): string {
  const short = option.short === undefined ? "" : `${code(`-${option.short}`)}, `;
  return `${short}${code(`--${option.name}${option.value === undefined ? "" : ` ${option.value}`}`)}`;
}

function optionHelp(option: Option): string {
  const parts = [prose(sentence(option.help))];
  if (option.choices !== undefined) parts.push(`One of ${option.choices.map(code).join(", ")}.`);
  if (option.default !== undefined) parts.push(`Default: ${code(option.default)}.`);
  if (option.repeatable === true) parts.push("May be given more than once.");
  return parts.join(" ");
}

function usage(command: CommandDeclaration): string {
  const words = [`servable ${command.name}`];
  if (command.options.length > 0) words.push("[options]");
  for (const each of command.positionals) {
    const name = `${each.name}${each.repeatable === true ? "..." : ""}`;
    words.push(each.required === true ? name : `[${name}]`);
  }
  if (command.passthrough !== undefined) words.push("[-- ...]");
  return words.join(" ");
}
