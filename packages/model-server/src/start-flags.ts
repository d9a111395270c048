import { type FlagSpec, flagsOf, type ParsedFlags } from "@servable/server-flags";
import type { ServerLog } from "./lifecycle/server-log.ts";
import { ServerStartError } from "./start-error.ts";

/** Line of the flag parser that complains about a value, by type. */
const PARSER_LINES: Readonly<Record<FlagSpec["type"], number>> = {
  int32: 55,
  int64: 78,
  bool: 108,
  float: 127,
  string: 140,
};

/** The usage text, one flag a line. */
export function usageText(flags: ParsedFlags): string {
  const lines = flagsOf(flags.version).map((flag) => {
    const standard = typeof flag.default === "object" ? "" : String(flag.default);
    const shown = flag.type === "string" ? `"${standard}"` : standard;
    return `\t--${`${flag.name}=${shown}`.padEnd(31)}\t${flag.type}\t${flag.help}`;
  });
  return `usage: tensorflow_model_server\nFlags:\n${lines.join("\n")}\n`;
}

/**
 * What the server does with its arguments before anything else: complains about bad values, shows usage or version, and
 * names the first unknown argument.
 * @throws ServerStartError where the process ends here
 */
export function announceFlags(flags: ParsedFlags, log: ServerLog): void {
  const usage = usageText(flags).trimEnd();
  if (flags.action === "usage") {
    for (const bad of flags.bad) {
      log.error(
        `external/local_xla/xla/tsl/util/command_line_flags.cc:${PARSER_LINES[bad.flag.type]}`,
        bad.log,
      );
    }
    log.plain(usage, "stdout");
    const why = flags.bad.map((bad) => bad.log).join(" ");
    throw new ServerStartError("exits", 255, why === "" ? "usage: tensorflow_model_server" : why, {
      stdout: usage.split("\n"),
    });
  }
  if (flags.action === "version") {
    const stdout = [`TensorFlow ModelServer: ${flags.version}`, `TensorFlow Library: ${flags.version}`];
    for (const line of stdout) log.plain(line, "stdout");
    throw new ServerStartError("exits", 0, stdout.join("\n"), { stdout });
  }
  const [unknown] = flags.unknown;
  if (unknown !== undefined) {
    log.plain(`unknown argument: ${unknown.text}`, "stdout");
    log.plain(usage, "stdout");
  }
}
