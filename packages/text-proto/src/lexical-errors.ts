import type { Fix } from "@servable/diagnostics";
import type { TextError } from "./text-error.ts";

/** Mistakes inside one token. */
export type LexicalMistake =
  | "stray"
  | "binary"
  | "utf-16"
  | "control-in-comment"
  | "hex-digits"
  | "octal-digits"
  | "exponent"
  | "letters-after-number"
  | "second-point"
  | "escape"
  | "hex-escape"
  | "unicode-escape"
  | "long-unicode-escape"
  | "nul-in-string"
  | "unclosed-string"
  | "unopened-string"
  | "string-over-lines";

const codePoint = (text: string, at: number): string => {
  const unit = text.charCodeAt(at);
  if (unit >= 0xdc80 && unit <= 0xdcff) return `byte 0x${(unit & 0xff).toString(16)}`;
  return `U+${(text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
};

/** A text for a message: cut, with control characters made visible. */
export function shown(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return cut.replace(/[\u0000-\u001f\u007f\udc80-\udcff\ufeff]/g, (character) =>
    character === "\n" ? "\\n" : `<${codePoint(character, 0)}>`,
  );
}

/** A token for "found …": in quotes, unless it has its own. */
export function quoted(token: string): string {
  return /^["']/.test(token) ? shown(token) : `"${shown(token)}"`;
}

function replaceBy(newText: string, title: string, start: number, end: number): Fix {
  return { title, edits: [{ start, end, newText }], safety: "safe" };
}

/** The error about `[start, end)` of the text. */
export function lexicalError(mistake: LexicalMistake, text: string, start: number, end: number): TextError {
  const word = shown(text.slice(start, end));
  const error = (message: string, help: string, more: Partial<TextError> = {}): TextError => ({
    code: "syntax",
    message,
    help,
    span: { start, end },
    ...more,
  });
  switch (mistake) {
    case "stray":
      return strayError(text, start, end);
    case "utf-16":
      return error(
        "the file is UTF-16 text",
        "the server reads bytes as ASCII and UTF-8: save the file as UTF-8",
        {
          span: { start: 0, end: 2 },
        },
      );
    case "binary":
      return error(
        "the file is binary",
        "a text proto is wanted here: fields as name: value in plain text, not compressed and not serialized",
        { span: { start: 0, end: 1 } },
      );
    case "control-in-comment":
      return error(
        "a NUL byte inside a comment",
        "the parser ends the comment there and reads what follows as fields; remove the byte",
      );
    case "hex-digits":
      return error(`${word} has no hex digits after 0x`, "write digits 0-9 and a-f, or a decimal number");
    case "octal-digits": {
      const decimal = text.slice(start, end).replace(/^0+/, "");
      return error(
        `${word} begins with 0, so it is octal, where 8 and 9 are no digits`,
        `the parser refuses the file; write ${decimal} without the leading zero`,
        /^\d+$/.test(decimal)
          ? { fix: replaceBy(decimal, `write ${decimal}, a decimal number`, start, end) }
          : {},
      );
    }
    case "exponent":
      return error(`${word} has no digits in its exponent`, "write for example 1e3");
    case "letters-after-number":
      return error(
        `${word} is no number`,
        "numbers have no unit, no thousands separator and no suffix but f; what follows a number needs a blank before it",
      );
    case "second-point":
      return error(
        `${word} is no number`,
        "a number has one decimal point; versions and addresses are strings",
      );
    case "escape":
      return error(
        `${word} is no escape sequence`,
        "known are \\n \\r \\t \\a \\b \\f \\v \\\\ \\? \\' \\\", octal \\101, \\x41, \\u0041 and \\U0001F600; a backslash itself is \\\\",
      );
    case "hex-escape":
      return error("\\x without hex digits", "write for example \\x41");
    case "unicode-escape":
      return error("\\u without four hex digits", "write for example \\u00e9");
    case "long-unicode-escape":
      return error(
        "\\U without eight hex digits up to 0010ffff",
        "write for example \\U0001F600, always with eight digits",
      );
    case "nul-in-string":
      return error("a NUL byte inside a string", "the parser ends the string there; write \\000 instead");
    case "unclosed-string":
      return error(
        `the string ${shown(text.slice(start, Math.min(end, start + 40)))} is not closed on its line`,
        `end it with ${text.charAt(start)}; a line break inside a string is written \\n`,
      );
    case "unopened-string": {
      const quote = text.charAt(end - 1);
      return error(`the text ${word} has a quote at its end only`, `write ${quote}${word}`, {
        fix: {
          title: "add the quote",
          edits: [{ start, end: start, newText: quote }],
          safety: "unsafe",
        },
      });
    }
    case "string-over-lines":
      return error(
        "a string goes over several lines",
        "write \\n for each line break, or one literal a line: adjacent literals are joined",
        multilineFix(text, start, end),
      );
  }
}

function strayError(text: string, start: number, end: number): TextError {
  const span = { start, end };
  if (start === 0 && text.charCodeAt(0) === 0xfeff) {
    return {
      code: "syntax",
      message: "the file begins with a byte order mark",
      help: "the server's parser refuses it: save the file as UTF-8 without byte order mark",
      span,
      fix: replaceBy("", "remove the byte order mark", start, end),
    };
  }
  if (text.charCodeAt(start) < 32) {
    return {
      code: "syntax",
      message: `control character ${codePoint(text, start)} outside a string`,
      help: "the server's parser refuses it; remove it, or save the file as plain UTF-8 text",
      span,
    };
  }
  return {
    code: "syntax",
    message: `${codePoint(text, start)} looks like a blank but is none`,
    help: "only ASCII blanks may stand between words; such characters come from copied web pages and documents",
    span,
    fix: replaceBy(" ", "write an ordinary blank", start, end),
  };
}

/** One literal a line, each but the last with its line break as `\n`. */
function multilineFix(text: string, start: number, end: number): Partial<TextError> {
  const quote = text.charAt(start);
  const lines = text.slice(start + 1, end - 1).split(/\r?\n/);
  if (lines.some((line) => line.includes("\\"))) return {};
  const literals = lines
    .map((line, index) => `${quote}${line}${index < lines.length - 1 ? "\\n" : ""}${quote}`)
    .filter((literal) => literal.length > 2);
  const fix = replaceBy(literals.join("\n"), "write one literal a line", start, end);
  // Where no value is expected, the quote that opens it may be the mistake.
  const isValue = /[:"'][ \t]*$/.test(text.slice(Math.max(0, start - 40), start));
  return { fix: isValue ? fix : { ...fix, safety: "unsafe" } };
}
