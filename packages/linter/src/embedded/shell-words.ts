import type { Span } from "@servable/diagnostics";

/** One word of a shell command. */
export interface ShellWord {
  /** After quotes, escapes and known variables; unknown expansions stand as {@link unknownText}. */
  readonly text: string;
  readonly span: Span;
  /** Written in plain letters, so that a replacement may be written in its place. */
  readonly plain: boolean;
}

/** Stands for what only the shell knows. It can be part of no path, so it is told from every real text. */
export const unknownText = "\u0001";

export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** `NAME=value` words before the command (or alone). */
  readonly assignments: readonly { readonly name: string; readonly value: string }[];
}

/** What variables and substitutions stand for. */
export interface ShellScope {
  /** Value of a variable; undefined where it is not known. */
  variable(name: string): string | undefined;
  /** Output of `$(…)`; undefined where it is not known. */
  substitution(command: string): string | undefined;
}

/**
 * Splits a script into simple commands, in order. This is no shell: quoting, escapes, comments, line continuations,
 * here documents, `$NAME`, `${NAME}`, `${NAME:-default}` and `$(…)` are read; whatever else expands is unknown.
 * Bodies of functions are left out. `run` is called for each command as soon as it is read, so that assignments count
 * for what follows. Never throws; time grows with the text's length.
 */
export function readShell(text: string, scope: ShellScope, run: (command: ShellCommand) => void): void {
  let at = 0;
  let words: ShellWord[] = [];
  let assignments: { name: string; value: string }[] = [];
  const here: string[] = [];

  const end = (): void => {
    if (words.length > 0 || assignments.length > 0) run({ words, assignments });
    words = [];
    assignments = [];
  };

  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === "\n") {
      end();
      at++;
      for (const delimiter of here.splice(0)) {
        const close = new RegExp(`^\\t*${delimiter.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, "m");
        const found = close.exec(text.slice(at));
        at = found === null ? text.length : at + found.index + found[0].length;
      }
    } else if (char === " " || char === "\t" || char === "\r") at++;
    else if (char === "\\" && /^\\\r?\n/.test(text.slice(at, at + 3))) at += text[at + 1] === "\r" ? 3 : 2;
    else if (char === "#") {
      while (at < text.length && text[at] !== "\n") at++;
    } else if (text.startsWith("<<", at) && !text.startsWith("<<<", at)) {
      const match = /^<<-?\s*(['"]?)([\w-]+)\1/.exec(text.slice(at, at + 200));
      if (match !== null) here.push(match[2] ?? "");
      at += match?.[0].length ?? 2;
    } else if (char === ";" || char === "&" || char === "|" || char === "(" || char === ")") {
      if (text.startsWith("()", at) && words.length === 1) {
        at = skipFunction(text, at + 2);
        words = [];
        continue;
      }
      end();
      at++;
    } else if (char === "<" || char === ">") {
      // A redirection takes the word after it.
      while (at < text.length && /[<>&]/.test(text[at] ?? "")) at++;
      while (text[at] === " ") at++;
      at = readWord(text, at, scope).end;
    } else {
      const start = at;
      const word = readWord(text, at, scope);
      at = Math.min(text.length, Math.max(word.end, start + 1));
      const assignment = /^([A-Za-z_]\w*)=/.exec(text.slice(start, Math.min(at, start + 256)));
      if (assignment !== null && words.length === 0) {
        assignments.push({
          name: assignment[1] ?? "",
          value: word.text.slice((assignment[1] ?? "").length + 1),
        });
      } else words.push({ text: word.text, span: { start, end: at }, plain: word.plain });
    }
  }
  end();
}

/** Behind the body of a function: its closing brace stands alone at the beginning of a line. */
function skipFunction(text: string, at: number): number {
  const close = text.indexOf("\n}", at);
  return close === -1 ? text.length : close + 2;
}

interface ReadWord {
  readonly text: string;
  readonly end: number;
  readonly plain: boolean;
}

function readWord(text: string, start: number, scope: ShellScope): ReadWord {
  let value = "";
  let plain = true;
  let at = start;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (/[\s;&|()<>]/.test(char)) break;
    if (char === "'") {
      const close = text.indexOf("'", at + 1);
      const until = close === -1 ? text.length : close;
      value += text.slice(at + 1, until);
      at = until + 1;
      plain = false;
    } else if (char === '"') {
      at++;
      plain = false;
      while (at < text.length && text[at] !== '"') {
        if (text[at] === "\\" && /["\\$`\n]/.test(text[at + 1] ?? "")) {
          if (text[at + 1] !== "\n") value += text[at + 1];
          at += 2;
        } else if (text[at] === "$" || text[at] === "`") {
          const part = expansion(text, at, scope);
          value += part.text;
          at = part.end;
        } else value += text[at++];
      }
      at++;
    } else if (char === "\\") {
      if (text[at + 1] === "\n") {
        if (value === "" && plain) return { text: value, end: at, plain };
        at += 2;
        continue;
      }
      value += text[at + 1] ?? "";
      at += 2;
      plain = false;
    } else if (char === "$" && text[at + 1] === "'") {
      const close = text.indexOf("'", at + 2);
      const until = close === -1 ? text.length : close;
      value += text
        .slice(at + 2, until)
        .replace(/\\n/g, "\n")
        .replace(/\\t/g, "\t")
        .replace(/\\(.)/g, "$1");
      at = until + 1;
      plain = false;
    } else if (char === "$" || char === "`") {
      const part = expansion(text, at, scope);
      value += part.text;
      at = part.end;
      plain = false;
    } else {
      value += char;
      at++;
    }
  }
  return { text: value, end: at, plain };
}

/** `$NAME`, `${…}`, `$(…)` or a backquoted command at `at`. */
function expansion(text: string, at: number, scope: ShellScope): { text: string; end: number } {
  if (text[at] === "`") {
    const close = text.indexOf("`", at + 1);
    if (close === -1) return { text: unknownText, end: text.length };
    return { text: scope.substitution(text.slice(at + 1, close)) ?? unknownText, end: close + 1 };
  }
  if (text[at + 1] === "(") {
    const close = closing(text, at + 1, "(", ")");
    return { text: scope.substitution(text.slice(at + 2, close)) ?? unknownText, end: close + 1 };
  }
  if (text[at + 1] === "{") {
    const close = closing(text, at + 1, "{", "}");
    const inner = text.slice(at + 2, close);
    const match = /^(\w+)(?::?-(.*))?$/s.exec(inner);
    const value = match === null ? undefined : (scope.variable(match[1] ?? "") ?? plainDefault(match[2]));
    return { text: value ?? unknownText, end: close + 1 };
  }
  const name = /^\$([A-Za-z_]\w*|[0-9@*#?$!-])/.exec(text.slice(at, at + 128))?.[1];
  if (name === undefined) return { text: "$", end: at + 1 };
  return { text: scope.variable(name) ?? unknownText, end: at + 1 + name.length };
}

const plainDefault = (text: string | undefined): string | undefined =>
  text === undefined || /[$`\\]/.test(text) ? undefined : text.replace(/["']/g, "");

function closing(text: string, open: number, left: string, right: string): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === left) depth++;
    else if (text[at] === right && --depth === 0) return at;
  }
  return text.length;
}
