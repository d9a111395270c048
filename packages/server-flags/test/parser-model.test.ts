import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions, flagTable, parseServerFlags, supportedVersions } from "../src/index.ts";

/*
 * A second, plain reading of the facts about the command line (P1 … P12 of the reference): a loop over the argument
 * list as TensorFlow's Flags::Parse runs it, without the shortcuts of the real parser.
 */

interface Model {
  readonly values: Map<string, unknown>;
  readonly unknown: string[];
  readonly logs: string[];
  readonly action: "start" | "usage" | "version";
}

const from = (version: string, first: string): boolean => compareVersions(version, first) >= 0;

/** `strtoll`-like: blanks, a sign, digits and nothing else. */
function wholeNumber(text: string): bigint | undefined {
  let at = 0;
  while (" \t\n\v\f\r".includes(text[at] ?? "x")) at++;
  const negative = text[at] === "-";
  if (text[at] === "-" || text[at] === "+") at++;
  if (at >= text.length) return undefined;
  let value = 0n;
  for (; at < text.length; at++) {
    const digit = "0123456789".indexOf(text[at] ?? "");
    if (digit === -1) return undefined;
    value = value * 10n + BigInt(digit);
  }
  const signed = negative ? -value : value;
  const most = 9223372036854775807n;
  return signed > most ? most : signed < -most - 1n ? -most - 1n : signed;
}

function boolOf(text: string, version: string): boolean | undefined {
  const word = from(version, "2.11.0") ? text.toLowerCase() : text;
  if (word === "true") return true;
  if (word === "false") return false;
  if (from(version, "2.14.0") && text === "1") return true;
  if (from(version, "2.14.0") && text === "0") return false;
  return undefined;
}

function model(argv: readonly string[], version: string): Model {
  const known = flagTable.filter(
    ({ since, until }) => from(version, since) && (until === undefined || !from(version, until)),
  );
  const values = new Map<string, unknown>();
  const unknown: string[] = [];
  const logs: string[] = [];
  let rest = false;
  for (const argument of argv) {
    if (argument === "--") rest = true;
    if (rest) {
      unknown.push(argument);
      continue;
    }
    let taken = false;
    // A flag's whole name comes before a bool's claim on everything that begins like it.
    for (const exact of [true, false]) {
      for (const { name, type } of known) {
        const start = `--${name}`;
        if (taken || !argument.startsWith(start)) continue;
        const tail = argument.slice(start.length);
        if ((tail === "" || tail[0] === "=") !== exact) continue;
        const value = tail.slice(1);
        const bad = (shown: string): void => {
          taken = true;
          logs.push(`Couldn't interpret value ${shown} for flag ${name}.`);
        };
        if (type === "bool") {
          if (!exact && from(version, "2.14.0")) continue;
          const read = !exact ? undefined : tail === "" ? true : boolOf(value, version);
          if (read === undefined) bad(from(version, "2.14.0") ? value : tail);
          else values.set(name, read);
          taken = true;
        } else if (exact && tail !== "") {
          taken = true;
          if (type === "string") values.set(name, value);
          else if (type === "float") {
            // Decimal forms only, which is all that is made up here.
            const read = /^[ \t\n\v\f\r]*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)
              ? Number(value)
              : /^[+-]?(inf|nan)$/i.test(value)
                ? Number(value.replace(/inf/i, "Infinity"))
                : undefined;
            if (read === undefined) bad(value);
            else values.set(name, Math.fround(read));
          } else {
            const read = wholeNumber(value);
            if (read === undefined) bad(value);
            else values.set(name, type === "int64" ? read : Number(BigInt.asIntN(32, read)));
          }
        }
      }
    }
    if (!taken) unknown.push(argument);
  }
  const usage = logs.length > 0 || unknown[0] === "--help";
  return {
    values,
    unknown,
    logs,
    action: usage ? "usage" : values.get("version") === true ? "version" : "start",
  };
}

const texts = fc.oneof(
  fc.constantFrom(
    ..."true,false,True,FALSE,tRuE,1,0,yes,no,on,off,t,f,10,-1,+8, 8,8 ,007,0x10,1e3,8.0,abc,4294967304,2147483648,99999999999999999999,-99999999999999999999,0.5,.5,5.,1e-3,nan,inf,50%,serve,/models/m,\t8,-,+,--8".split(
      ",",
    ),
    "",
    "0,5",
  ),
  fc.string({ maxLength: 6 }),
);
const name = fc.constantFrom(...flagTable.map((flag) => flag.name));
const argument = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(name, texts).map(([flag, text]) => `--${flag}=${text}`) },
  { weight: 2, arbitrary: name.map((flag) => `--${flag}`) },
  { weight: 1, arbitrary: fc.tuple(name, texts).map(([flag, text]) => `--${flag}${text}`) },
  { weight: 1, arbitrary: fc.tuple(name, texts).map(([flag, text]) => `-${flag}=${text}`) },
  {
    weight: 1,
    arbitrary: fc.tuple(name, texts).map(([flag, text]) => `--${flag.replaceAll("_", "-")}=${text}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("--", "--help", "-h", "--help=1", "", "--version", "x", "--foo=1"),
  },
  { weight: 1, arbitrary: fc.string() },
);

describe("the parser and a plain model of it", () => {
  it.each(supportedVersions)("agree for %s", (version) => {
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 8 }), (argv) => {
        // Hexadecimal floats and payloads of NaN are the real parser's own; they have examples elsewhere.
        fc.pre(!argv.some((one) => /fraction=.*(0x|nan\()/i.test(one)));
        const want = model(argv, version);
        const got = parseServerFlags(argv, version, { cpus: 2 });
        expect(got.unknown.map(({ text }) => text)).toEqual(want.unknown);
        expect(got.bad.map(({ log }) => log)).toEqual(want.logs);
        expect(got.action).toBe(want.action);
        const set = new Map(got.settings.map(({ name: flag, value }) => [flag as string, value as unknown]));
        expect(set).toEqual(want.values);
        for (const [flag, value] of want.values) expect(got.given(flag as never)?.value).toEqual(value);
      }),
      { numRuns: Number(process.env["FLAGS_RUNS"] ?? 150) },
    );
  });
});
