/** Literals of the text format for the fuzz, made digit by digit, escape by escape and byte by byte, and stray tokens. */
import type { Random } from "@servable/test-fixtures/random";
import { signs } from "@servable/test-fixtures/signs";

const digitsOf = (random: Random, count: number, set: string): string =>
  Array.from({ length: count }, () => set.charAt(random.below(set.length))).join("");

const limits: Readonly<Record<string, bigint>> = {
  int32: 2n ** 31n,
  int64: 2n ** 63n,
  uint32: 2n ** 32n,
  uint64: 2n ** 64n,
};

/** A number without sign: small, or near a limit of the type; in decimal, hex or octal; seldom malformed. */
export function integerLiteral(random: Random, type: string): string {
  const limit = limits[type] ?? (type.endsWith("32") ? 2n ** 31n : 2n ** 63n);
  const value = random.pick([
    () => BigInt(random.below(300)),
    () => BigInt(random.below(2 ** 31)),
    () => BigInt(random.below(2 ** 31)),
    () => (random.chance(0.2) ? limit : limit - 1n - BigInt(random.below(3))),
    () => (random.chance(0.2) ? limit + BigInt(random.below(3)) : limit >> BigInt(random.below(40))),
  ])();
  const zeros = random.chance(0.1) ? "0".repeat(1 + random.below(random.pick([3, 30]))) : "";
  switch (random.below(12)) {
    case 0:
      return `0${random.pick(["x", "X"])}${zeros}${random.chance(0.5) ? value.toString(16) : value.toString(16).toUpperCase()}`;
    case 1:
      return `0${zeros}${value.toString(8)}`;
    case 2:
      if (random.chance(0.8)) return value.toString();
      return random.pick([
        () =>
          `${value}${random.pick(["u", "L", "ll", "_000", "k", "M", "e", "e3", "f", ".", ".0", "%", "ms"])}`,
        () => `0${digitsOf(random, 1 + random.below(25), "0123456789")}`,
        () => `0x${digitsOf(random, random.below(20), "0123456789abcdefg")}`,
        () => digitsOf(random, random.pick([20, 25, 100, 400]), "0123456789"),
        () => `0b${digitsOf(random, 4, "01")}`,
        () => `0o${digitsOf(random, 4, "01234567")}`,
      ])();
    default:
      return value.toString();
  }
}

/** A floating point number without sign, from every region where rounding, overflow or underflow shows. */
export function floatLiteral(random: Random): string {
  const digits = (most: number): string => digitsOf(random, random.below(most + 1), "0123456789");
  const suffix = random.chance(0.1) ? random.pick(["f", "F"]) : "";
  const lead = String(random.below(random.pick([2, 10, 100000])));
  switch (random.below(16)) {
    case 0:
    case 1: {
      const word = random.pick(["inf", "infinity", "nan"]);
      const cased = random.chance(0.5)
        ? word
        : [...word].map((letter) => (random.chance(0.5) ? letter.toUpperCase() : letter)).join("");
      return cased + (random.chance(0.05) ? random.pick(["f", "F", "0", "_", "."]) : "");
    }
    case 2:
      return integerLiteral(random, random.pick(["int32", "int64", "uint64"])) + suffix;
    case 3:
      return lead + suffix;
    case 4:
      return `${lead}.${suffix}`;
    case 5:
      return `.${digits(20)}${random.chance(0.97) ? "5" : ""}${suffix}`;
    case 6:
      return `${lead}.${digits(25)}${suffix}`;
    case 7:
      return `${lead}.${digits(5)}${random.pick(["e", "E"])}${random.pick(["", "+", "-"])}${random.below(400)}${suffix}`;
    case 8:
      // About the largest float and double.
      return `${random.pick(["3.402823", "1.797693"])}${digits(12)}e${random.pick(["38", "+38", "308", "37", "39", "307", "309"])}${suffix}`;
    case 9:
      // About the smallest, normal and subnormal.
      return `${random.pick(["1.175494", "1.401298", "2.225073", "4.940656", "0.7", "2.4"])}${digits(12)}e-${random.pick(["38", "45", "46", "308", "324", "325", "44", "39"])}${suffix}`;
    case 10:
      // Between two floats: the tie and its neighbours.
      return `${16777216 + random.below(100)}.${random.pick(["", "0", "5", "50000000000000000000001", "49999999999999999999999", "9999999999"])}`;
    case 11: {
      const value = random.next() * 10 ** (random.below(80) - 40);
      return String(random.chance(0.5) ? Math.fround(value) : value);
    }
    case 12:
      return `${digitsOf(random, random.pick([30, 100, 310, 400]), "123456789")}${random.pick(["", ".", ".5", "e-300", "f"])}`;
    case 13:
      return `0.${"0".repeat(random.pick([10, 40, 300, 330]))}${digits(20)}1`;
    case 14:
      return `0${random.pick([".", ".0", "e0", "f", "F", "", "E5", ".e1", "e-99999999999", "e99999999999"])}`;
    default:
      if (random.chance(0.7)) return `${lead}e${random.below(45)}${suffix}`;
      return random.pick([
        "1e",
        "1e+",
        "1.5e-",
        "1.2.3",
        "1..5",
        "1ff",
        "0x1p3",
        "0x1.8",
        "00.5",
        "01.5",
        "08",
        "1_0.5",
        "1e5.5",
        "..5",
        ".e5",
        ".f",
        "1e5e5",
        "1,5",
        "١",
      ]);
  }
}

const escapeOf = (random: Random): string => {
  const hexDigits = (count: number): string => digitsOf(random, count, "0123456789abcdefABCDEF");
  switch (random.below(10)) {
    case 0:
      return `\\${random.pick([..."abfnrtv\\?'\""])}`;
    case 1:
      return `\\${digitsOf(random, 1 + random.below(4), "01234567")}`;
    case 2:
      return `\\x${hexDigits(1 + random.below(3))}`;
    case 3:
      return `\\u${hexDigits(4)}`;
    case 4:
      return `\\u${random.pick(["d8", "D9", "da", "db", "dc", "DD", "de", "df", "d7", "e0", "00", "ff"])}${hexDigits(2)}`;
    case 5:
      return `\\ud8${hexDigits(2)}\\u${random.pick(["dc", "df", "d8", "00", "DE"])}${hexDigits(2)}`;
    case 6:
      return `\\U000${random.pick(["0", "1"])}${hexDigits(4)}`.padEnd(10, "0");
    case 7:
      return `\\U${random.pick(["0010ffff", "00110000", "0010FFFF", "0000d800", "0000DFFF", "00000000", "0001F600", "001fffff"])}`;
    case 8:
      return `\\${digitsOf(random, 3, "01234567")}`;
    default:
      if (random.chance(0.85)) return "\\x7f";
      return random.pick([
        "\\x",
        "\\xg",
        "\\u12",
        "\\u",
        "\\U0001F60",
        "\\U00200000",
        "\\U1234",
        "\\8",
        "\\9",
        "\\q",
        "\\e",
        "\\X41",
        "\\ ",
        "\\\n",
        "\\\r",
        "\\\r\n",
        "\\é",
        "\\\0",
        "\\/",
        "\\u{41}",
        "\\N",
      ]);
  }
};

/** Text as it may stand in a string unescaped; lone surrogates U+DC80…U+DCFF stand for bytes that are no UTF-8. */
const contentOf = (random: Random): string => {
  const byte = (value: number): string => String.fromCharCode(0xdc00 + value);
  switch (random.below(12)) {
    case 0:
      return random.pick([
        "é",
        "ß",
        "中",
        "\u0800",
        "\uffff",
        "\ud7ff",
        "\ue000",
        "\ufeff",
        "\u2028",
        "\u0080",
        "\u00a0",
      ]);
    case 1:
      return random.pick(["😀", "\u{10000}", "\u{10ffff}", "👩‍👩‍👧"]);
    case 2:
      // Not UTF-8: alone, cut, overlong, surrogates, too large.
      return random
        .pick([
          [0x80],
          [0xff],
          [0xfe],
          [0xc3],
          [0xe2, 0x82],
          [0xf0, 0x9f, 0x98],
          [0xc0, 0x80],
          [0xc1, 0xbf],
          [0xe0, 0x80, 0x80],
          [0xed, 0xa0, 0x80],
          [0xed, 0xb0, 0x80],
          [0xf0, 0x80, 0x80, 0x80],
          [0xf4, 0x90, 0x80, 0x80],
          [0xf8, 0x88, 0x80, 0x80, 0x80],
        ])
        .map(byte)
        .join("");
    case 3:
      return random.chance(0.9)
        ? random.pick(["\t", "\r", "\v", "\f", "\b", "\x01", "\x1b", "\x7f"])
        : random.pick(["\0", "\n", "\r\n"]);
    case 4:
      return random.pick(["#", "{", "}", "[", "]", "<", ">", ":", ",", ";", "//", "'", "`", "%", "$(x)"]);
    case 5:
      if (random.chance(0.3))
        return random.pick([" base_path: ", " } config { name: ", ", key: ", " value {", " x:", ": "]);
      return random.chance(0.02) ? "x".repeat(random.pick([1000, 5000])) : " ";
    default:
      return random.pick(["a", "model", "/models/m", "1", "-----BEGIN", "s3://b/k", "abc def"]);
  }
};

/** One string literal, seldom not closed or with a wrong escape. */
export function stringLiteral(random: Random): string {
  const quote = random.pick(['"', "'"]);
  let content = "";
  while (random.chance(0.6)) content += random.chance(0.4) ? escapeOf(random) : contentOf(random);
  content = content.replaceAll(quote, (at, index: number) =>
    content[index - 1] === "\\" || random.chance(0.02) ? at : "",
  );
  return (
    quote +
    content +
    (random.chance(0.996) ? quote : random.pick(["", "\n", "\0", quote === '"' ? "'" : '"']))
  );
}

/** Blanks and comments. */
export function trivia(random: Random): string {
  return random.pick([
    () => random.pick([" ", "  ", "\n", "\t", "\r\n", "\r", "\v", "\f", " \n ", "\n\n", "\t\t", " \t "]),
    () =>
      `#${random.pick(["", " c", "é", " }", ' "', "\t\t", "\\", "\r", "\x01", "#", " # x"])}${random.chance(0.98) ? "\n" : random.pick(["", "\r", "\0\n"])}`,
    () => random.pick([" ", "\n"]),
  ])();
}

/** Tokens and bytes for a mistake to put in: each has a meaning in some grammar, none belongs where it lands. */
export const misplaced: readonly string[] = [
  ...signs,
  ".",
  "/",
  "+",
  "(",
  ")",
  "\x1f",
  "\x7f",
  "//",
  "/*",
  "*/",
  "...",
  "::",
  "{}",
  "<>",
  "[]",
  "{ }}",
  "[{}]",
  "x",
  "_",
  "a.b",
  "[a.b]",
  "[a/b]",
  "[type.googleapis.com/google.protobuf.Any]",
  "5",
  ".5",
  "5.",
  "0x",
  "1e",
  "1f",
  '""',
  "''",
  '"a',
  "'\n",
  "# c\n",
  "0x1",
  "a",
  "- 1",
  "inf",
  "^",
];
