import { nearest } from "@servable/diagnostics";
import {
  compareVersions,
  type FlagSpec,
  findFlag,
  flagsOf,
  isRegistered,
  neverFlags,
  type ParsedFlags,
  type UnknownArgument,
} from "@servable/server-flags";
import type { FlagsContext } from "../../flags-context.ts";

/** Why an argument is none of the server's flags, as far as one can tell what was meant. */
export type Misreading =
  | { readonly kind: "after-double-dash"; readonly argument: UnknownArgument; readonly first: boolean }
  | { readonly kind: "too-new" | "removed"; readonly argument: UnknownArgument; readonly flag: FlagSpec }
  | {
      readonly kind: "no-equals" | "blank-in-name";
      readonly argument: UnknownArgument;
      readonly flag: FlagSpec;
      /** The next argument, where it looks like the value. */
      readonly value: string | undefined;
    }
  | {
      readonly kind: "one-dash" | "dashes";
      readonly argument: UnknownArgument;
      readonly flag: FlagSpec;
      readonly rest: string;
    }
  | { readonly kind: "help"; readonly argument: UnknownArgument }
  | {
      readonly kind: "unknown-name";
      readonly argument: UnknownArgument;
      readonly name: string;
      readonly suggestion: string | undefined;
      readonly reason: string | undefined;
    }
  | { readonly kind: "stray"; readonly argument: UnknownArgument };

const underscored = (name: string): string => name.replaceAll("-", "_");

function readOne(argument: UnknownArgument, next: string | undefined, version: string): Misreading {
  const { text } = argument;
  const dashes = /^-*/.exec(text)?.[0].length ?? 0;
  if (dashes === 0) return { kind: "stray", argument };
  const body = text.slice(dashes);
  const equals = body.indexOf("=");
  const name = equals === -1 ? body : body.slice(0, equals);
  const rest = equals === -1 ? "" : body.slice(equals);
  if (/^(h|help|\?)$/.test(name)) return { kind: "help", argument };
  const flag = findFlag(name);
  const value = equals === -1 && next !== undefined && !next.startsWith("-") ? next : undefined;
  if (flag !== undefined && dashes === 2) {
    if (compareVersions(version, flag.since) < 0) return { kind: "too-new", argument, flag };
    if (!isRegistered(flag, version)) return { kind: "removed", argument, flag };
    return { kind: "no-equals", argument, flag, value };
  }
  const trimmed = findFlag(name.trim());
  if (trimmed !== undefined && trimmed.name !== name) {
    return { kind: "blank-in-name", argument, flag: trimmed, value: rest.slice(1).trim() };
  }
  const meant = findFlag(underscored(name));
  if (meant !== undefined) {
    return { kind: dashes === 2 ? "dashes" : "one-dash", argument, flag: meant, rest };
  }
  const candidates = flagsOf(version).map((spec) => spec.name);
  const reason = Object.hasOwn(neverFlags, name) ? neverFlags[name] : undefined;
  const negated = /^no[-_]?(.+)$/.exec(name)?.[1];
  const positive = negated === undefined ? undefined : findFlag(underscored(negated));
  const suggestion =
    positive?.type === "bool"
      ? `${positive.name}=false`
      : reason === undefined
        ? nearest(name, candidates)
        : undefined;
  return { kind: "unknown-name", argument, name, suggestion, reason };
}

/** Reads every argument that the server does not know; the separate value of a flag is not reported a second time. */
export function misreadings(context: FlagsContext): readonly Misreading[] {
  const { flags } = context;
  let read = readBefore.get(flags);
  if (read === undefined) {
    read = readAll(flags);
    readBefore.set(flags, read);
  }
  return read;
}

// Several rules ask for the same reading.
const readBefore = new WeakMap<ParsedFlags, readonly Misreading[]>();

function readAll(flags: ParsedFlags): Misreading[] {
  const settingAt = new Map(flags.settings.map((setting) => [setting.index, setting]));
  const found: Misreading[] = [];
  let valueAt = -1;
  let afterDash = false;
  for (const argument of flags.unknown) {
    if (argument.afterDoubleDash) {
      found.push({ kind: "after-double-dash", argument, first: !afterDash });
      afterDash = true;
      continue;
    }
    if (argument.index === valueAt) continue;
    const previous = settingAt.get(argument.index - 1);
    if (
      previous?.flag.type === "bool" &&
      previous.text === undefined &&
      /^(true|false|yes|no|on|off|[01])$/i.test(argument.text)
    ) {
      const bare: UnknownArgument = {
        index: previous.index,
        text: `--${previous.name}`,
        afterDoubleDash: false,
      };
      found.push({ kind: "no-equals", argument: bare, flag: previous.flag, value: argument.text });
      continue;
    }
    const reading = readOne(argument, flags.argv[argument.index + 1], flags.version);
    if (reading.kind === "no-equals" && reading.value !== undefined) valueAt = argument.index + 1;
    if (reading.kind === "unknown-name" && !argument.text.includes("=")) {
      const next = flags.argv[argument.index + 1];
      if (next !== undefined && !next.startsWith("-")) valueAt = argument.index + 1;
    }
    found.push(reading);
  }
  return found;
}
