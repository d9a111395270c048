/** The variables of a `.env` or `--env-file` file. */
export function environmentFile(
  text: string,
  dialect: "docker" | "compose",
): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*(?:=(.*))?$/s.exec(line);
    if (match === null) continue;
    const raw = match[2];
    // docker takes the value as it stands, quotes and all; compose reads it like a shell.
    found.set(match[1] ?? "", raw === undefined || dialect === "docker" ? raw : unquoted(raw.trim()));
  }
  return found;
}

function unquoted(text: string): string {
  const quote = /^(["'])(.*)\1\s*(?:#.*)?$/s.exec(text);
  return quote === null ? text.replace(/\s+#.*$/, "") : (quote[2] ?? "");
}

/** Value of a variable; undefined where it is not set. */
export type Variables = (name: string) => string | undefined;

/**
 * Compose's interpolation: `$X`, `${X}`, `${X:-default}`, `${X:+other}`, `${X:?error}`, `$$`. What is not known stands as
 * `unknown`.
 */
export function interpolate(text: string, variables: Variables, unknown: string, depth = 0): string {
  if (!text.includes("$")) return text;
  let out = "";
  for (let at = 0; at < text.length; ) {
    if (text[at] !== "$") {
      const next = text.indexOf("$", at);
      const end = next === -1 ? text.length : next;
      out += text.slice(at, end);
      at = end;
    } else if (text[at + 1] === "$") {
      out += "$";
      at += 2;
    } else if (text[at + 1] === "{") {
      const end = closingBrace(text, at + 1);
      out += braced(text.slice(at + 2, end), variables, unknown, depth);
      at = end + 1;
    } else {
      const name = /^[A-Za-z_]\w*/.exec(text.slice(at + 1, at + 129))?.[0];
      out += name === undefined ? "$" : (variables(name) ?? unknown);
      at += 1 + (name?.length ?? 0);
    }
  }
  return out;
}

function braced(inner: string, variables: Variables, unknown: string, depth: number): string {
  const match = /^([A-Za-z_]\w*)(?:(:?[-+?])(.*))?$/s.exec(inner);
  if (match === null || depth > 16) return unknown;
  const [, name = "", operator, word = ""] = match;
  const value = variables(name);
  const set = value !== undefined && !(operator?.startsWith(":") === true && value === "");
  const other = (): string => interpolate(word, variables, unknown, depth + 1);
  if (operator?.endsWith("-") === true) return set ? value : other();
  if (operator?.endsWith("+") === true) return set ? other() : value === undefined ? unknown : "";
  return value ?? unknown;
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return text.length;
}
