import { type SchemaSet, scan, TokenKind } from "@servable/text-proto";

/** A text that is one slip of the hand away from a good one. */
export interface Slip {
  /** What happened, such as `drop {`. */
  readonly what: string;
  readonly text: string;
  /** Offset of the slip in the text. */
  readonly at: number;
}

const isWord = (kind: number): boolean => kind === TokenKind.Identifier;

/** Every text that one slip makes of a good text: at each token, all that can happen to a token of its kind. */
export function* slips(good: string, schemas: SchemaSet): Generator<Slip> {
  const tokens = scan(good);
  const start = (index: number): number => (index === 0 ? 0 : (tokens.ends[index - 1] ?? 0));
  const end = (index: number): number => tokens.ends[index] ?? 0;
  const significant: number[] = [];
  for (let index = 0; index < tokens.count; index++)
    if ((tokens.kinds[index] ?? 0) >= TokenKind.Identifier) significant.push(index);
  const enumNames = new Set(Object.values(schemas.enums).flatMap(({ values }) => Object.keys(values)));
  for (const [place, index] of significant.entries()) {
    const kind = tokens.kinds[index] ?? 0;
    const from = start(index);
    const to = end(index);
    const token = good.slice(from, to);
    const next = significant[place + 1];
    const after = next === undefined ? "" : good.slice(start(next), end(next));
    const before =
      place === 0 ? "" : good.slice(start(significant[place - 1] ?? 0), end(significant[place - 1] ?? 0));
    const swap = (what: string, put: string, at = from, until = to): Slip => ({
      what,
      text: good.slice(0, at) + put + good.slice(until),
      at,
    });
    const insert = (what: string, put: string, at: number): Slip => swap(what, put, at, at);
    const isName = isWord(kind) && (after === ":" || after === "{" || after === "<" || after === "[");
    if (kind >= TokenKind.Symbol) {
      const blank = token === ":" ? "" : "";
      yield swap(`drop ${token}`, blank);
      yield swap(`double ${token}`, token + token);
      const others: Readonly<Record<string, readonly string[]>> = {
        "{": ["[", "(", "<", "{ {"],
        "}": ["]", ")", ">", "} }", "},", "};"],
        "[": ["{", "("],
        "]": ["}", ")", ",]", ""],
        ":": ["=", "::", ";", " =", ": :", "->", ":="],
        ",": [";", ",,", ", ,", "."],
      };
      for (const other of others[token] ?? []) yield swap(`${token} to ${other}`, other);
    } else if (isName) {
      yield swap("name: letter lost", token.slice(0, 2) + token.slice(3));
      yield swap("name: letter doubled", token.slice(0, 3) + token.slice(2));
      yield swap(
        "name: letters swapped",
        token.slice(0, 1) + token.charAt(2) + token.charAt(1) + token.slice(3),
      );
      if (token.includes("_")) {
        yield swap("name: hyphens", token.replaceAll("_", "-"));
        yield swap(
          "name: camelCase",
          token.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
        );
        yield swap("name: blank", token.replace("_", " "));
      }
      yield swap("name: capital", token.charAt(0).toUpperCase() + token.slice(1));
      yield swap("name: upper case", token.toUpperCase());
      yield swap("name: quoted", `"${token}"`);
      yield swap("name: plural", `${token}s`);
      yield swap("name: lost", "");
      yield swap("name: another word", "foo_bar_baz");
      yield insert("comma before", ", ", from);
      yield insert("} before", "} ", from);
      yield insert("{ before", "{ ", from);
      yield insert("dash before", "- ", from);
      yield insert("// before", "// ", from);
      yield insert("word before", "foo ", from);
    } else {
      yield swap("value lost", "");
      yield insert("comma after", ",,", to);
      yield insert("} after", " }", to);
      yield insert("word after", " foo", to);
      if (kind === TokenKind.String) {
        yield swap("quote lost at the end", token.slice(0, -1));
        yield swap("quote lost at the beginning", token.slice(1));
        yield swap("quotes lost", token.slice(1, -1));
        yield swap("other quote", `${token.slice(0, -1)}'`);
        yield swap("curly quotes", `“${token.slice(1, -1)}”`);
        yield swap("number for text", "5");
        yield swap("block for text", "{ }");
        yield swap("list for text", `[${token}]`);
        yield swap("quote doubled", `"${token}"`);
        yield swap("bad escape", `${token.slice(0, -1)}\\d"`);
      } else if (kind === TokenKind.Integer || kind === TokenKind.Float) {
        yield swap("number quoted", `"${token}"`);
        yield swap("number with unit", `${token}ms`);
        yield swap("number with underscore", `${token}_000`);
        yield swap("number with comma", `${token},000`);
        yield swap("word for number", "many");
        yield swap("number in braces", `{ value: ${token} }`);
        yield swap("leading zero", `08${token}`);
        yield swap("too large", "99999999999999999999");
        if (kind === TokenKind.Integer) yield swap("fraction", `${token}.5`);
        yield swap("letter O", `${token}O`);
        yield swap("plus", `+${token}`);
      } else {
        yield swap("word misspelt", token.slice(0, 1) + token.slice(2));
        yield swap("word doubled letter", token.slice(0, 2) + token.slice(1));
        yield swap("word quoted", `"${token}"`);
        yield swap("word upper case", enumNames.has(token) ? token.toLowerCase() : token.toUpperCase());
        yield swap("number for word", "7x");
        yield swap("word in braces", `{ value: ${token} }`);
      }
    }
    // A wrapper written as a scalar, a scalar written as a wrapper.
    if (isName && after === "{" && next !== undefined) {
      const [, inner] = /^\{\s*value: ([^\s}]+)\s*\}/.exec(good.slice(start(next))) ?? [];
      const close = good.indexOf("}", start(next)) + 1;
      if (inner !== undefined && close > 0) yield swap("wrapper as scalar", `: ${inner}`, to, close);
      if (inner !== undefined && close > 0) yield swap("wrapper as bare scalar", ` ${inner}`, to, close);
      if (inner !== undefined && close > 0)
        yield swap("wrapper without value", `{ ${inner} }`, start(next), close);
    }
    if (isName && after === ":" && before !== "[")
      yield swap("= for :", " =", start(next ?? 0), end(next ?? 0));
  }
  // Whole lines.
  for (let from = 0; from < good.length; ) {
    const to = good.indexOf("\n", from) + 1 || good.length;
    const line = good.slice(from, to);
    const cut = (what: string, put: string): Slip => ({
      what,
      text: good.slice(0, from) + put + good.slice(to),
      at: from,
    });
    if (line.trim() !== "" && !line.trim().startsWith("#")) {
      yield cut("line lost", "");
      yield cut("line doubled", line + line);
      yield cut("line cut", `${line.slice(0, line.length >> 1)}\n`);
    }
    from = to;
  }
}
