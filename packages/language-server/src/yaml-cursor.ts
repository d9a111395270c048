/** The keys around a cursor, by indentation and brackets; `-` stands for an item of a list. */
export interface YamlCursor {
  readonly path: readonly string[];
  /** The key on the cursor's line, if there is one. */
  readonly key: string | undefined;
  readonly inValue: boolean;
  /** Nothing can be completed here: a comment, or an item of a list in brackets. */
  readonly inComment: boolean;
  /** Between `{ … }`: the key is written behind others on its line, and in JSON in quotes. */
  readonly inFlow: boolean;
  readonly word: { readonly start: number; readonly end: number };
}

const LINE = /^(\s*)((?:-(?:\s+|$))*)(?:(["']?)([\w$-]+)\3\s*:)?/;

const isWord = (text: string, at: number): boolean => /[\w$-]/.test(text.charAt(at));

/** The word under or before an offset. */
function wordAt(text: string, offset: number): { start: number; end: number } {
  const word = { start: offset, end: offset };
  while (word.start > 0 && isWord(text, word.start - 1)) word.start--;
  while (word.end < text.length && isWord(text, word.end)) word.end++;
  return word;
}

/** Where a cursor is in YAML or JSON; works on text that is not complete. */
export function yamlCursor(text: string, offset: number): YamlCursor {
  const flow = flowAround(text, offset);
  if (flow === undefined) return blockCursor(text, offset);
  const { path, key, inValue } = blockCursor(text, flow.start);
  const word = wordAt(text, offset);
  const named = /^["']?\s*:/.test(text.slice(word.end, word.end + 20))
    ? text.slice(word.start, word.end)
    : undefined;
  const [top] = flow.open.slice(-1);
  const around = flow.open.slice(0, -1).map((each) => (each.list ? "-" : (each.key ?? "")));
  return {
    path: [...path, ...(key !== undefined && inValue ? [key] : []), ...around],
    key: top?.inValue ? top.key : named,
    inValue: top?.inValue === true,
    inComment: top?.list === true,
    inFlow: true,
    word,
  };
}

interface Bracket {
  readonly list: boolean;
  key: string | undefined;
  inValue: boolean;
}

/** The brackets that are open at an offset, and where the outermost of them stands; undefined outside of brackets. */
function flowAround(text: string, offset: number): { start: number; open: readonly Bracket[] } | undefined {
  const open: Bracket[] = [];
  let start = 0;
  /** The last character that is no blank, or the line break that a line begins with. */
  let before = "\n";
  let word = "";
  for (let at = 0; at < offset; at++) {
    const character = text.charAt(at);
    const top = open.at(-1);
    if ((character === '"' || character === "'") && (top !== undefined || "\n:-,".includes(before))) {
      let end = at + 1;
      while (end < text.length && text.charAt(end) !== character) end += text.charAt(end) === "\\" ? 2 : 1;
      if (end >= offset) break;
      word = text.slice(at + 1, end);
      at = end;
      before = character;
    } else if (character === "#" && /^\s?$/.test(text.charAt(at - 1))) {
      at = text.indexOf("\n", at);
      if (at === -1 || at >= offset) return undefined;
      before = "\n";
    } else if (character === "{" || character === "[") {
      if (top === undefined && !"\n:-".includes(before)) continue;
      if (top === undefined) start = at;
      open.push({ list: character === "[", key: undefined, inValue: false });
      before = character;
    } else if (top === undefined) {
      if (character === "\n" || !/\s/.test(character)) before = character;
    } else if (character === "}" || character === "]") {
      open.pop();
      before = character;
    } else if (character === ",") {
      top.key = undefined;
      top.inValue = false;
    } else if (character === ":" && !top.list && !top.inValue) {
      top.key = word;
      top.inValue = true;
    } else if (isWord(text, at)) word = at > 0 && isWord(text, at - 1) ? word + character : character;
  }
  return open.length === 0 ? undefined : { start, open };
}

/** The same by indentation alone. */
function blockCursor(text: string, offset: number): YamlCursor {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = text.indexOf("\n", offset) === -1 ? text.length : text.indexOf("\n", offset);
  const line = text.slice(lineStart, lineEnd);
  const [, blanks = "", dashes = "", , key] = LINE.exec(line) ?? [];
  const column = offset - lineStart;
  const keyStart = blanks.length + dashes.length;
  const colon = key === undefined ? -1 : line.indexOf(":", keyStart);
  let indent = line.trim() === "" ? column : keyStart;
  const path: string[] = [];
  if (dashes !== "") {
    path.unshift("-");
    indent = blanks.length + 0.5;
  }
  for (let at = lineStart; at > 0 && indent > 0; ) {
    // lastIndexOf takes a negative position for 0: an empty first line would be found for ever.
    const previous = at < 2 ? 0 : text.lastIndexOf("\n", at - 2) + 1;
    const above = text.slice(previous, at - 1);
    at = previous;
    if (above.trim() === "" || above.trimStart().startsWith("#")) continue;
    const [, aboveBlanks = "", aboveDashes = "", , aboveKey] = LINE.exec(above) ?? [];
    const inner = aboveBlanks.length + aboveDashes.length;
    if (aboveKey !== undefined && inner < indent) {
      path.unshift(aboveKey);
      indent = inner;
    }
    if (aboveDashes !== "" && aboveBlanks.length < indent) {
      path.unshift("-");
      indent = aboveBlanks.length + 0.5;
    }
  }
  const comment = /(?:^|\s)#/.exec(line)?.index ?? line.length;
  return {
    path,
    key,
    inValue: colon !== -1 && column > colon,
    inComment: column > comment,
    inFlow: false,
    word: wordAt(text, offset),
  };
}
