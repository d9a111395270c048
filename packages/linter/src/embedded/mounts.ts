import type { Span } from "@servable/diagnostics";
import type { EmbeddedMount, EmbeddedPort } from "./embedded-server.ts";
import { unknownText } from "./shell-words.ts";

/** `[address:][host:]container[/tcp]`, each port a number or a range. */
export function readPort(text: string, span: Span | undefined): EmbeddedPort[] {
  // What only the shell knows can be an address or a host's port.
  const known = text.replace(new RegExp(`^(?:${unknownText}+:)+`), ":");
  const match = /^(?:(?:\[[^\]]*\]|[\d.]+):)?(?:(\d+)?(?:-\d+)?:)?(\d+)(?:-(\d+))?(?:\/tcp)?$/.exec(known);
  if (match === null) return [];
  const first = Number(match[2]);
  // Docker refuses it; and beyond 2^53 a number plus one is the same number.
  if (first > 65535) return [];
  const last = Math.min(Number(match[3] ?? first), first + 1000, 65535);
  const host = match[1] === undefined ? undefined : Number(match[1]);
  const ports: EmbeddedPort[] = [];
  for (let container = first; container <= last || container === first; container++) {
    ports.push({ host: host === undefined ? undefined : host + container - first, container, span });
  }
  return ports;
}

/** `source:target[:options]` of `-v` and of compose. */
export function shortMount(text: string, span: Span | undefined): EmbeddedMount | undefined {
  const match = /^((?:[A-Za-z]:[\\/])?[^:]*):([^:]+)(?::[\w,]*)?$/s.exec(text);
  if (match === null || (match[2] ?? "").includes(unknownText)) {
    return text.includes(unknownText) ? unknownMount(span) : undefined;
  }
  const source = match[1] ?? "";
  const isPath = /^[./~\\]|^[A-Za-z]:[\\/]/.test(source) || source.startsWith(unknownText) || source === "";
  return {
    source: isPath && !source.includes(unknownText) && !source.startsWith("~") ? source : undefined,
    target: match[2] ?? "",
    span,
    createsSource: true,
    singleFile: false,
    named: !isPath,
  };
}

/** A mount that only the shell knows: it may cover anything. */
export const unknownMount = (span: Span | undefined): EmbeddedMount => ({
  source: undefined,
  target: "/",
  span,
  createsSource: false,
  singleFile: false,
  named: false,
});

/** `type=bind,source=…,target=…` of `--mount`. */
export function longMount(text: string, span: Span): EmbeddedMount | undefined {
  const fields = new Map(
    csvFields(text).map((field) => {
      const equals = field.indexOf("=");
      return equals === -1
        ? ([field, "true"] as const)
        : ([field.slice(0, equals).trim(), field.slice(equals + 1)] as const);
    }),
  );
  const target = fields.get("target") ?? fields.get("destination") ?? fields.get("dst");
  const source = fields.get("source") ?? fields.get("src");
  if (target === undefined || target.includes(unknownText)) {
    return text.includes(unknownText) ? unknownMount(span) : undefined;
  }
  const bind = fields.get("type") === "bind";
  return {
    source: bind && source !== undefined && !source.includes(unknownText) ? source : undefined,
    target,
    span,
    createsSource: false,
    singleFile: false,
    named: !bind,
  };
}

/** The fields of a CSV record, in which docker writes a mount: a field in quotes may hold commas and doubled quotes. */
function csvFields(text: string): string[] {
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    (match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? "",
  );
}
