import { invalid } from "../graph-error.ts";

const CLASSES: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "0-9A-Za-z",
  upper: "A-Z",
  lower: "a-z",
  space: "\\t\\n\\v\\f\\r ",
  blank: "\\t ",
  punct: "!-\\/:-@\\[-`{-~",
  xdigit: "0-9A-Fa-f",
  word: "0-9A-Za-z_",
  cntrl: "\\x00-\\x1f\\x7f",
  print: " -~",
  graph: "!-~",
  ascii: "\\x00-\\x7f",
};

/**
 * RE2's syntax as a JavaScript expression; both agree on nearly all of it. RE2 knows no back references or look-around.
 * @throws GraphError (INVALID_ARGUMENT) for a pattern that does not compile
 */
export function compileRe2(pattern: string, flags: string): RegExp {
  let text = "";
  let extra = "";
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const rest = pattern.slice(i);
    if (inClass) {
      const posix = /^\[:(\^?)([a-z]+):\]/.exec(rest);
      if (posix && CLASSES[posix[2]!] && !posix[1]) {
        text += CLASSES[posix[2]!];
        i += posix[0].length - 1;
        continue;
      }
      if (
        rest.startsWith("\\pN") ||
        rest.startsWith("\\pL") ||
        rest.startsWith("\\PL") ||
        rest.startsWith("\\PN")
      ) {
        text += `\\${rest[1]}{${rest[2]}}`;
        i += 2;
        continue;
      }
      if (rest[0] === "\\" && rest.length > 1) {
        text += escapeFor(rest[1]!, true);
        i++;
        continue;
      }
      if (rest[0] === "]") inClass = false;
      text += rest[0] === "[" ? "\\[" : rest[0];
      continue;
    }
    const flagGroup = /^\(\?([imsU]+)\)/.exec(rest);
    if (flagGroup && text === "") {
      for (const flag of flagGroup[1]!) if ("ims".includes(flag)) extra += flag;
      i += flagGroup[0].length - 1;
      continue;
    }
    if (rest.startsWith("(?P<")) {
      text += "(?<";
      i += 3;
      continue;
    }
    if (rest.startsWith("\\Q")) {
      const end = pattern.indexOf("\\E", i + 2);
      const literal = pattern.slice(i + 2, end < 0 ? pattern.length : end);
      text += literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
      i = end < 0 ? pattern.length : end + 1;
      continue;
    }
    if (/^\\[pP][A-Z]/.test(rest)) {
      text += `\\${rest[1]}{${rest[2]}}`;
      i += 2;
      continue;
    }
    if (rest[0] === "\\" && rest.length > 1) {
      text +=
        rest[1] === "A"
          ? "^"
          : rest[1] === "z"
            ? "$"
            : rest[1] === "C"
              ? "[\\s\\S]"
              : escapeFor(rest[1]!, false);
      i++;
      continue;
    }
    if (rest[0] === "[") {
      inClass = true;
      text += "[";
      if (rest[1] === "^") {
        text += "^";
        i++;
      }
      if (pattern[i + 1] === "]") {
        text += "\\]";
        i++;
      }
      continue;
    }
    // Braces that are no repetition stand for themselves.
    if (rest[0] === "{" && !/^\{\d+(,\d*)?\}/.test(rest)) {
      text += "\\{";
      continue;
    }
    if (rest[0] === "}" && !/\{\d+(,\d*)?$/.test(pattern.slice(0, i))) {
      text += "\\}";
      continue;
    }
    text += rest[0];
  }
  try {
    return new RegExp(text, [...new Set(`${flags}u${extra}`)].join(""));
  } catch {
    throw invalid(`Invalid pattern: ${pattern}, error: it does not compile`);
  }
}

/** With the `u` flag only syntax characters may be escaped. */
function escapeFor(c: string, inClass: boolean): string {
  if (/[dDwWsSbBnrtfvux0-9]/.test(c)) return inClass && c === "b" ? "\\b" : `\\${c}`;
  if (c === "a") return "\\x07";
  if (/[\\^$.*+?()[\]{}|/]/.test(c) || (inClass && c === "-")) return `\\${c}`;
  return c;
}

/** RE2's rewrite string (`\1`, `\\`) as a JavaScript replacement. */
export function rewriteOf(text: string): string {
  return text
    .replace(/\$/g, "$$$$")
    .replace(/\\(\d|\\)/g, (_, c: string) => (c === "\\" ? "\\" : c === "0" ? "$&" : `$${c}`));
}
