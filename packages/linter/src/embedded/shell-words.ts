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

export interface ShellAssignment {
  readonly name: string;
  readonly value: string;
  /** `NAME+=value`. */
  readonly append: boolean;
}

export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** `NAME=value` words before the command (or alone). */
  readonly assignments: readonly ShellAssignment[];
}

/** What variables and substitutions stand for. */
export interface ShellScope {
  /** Value of a variable; undefined where it is not known. */
  variable(name: string): string | undefined;
  /** Output of `$(…)`, whose command begins at `offset`; undefined where it is not known. */
  substitution(command: string, offset: number): string | undefined;
  /** The body of a function, which begins at `offset`. */
  body?(text: string, offset: number): void;
  /** A here document that a command writes to a file, which begins at `offset`; without the text where it expands. */
  written?(file: string, text: string | undefined, offset: number): void;
}

/**
 * Splits a script into simple commands, in order. This is no shell: quoting, escapes, comments, line continuations,
 * here documents, arrays, `$NAME`, `${NAME}`, `${NAME:-default}` and `$(…)` are read; whatever else expands is unknown.
 * Bodies of functions are left out and given to the scope. `run` is called for each command as soon as it is read, so
 * that assignments count for what follows. Never throws; time grows with the text's length.
 */
export function readShell(text: string, scope: ShellScope, run: (command: ShellCommand) => void): void {
  let at = 0;
  let words: ShellWord[] = [];
  let assignments: ShellAssignment[] = [];
  let here: { delimiter: string; quoted: boolean; tabs: boolean }[] = [];
  /** The file to which the command on this line writes. */
  let target: string | undefined;
  const arrays = new Map<string, ShellWord[]>();

  const end = (): void => {
    if (words.length > 0 || assignments.length > 0) run({ words, assignments });
    words = [];
    assignments = [];
  };

  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === "\n") {
      const tee =
        words[0]?.text === "tee" ? words.findLast(({ text: word }) => !word.startsWith("-")) : undefined;
      const file = tee === undefined || tee === words[0] ? target : tee.text;
      end();
      at++;
      for (const { delimiter, quoted, tabs } of here) {
        const close = new RegExp(`^\\t*${delimiter.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, "m");
        const found = close.exec(text.slice(at));
        const body = text.slice(at, found === null ? text.length : at + found.index);
        // Only what the shell leaves as it is can be read here.
        const plain = !tabs && (quoted || !/[$`\\]/.test(body));
        if (file !== undefined) scope.written?.(file, plain ? body : undefined, at);
        at = found === null ? text.length : at + found.index + found[0].length;
      }
      here = [];
      target = undefined;
    } else if (char === " " || char === "\t" || char === "\r") at++;
    else if (char === "\\" && /^\\\r?\n/.test(text.slice(at, at + 3))) at += text[at + 1] === "\r" ? 3 : 2;
    else if (char === "#") at = lineEnd(text, at);
    else if (text.startsWith("<<", at) && !text.startsWith("<<<", at)) {
      const match = /^<<-?\s*(['"]?)([\w-]+)\1/.exec(text.slice(at, at + 200));
      if (match !== null) {
        const tabs = match[0].startsWith("<<-");
        here.push({ delimiter: match[2] ?? "", quoted: match[1] !== "", tabs });
      }
      at += match?.[0].length ?? 2;
    } else if (char === ";" || char === "&" || char === "|" || char === "(" || char === ")") {
      const named = words.length === 1 && text.startsWith("()", at);
      if (named || (words.length === 2 && words[0]?.text === "function" && text.startsWith("()", at))) {
        at = skipFunction(text, at + 2, scope);
        words = [];
        continue;
      }
      end();
      at++;
    } else if (char === "{" && words.length === 2 && words[0]?.text === "function") {
      at = skipFunction(text, at, scope);
      words = [];
    } else if (char === "<" || char === ">") {
      // A redirection takes the word after it.
      const out = char === ">" && text[at + 1] !== "&";
      while (at < text.length && /[<>&]/.test(text[at] ?? "")) at++;
      while (text[at] === " ") at++;
      const word = readWord(text, at, scope, false);
      if (out) target = word.fields.join(" ");
      at = word.end;
    } else {
      const start = at;
      const head = text.slice(at, at + 256);
      const list = words.length === 0 ? /^([A-Za-z_]\w*)(\+?)=\(/.exec(head) : null;
      if (list !== null) {
        const items = readList(text, at + list[0].length, scope);
        const name = list[1] ?? "";
        arrays.set(name, [...(list[2] === "+" ? (arrays.get(name) ?? []) : []), ...items.words]);
        at = items.end;
        continue;
      }
      const spread = /^("?)\$\{([A-Za-z_]\w*)\[[@*]\]\}\1(?=[\s;&|()<>]|$)/.exec(head);
      const kept = spread === null ? undefined : arrays.get(spread[2] ?? "");
      if (spread !== null && kept !== undefined) {
        words.push(...kept);
        at += spread[0].length;
        continue;
      }
      const assignment = words.length === 0 ? /^([A-Za-z_]\w*)(\+?)=/.exec(head) : null;
      const word = readWord(text, at, scope, assignment === null);
      // The number of a redirected file: `2>&1`.
      if (/[<>]/.test(text[word.end] ?? "") && /^\d+$/.test(text.slice(at, word.end))) {
        at = word.end;
        continue;
      }
      at = Math.min(text.length, Math.max(word.end, start + 1));
      if (assignment !== null) {
        const value = word.fields.join(" ").slice(assignment[0].length);
        assignments.push({ name: assignment[1] ?? "", value, append: assignment[2] === "+" });
      } else {
        for (const field of word.fields)
          words.push({ text: field, span: { start, end: at }, plain: word.plain });
      }
    }
  }
  end();
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
};

/** The words of `( … )` from behind its opening. */
function readList(text: string, from: number, scope: ShellScope): { words: ShellWord[]; end: number } {
  const words: ShellWord[] = [];
  let at = from;
  while (at < text.length && text[at] !== ")") {
    const char = text[at] ?? "";
    if (/\s/.test(char)) at++;
    else if (char === "#") at = lineEnd(text, at);
    else if (char === "\\" && /^\\\r?\n/.test(text.slice(at, at + 3))) at += text[at + 1] === "\r" ? 3 : 2;
    else {
      const word = readWord(text, at, scope, true);
      const end = Math.min(text.length, Math.max(word.end, at + 1));
      for (const field of word.fields)
        words.push({ text: field, span: { start: at, end }, plain: word.plain });
      at = end;
    }
  }
  return { words, end: Math.min(text.length, at + 1) };
}

/** Behind the body of a function: its closing brace stands alone at the beginning of a line, or ends the only line. */
function skipFunction(text: string, at: number, scope: ShellScope): number {
  const open = text.indexOf("{", at);
  if (open === -1) return text.length;
  const line = lineEnd(text, open);
  const inLine = text.lastIndexOf("}", line);
  const oneLine = inLine > open && /^[\s;]*$/.test(text.slice(inLine + 1, line));
  const close = oneLine ? inLine : text.indexOf("\n}", open);
  const end = close === -1 ? text.length : close;
  scope.body?.(text.slice(open + 1, end), open + 1);
  return close === -1 ? text.length : close + (oneLine ? 1 : 2);
}

interface ReadWord {
  /** Usually one; an expansion without quotes is split at blanks, and is nothing where it is empty. */
  readonly fields: readonly string[];
  readonly end: number;
  readonly plain: boolean;
}

function readWord(text: string, start: number, scope: ShellScope, split: boolean): ReadWord {
  const fields: string[] = [];
  let value = "";
  /** Something is written, if only two quotes. */
  let begun = false;
  let plain = true;
  let at = start;
  const expand = (expanded: string): void => {
    plain = false;
    if (!split) {
      value += expanded;
      begun = true;
      return;
    }
    for (const char of expanded) {
      if (/[ \t\n]/.test(char)) {
        if (begun || value !== "") fields.push(value);
        value = "";
        begun = false;
      } else value += char;
    }
  };
  while (at < text.length) {
    const char = text[at] ?? "";
    if (/[\s;&|()<>]/.test(char)) break;
    if (char === "'") {
      const close = text.indexOf("'", at + 1);
      const until = close === -1 ? text.length : close;
      value += text.slice(at + 1, until);
      at = until + 1;
      plain = false;
      begun = true;
    } else if (char === '"') {
      at++;
      plain = false;
      begun = true;
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
        if (value === "" && plain) break;
        at += 2;
        continue;
      }
      value += text[at + 1] ?? "";
      at += 2;
      plain = false;
      begun = true;
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
      begun = true;
    } else if (char === "$" || char === "`") {
      const part = expansion(text, at, scope);
      expand(part.text);
      at = part.end;
    } else {
      value += char;
      begun = true;
      at++;
    }
  }
  if (begun || value !== "") fields.push(value);
  return { fields, end: at, plain };
}

/** `$NAME`, `${…}`, `$(…)` or a backquoted command at `at`. */
function expansion(text: string, at: number, scope: ShellScope): { text: string; end: number } {
  if (text[at] === "`") {
    const close = text.indexOf("`", at + 1);
    if (close === -1) return { text: unknownText, end: text.length };
    return { text: scope.substitution(text.slice(at + 1, close), at + 1) ?? unknownText, end: close + 1 };
  }
  if (text[at + 1] === "(") {
    const close = closing(text, at + 1, "(", ")");
    return { text: scope.substitution(text.slice(at + 2, close), at + 2) ?? unknownText, end: close + 1 };
  }
  if (text[at + 1] === "{") {
    const close = closing(text, at + 1, "{", "}");
    const inner = text.slice(at + 2, close);
    const match = /^(\w+)(?::?[-=](.*)|:?\?.*)?$/s.exec(inner);
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

/** Splits a text at blanks, minding quotes and backslashes, as a program without a shell does (compose's `command`). */
export function splitWords(text: string): ShellWord[] {
  const words: ShellWord[] = [];
  let at = 0;
  while (at < text.length) {
    while (at < text.length && /\s/.test(text[at] ?? "")) at++;
    if (at >= text.length) break;
    const start = at;
    let value = "";
    let plain = true;
    let quote = "";
    for (; at < text.length; at++) {
      const char = text[at] ?? "";
      if (quote === "" && /\s/.test(char)) break;
      if (quote === "" && (char === '"' || char === "'")) {
        quote = char;
        plain = false;
      } else if (char === quote) quote = "";
      else if (char === "\\" && quote !== "'" && at + 1 < text.length) {
        value += text[++at];
        plain = false;
      } else value += char;
    }
    words.push({ text: value, span: { start, end: at }, plain });
  }
  return words;
}
