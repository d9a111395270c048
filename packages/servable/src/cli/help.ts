import type { Paint } from "@servable/diagnostics/render";
import type { Command, OptionSpec } from "./command.ts";
import { COMMON_OPTIONS } from "./parse-arguments.ts";

/** How a command is called, on one line. */
export function usageLine(command: Command): string {
  const positionals = command.positionals.map(({ name, required, repeatable }) => {
    const shown = repeatable ? `${name}…` : name;
    return required ? shown : `[${shown}]`;
  });
  const rest = command.passthrough === undefined ? [] : [`[-- ${command.passthrough}]`];
  return ["servable", command.name, ...positionals, "[options]", ...rest].join(" ");
}

const flagText = (option: OptionSpec): string =>
  `${option.short === undefined ? "    " : `-${option.short}, `}--${option.name}${option.value === undefined ? "" : ` ${option.value}`}`;

function columns(rows: readonly (readonly [string, string])[], paint: Paint): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, 96 - width - 4);
    return lines.map(
      (line, index) => `  ${index === 0 ? paint.cyan(left.padEnd(width)) : " ".repeat(width)}  ${line}`,
    );
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > Math.max(40, width)) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** The page of `servable COMMAND --help`: examples first. */
export function commandHelp(command: Command, paint: Paint): string {
  const lines = [`${paint.bold(`servable ${command.name}`)} — ${command.summary}`, ""];
  lines.push(paint.bold("Examples"));
  for (const { line, says } of command.examples) lines.push(`  ${paint.cyan(line)}`, `      ${says}`);
  lines.push("", paint.bold("Usage"), `  ${usageLine(command)}`, "", ...wrap(command.description, 96));
  if (command.positionals.length > 0) {
    lines.push(
      "",
      paint.bold("Arguments"),
      ...columns(
        command.positionals.map(({ name, help }) => [name, help] as const),
        paint,
      ),
    );
  }
  const rows = [...command.options, ...COMMON_OPTIONS].map((option) => {
    const choices = option.choices === undefined ? "" : ` (${option.choices.join(", ")})`;
    const standard = option.default === undefined ? "" : ` [default: ${option.default}]`;
    return [flagText(option), `${option.help}${choices}${standard}`] as const;
  });
  lines.push("", paint.bold("Options"), ...columns(rows, paint));
  lines.push(
    "",
    `Docs: commands/${command.name}. Exit codes: 0 good, 1 not good, 2 could not do it, 3 no server, 130 interrupted.`,
    "",
  );
  return lines.join("\n");
}

/** The page of `servable --help`. */
export function overview(
  commands: readonly { readonly name: string; readonly summary: string }[],
  version: string,
  paint: Paint,
): string {
  return [
    `${paint.bold("servable")} ${version} — TensorFlow Serving deployments made correct, fast and proven`,
    "",
    paint.bold("Start here"),
    ...columns(
      [
        ["servable init ./export/resnet", "write servable.yaml from an exported model"],
        ["servable verify", "generate, start, wait until ready, smoke test, stop"],
        ["servable check", "find what is wrong in specs, text protos and model folders"],
      ],
      paint,
    ),
    "",
    paint.bold("Commands"),
    ...columns(
      commands.map(({ name, summary }) => [name, summary] as const),
      paint,
    ),
    "",
    "`servable COMMAND --help` shows examples and options; `--version` the version.",
    "",
  ].join("\n");
}
