/** 1-based line and column; the column counts Unicode code points, as the CLI contract asks. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offsets of one text to lines and columns. Lines end at LF (a CR before it belongs to the line). */
export class LineIndex {
  readonly #text: string;
  readonly #starts: number[] = [0];
  /** The place asked for last: 0-based line, offset (not inside a surrogate pair), column. */
  #last = { line: 0, at: 0, column: 1 };

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
    const { at, column } = this.#last;
    const inPair = this.#isInPair(clamped);
    let here: number;
    // From the place asked for before, if that is nearer: many findings on one long line take linear time.
    if (at >= start && at <= clamped) here = column + this.#count(at, clamped);
    else if (!inPair && at > clamped && this.#last.line === low && at - clamped < clamped - start)
      here = column - this.#count(clamped, at);
    else here = 1 + this.#count(start, clamped);
    if (!inPair) this.#last = { line: low, at: clamped, column: here };
    return { line: low + 1, column: here };
  }

  #isInPair(offset: number): boolean {
    const [before, after] = [this.#text.charCodeAt(offset - 1), this.#text.charCodeAt(offset)];
    return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
  }

  /** Code points between two offsets; half of a pair at the end counts. */
  #count(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at++) {
      const unit = this.#text.charCodeAt(at);
      if (unit >= 0xd800 && unit < 0xdc00 && at + 1 < to) {
        const next = this.#text.charCodeAt(at + 1);
        // A surrogate pair is one code point.
        if (next >= 0xdc00 && next < 0xe000) at++;
      }
      count++;
    }
    return count;
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
