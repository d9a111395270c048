import { type Fix, FLAGS_FILE, type Span, type TextEdit } from "@servable/diagnostics";
import type { FlagName, FlagSetting, ParsedFlags } from "@servable/server-flags";

/** Where the server's arguments stand: on a command line (no positions), or inside a script or manifest. */
export interface ArgumentSource {
  /** `<flags>` for arguments typed after `--`. */
  readonly file: string;
  /** Place of each argument in that file's text; undefined where it has none. */
  readonly spans?: readonly (Span | undefined)[];
  /** The edit that replaces an argument's text in its file, where that can be done without changing anything else. */
  replace?(index: number, argument: string): TextEdit | undefined;
}

/** What the rules over flags look at. Pure: no file is opened. */
export interface FlagsContext {
  readonly flags: ParsedFlags;
  readonly source: ArgumentSource;
  /** Arguments before this index come from the image's entrypoint, not from the user. */
  readonly firstUserArgument: number;
}

/** Arguments typed after `--`. */
export const typedArguments: ArgumentSource = { file: FLAGS_FILE };

/** File and position of an argument. */
export function placeOf(
  context: FlagsContext,
  argument: number | FlagSetting | undefined,
): { file: string; span?: Span } {
  const index = typeof argument === "object" ? argument.index : argument;
  const span = index === undefined ? undefined : context.source.spans?.[index];
  return span === undefined ? { file: context.source.file } : { file: context.source.file, span };
}

/** Place of the winning setting of a flag (no position where the flag was left out). */
export function placeOfFlag(context: FlagsContext, name: FlagName): { file: string; span?: Span } {
  return placeOf(context, context.flags.given(name));
}

/** A safe fix that rewrites one argument, where its file allows it. */
export function rewriteArgument(
  context: FlagsContext,
  index: number,
  argument: string,
  title: string,
): { fix?: Fix } {
  const edit = context.source.replace?.(index, argument);
  return edit === undefined ? {} : { fix: { title, edits: [edit], safety: "safe" } };
}

/** `--name=value` as it was typed. */
export function shown(setting: FlagSetting): string {
  return setting.text === undefined ? `--${setting.name}` : `--${setting.name}=${setting.text}`;
}

/** Whether REST will be started at all. */
export function restRequested(flags: ParsedFlags): boolean {
  const port = flags.int("rest_api_port");
  return port !== 0 && port !== flags.int("port");
}

/** The flags that are given although the platform config file silences them, or that are effective. */
export function platformFileRules(flags: ParsedFlags): boolean {
  return flags.string("platform_config_file") !== "";
}
