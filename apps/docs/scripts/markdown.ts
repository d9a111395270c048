/** Plain text as markdown that VitePress shows unchanged: no HTML, no Vue interpolation, no emphasis by accident. */
export function prose(text: string): string {
  return splitCode(text)
    .map((part) => (part.code ? code(part.text) : linked(part.text)))
    .join("");
}

/** Addresses of the web become links; those of this machine, and patterns of addresses, become code. */
function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s,;)"'`]*[^\s,;)"'`.:?!])/)
    .map((part, index) => {
      if (index % 2 === 0) return escapeText(part);
      return /^https?:\/\/(?:[a-z0-9-]+\.)+[a-z]{2,}(?:\/|$)/.test(part) && !part.includes("…")
        ? `<${part}>`
        : code(part);
    })
    .join("");
}

/** Inline code that holds any text, backticks included. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = text.startsWith("`") || text.endsWith("`") || text === "" ? " " : "";
  return `${fence}${pad}${text.replace(/\n/g, " ")}${pad}${fence}`;
}

/** A fenced block whose fence is longer than any run of backticks inside. */
export function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}`;
}

/** A table; cells are markdown already. Pipes are escaped, also inside code, as the table syntax wants. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/\|/g, "\\|").replace(/\n+/g, " ")).join(" | ")} |`;
  return [line(header), `|${" --- |".repeat(header.length)}`, ...rows.map(line)].join("\n");
}

/** Front matter; values are written as JSON, which is YAML too. */
export function pageStart(title: string, extra: Readonly<Record<string, unknown>> = {}): string {
  const fields = Object.entries({ title, ...extra, editLink: false })
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join("\n");
  return `---\n${fields}\n---\n`;
}

/** First letter upper case and a full stop, for texts that are kept without. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  const first = /^[a-z]+(?:-[a-z]+)*(?=[\s,:])/.test(trimmed)
    ? trimmed[0]?.toUpperCase() + trimmed.slice(1)
    : trimmed;
  return /[.!?:]$/.test(first) ? first : `${first}.`;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

function escapeText(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/\{\{/g, "&#123;&#123;")
    .replace(/([\\*[\]])/g, "\\$1")
    .replace(/(?<=^|\W)_|_(?=\W|$)/g, "\\_");
}

function splitCode(text: string): { text: string; code: boolean }[] {
  return text
    .split(/(`[^`]+`)/)
    .filter((part) => part !== "")
    .map((part) =>
      part.length > 2 && part.startsWith("`") && part.endsWith("`")
        ? { text: part.slice(1, -1), code: true }
        : { text: part, code: false },
    );
}
