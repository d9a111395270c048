/** 1-based line and column; the column counts Unicode code points, as the CLI contract asks. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offsets of one text to lines and columns. Lines end at LF (a CR before it belongs to the line). */
export class LineIndex {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** Position of a UTF-16 offset; offsets outside the text are clamped to it. */
  position(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.#text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    const start = this.#starts[low] ?? 0;
    let column = 1;
    for (let at = start; at < clamped; at++) {
      const unit = this.#text.charCodeAt(at);
      const next = this.#text.charCodeAt(at + 1);
      // A surrogate pair is one code point.
      if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000 && at + 1 < clamped) at++;
      column++;
    }
    return { line: low + 1, column };
  }

  /** UTF-16 offset of the start of a 1-based line (clamped). */
  lineStart(line: number): number {
    return this.#starts[Math.max(0, Math.min(line - 1, this.#starts.length - 1))] ?? 0;
  }

  /** Text of a 1-based line, without its line break. */
  lineText(line: number): string {
    const start = this.#starts[line - 1];
    if (start === undefined) return "";
    const end = this.#starts[line] ?? this.#text.length + 1;
    const text = this.#text.slice(start, end - 1);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }

  get lineCount(): number {
    return this.#starts.length;
  }
}
