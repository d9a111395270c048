/** What a careless copy did to a binary file. */
export interface CopyDamage {
  /** As the end of "the file …". */
  readonly what: string;
  readonly mend: string;
  /** The bytes that it is about, where not the whole file. */
  readonly range?: readonly [from: number, to: number];
}

const BINARY =
  "Copy it again as a binary file (in Git, `*.pb binary` and the like in .gitattributes; no text mode).";
const WHOLE = "Copy it again and compare checksums with the source.";

/** Zeros in a row that no message or table has at its ends. */
const ZEROS = 512;
const HOLE = 4096;

/**
 * What the bytes of a damaged file tell of how they were damaged: line ends rewritten, taken for text, a part never
 * written. Only for files that can't be read: sound ones may hold all of this.
 */
export function copyDamage(bytes: Uint8Array): CopyDamage | undefined {
  return asText(bytes) ?? lineEnds(bytes) ?? zeros(bytes);
}

function asText(bytes: Uint8Array): CopyDamage | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return { what: "begins with a UTF-8 byte order mark: a tool for text wrote it", mend: BINARY };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
  let foreign = 0;
  let replaced = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0xfffd) replaced++;
    if (code >= 0x80) foreign++;
  }
  if (foreign < 8) return undefined;
  return {
    what:
      replaced > 0
        ? "was read as UTF-8 text: bytes that are none became U+FFFD and are lost"
        : "was written as UTF-8 text: each byte from 0x80 on became two",
    mend: BINARY,
  };
}

function lineEnds(bytes: Uint8Array): CopyDamage | undefined {
  let ends = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at - 1] !== 13) return undefined;
    ends++;
  }
  // By chance one line feed in 256 follows a carriage return.
  if (ends < 3) return undefined;
  return { what: `was copied as text: its ${ends} line ends were made CR LF`, mend: BINARY };
}

function zeros(bytes: Uint8Array): CopyDamage | undefined {
  const runs = (from: number): number => {
    let to = from;
    while (to < bytes.length && bytes[to] === 0) to++;
    return to;
  };
  const head = runs(0);
  if (head === bytes.length && head >= 48) return { what: "holds zero bytes only", mend: WHOLE };
  if (head >= ZEROS)
    return {
      what: `begins with ${head} zero bytes: its start was never written`,
      mend: WHOLE,
      range: [0, head],
    };
  let tail = bytes.length;
  while (tail > 0 && bytes[tail - 1] === 0) tail--;
  if (bytes.length - tail >= ZEROS)
    return {
      what: `ends in ${bytes.length - tail} zero bytes: the copy set the space aside and did not finish`,
      mend: WHOLE,
      range: [tail, bytes.length],
    };
  for (let at = bytes.indexOf(0); at >= 0; ) {
    const to = runs(at);
    if (to - at >= HOLE)
      return {
        what: `has ${to - at} zero bytes from byte ${at} on, which may never have been written`,
        mend: WHOLE,
        range: [at, to],
      };
    at = bytes.indexOf(0, to);
  }
  return undefined;
}
