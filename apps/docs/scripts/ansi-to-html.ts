import { escapeHtml } from "./markdown.ts";

const CLASSES: Readonly<Record<number, string>> = {
  1: "bold",
  2: "dim",
  4: "underline",
  31: "red",
  32: "green",
  33: "yellow",
  34: "blue",
  35: "magenta",
  36: "cyan",
  90: "dim",
  91: "red",
  92: "green",
  93: "yellow",
  94: "blue",
  95: "magenta",
  96: "cyan",
};

/** Terminal output with SGR colours as HTML: one span a run, classes as in `TerminalOutput.vue`; all text escaped. */
export function ansiToHtml(text: string): string {
  let html = "";
  let active: string[] = [];
  for (const part of text.split(/(\u001b\[[0-9;]*m)/)) {
    const codes = /^\u001b\[([0-9;]*)m$/.exec(part)?.[1];
    if (codes === undefined) {
      if (part !== "") html += active.length === 0 ? escapeHtml(part) : span(active, part);
      continue;
    }
    for (const number of codes.split(";").map(Number)) active = apply(active, number);
  }
  return html;
}

function span(classes: readonly string[], text: string): string {
  return `<span class="${classes.join(" ")}">${escapeHtml(text)}</span>`;
}

function apply(active: readonly string[], code: number): string[] {
  if (code === 0) return [];
  const drop = (...names: string[]): string[] => active.filter((name) => !names.includes(name));
  if (code === 22) return drop("bold", "dim");
  if (code === 24) return drop("underline");
  if (code === 39) return drop("red", "green", "yellow", "blue", "magenta", "cyan");
  const name = CLASSES[code];
  return name === undefined || active.includes(name) ? [...active] : [...active, name];
}
