import {
  type FlagName,
  type FlagNameOf,
  type FlagSpec,
  type FlagValue,
  findFlag,
  flagsOf,
  isRegistered,
} from "./flag-table.ts";
import { boolSyntax, parseBool, parseFlagValue } from "./parse-value.ts";
import type { TfsVersion } from "./version.ts";

/** One argument that set a flag. */
export interface FlagSetting {
  readonly name: FlagName;
  readonly flag: FlagSpec;
  readonly value: FlagValue;
  /** Text after `=`; undefined for a bare bool flag. */
  readonly text: string | undefined;
  /** Index in argv. */
  readonly index: number;
}

/** An argument that the server leaves alone: it names the first on stdout and starts with the defaults. */
export interface UnknownArgument {
  readonly index: number;
  readonly text: string;
  /** `--` itself and what follows it is never looked at. */
  readonly afterDoubleDash: boolean;
}

/** A value that the server cannot read: it prints the usage and exits with 255. */
export interface BadValue {
  readonly index: number;
  readonly flag: FlagSpec;
  /** The value as the server's log names it. */
  readonly text: string;
  /** The line that the server logs. */
  readonly log: string;
}

/**
 * What the arguments mean to one version of the server. `usage`: it prints the usage and exits with 255; `version`: it
 * prints the versions and exits with 0; `start`: it goes on to start.
 */
export interface ParsedFlags {
  readonly version: TfsVersion;
  readonly argv: readonly string[];
  readonly action: "start" | "usage" | "version";
  /** Every argument that set a flag, in argv order; of repeated flags the last one wins. */
  readonly settings: readonly FlagSetting[];
  readonly unknown: readonly UnknownArgument[];
  readonly bad: readonly BadValue[];
  /** The winning setting, or undefined where the flag was left out. */
  given(name: FlagName): FlagSetting | undefined;
  /** Effective values: as given, else the default. A flag that the version lacks has its default. */
  bool(name: FlagNameOf<"bool">): boolean;
  int(name: FlagNameOf<"int32">): number;
  int64(name: FlagNameOf<"int64">): bigint;
  float(name: FlagNameOf<"float">): number;
  string(name: FlagNameOf<"string">): string;
}

/** The default of a flag on a machine with that many schedulable CPUs. */
export function defaultOf(flag: FlagSpec, cpus: number): FlagValue {
  return typeof flag.default === "object" ? flag.default.perCpu * cpus : flag.default;
}

type Reading =
  | { readonly kind: "set"; readonly value: FlagValue; readonly text: string | undefined }
  | { readonly kind: "bad"; readonly shown: string };

function readBool(rest: string, version: TfsVersion): Reading | undefined {
  const syntax = boolSyntax(version);
  if (rest !== "" && !rest.startsWith("=") && !syntax.claimsPrefix) return undefined;
  const text = rest === "" ? undefined : rest.startsWith("=") ? rest.slice(1) : rest;
  const value = rest === "" || rest.startsWith("=") ? parseBool(text, syntax) : undefined;
  // The older copies log the rest with its equals sign.
  if (value === undefined) return { kind: "bad", shown: syntax.claimsPrefix ? rest : rest.slice(1) };
  return { kind: "set", value, text };
}

function readArgument(flag: FlagSpec, argument: string, version: TfsVersion): Reading | undefined {
  if (!argument.startsWith(`--${flag.name}`)) return undefined;
  const rest = argument.slice(flag.name.length + 2);
  if (flag.type === "bool") return readBool(rest, version);
  if (!rest.startsWith("=")) return undefined;
  const text = rest.slice(1);
  const value = parseFlagValue(flag.type, text, version);
  return value === undefined ? { kind: "bad", shown: text } : { kind: "set", value, text };
}

/**
 * Parses the arguments of `tensorflow_model_server` (without the program's name) exactly as the binary of that version
 * does. Never throws. `cpus` is the number of CPUs that the server may use, for the defaults that depend on it.
 *
 * Source: TensorFlow `util/command_line_flags.cc` (three generations), tensorflow/serving `model_servers/main.cc`;
 * checked against recorded starts of 2.17.1.
 */
export function parseServerFlags(
  argv: readonly string[],
  version: TfsVersion,
  options: { readonly cpus?: number } = {},
): ParsedFlags {
  const cpus = options.cpus ?? 1;
  const registered = flagsOf(version);
  const settings: FlagSetting[] = [];
  const unknown: UnknownArgument[] = [];
  const bad: BadValue[] = [];
  const winning = new Map<string, FlagSetting>();

  for (let index = 0; index < argv.length; index++) {
    const text = argv[index] ?? "";
    if (text === "--") {
      for (let rest = index; rest < argv.length; rest++) {
        unknown.push({ index: rest, text: argv[rest] ?? "", afterDoubleDash: true });
      }
      break;
    }
    let found = false;
    if (text.startsWith("--")) {
      // An exact name first: only where none fits do the older parsers' prefix claims matter.
      const equals = text.indexOf("=");
      const exact = findFlag(equals === -1 ? text.slice(2) : text.slice(2, equals));
      const candidates = exact !== undefined && isRegistered(exact, version) ? [exact] : registered;
      for (const flag of candidates) {
        const reading = readArgument(flag, text, version);
        if (reading === undefined) continue;
        found = true;
        if (reading.kind === "bad") {
          const log = `Couldn't interpret value ${reading.shown} for flag ${flag.name}.`;
          bad.push({ index, flag, text: reading.shown, log });
        } else {
          // The table's own names only: the cast narrows a string that came from it.
          const name = flag.name as FlagName;
          const setting: FlagSetting = { name, flag, value: reading.value, text: reading.text, index };
          settings.push(setting);
          winning.set(name, setting);
        }
        break;
      }
    }
    if (!found) unknown.push({ index, text, afterDoubleDash: false });
  }

  const given = (name: FlagName): FlagSetting | undefined => winning.get(name);
  const effective = (name: FlagName): FlagValue => {
    const setting = winning.get(name);
    if (setting !== undefined) return setting.value;
    const flag = findFlag(name);
    return flag === undefined ? "" : defaultOf(flag, cpus);
  };
  const usage = bad.length > 0 || unknown[0]?.text === "--help";
  const action = usage ? "usage" : effective("version") === true ? "version" : "start";
  return {
    version,
    argv,
    action,
    settings,
    unknown,
    bad,
    given,
    bool: (name) => effective(name) === true,
    int: (name) => Number(effective(name)),
    int64: (name) => BigInt(effective(name)),
    float: (name) => Number(effective(name)),
    string: (name) => String(effective(name)),
  };
}
