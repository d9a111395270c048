import { existsSync, rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { type Diagnostic, UserError } from "@servable/diagnostics";
import { printable } from "@servable/diagnostics/render";
import type { Published } from "@servable/model-layout";
import { checkProgress } from "../check/progress.ts";
import { defineCommand, FORMAT_OPTION } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { diagnosticRows } from "../cli/diagnostic-rows.ts";
import { INTERRUPTED } from "../cli/interruption.ts";
import { optionalWholeNumber } from "../cli/number-flag.ts";
import { absolute, shownPath } from "../cli/read-input.ts";
import { shownError } from "../cli/shown-error.ts";
import { printDiagnostics } from "../cli/spec-input.ts";
import { targetVersion } from "../cli/target-version.ts";
import { publishInThread } from "../publishing/publish-in-thread.ts";
import type { PublishNews, PublishOutcome } from "../publishing/publish-work.ts";
import { humanBytes } from "../render/human-bytes.ts";

const HIGHEST = 2n ** 63n - 1n;

/** A version number as typed, of up to 63 bits. @throws UserError (usage) */
function versionNumber(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,19}$/.test(text) ? BigInt(text) : -1n;
  if (number < 0n || number > HIGHEST)
    throw new UserError("usage", `--version wants a whole number from 0 to ${HIGHEST}, not "${text}"`);
  return number;
}

/** The folders that are not there yet, the deepest first. */
function missing(path: string): readonly string[] {
  return existsSync(path) ? [] : [path, ...missing(dirname(path))];
}

/** Takes away what an interrupted publisher left: the folder that it filled, and those that it made to hold it. */
function clearUp(staging: string | undefined, made: readonly string[]): void {
  if (staging === undefined) return;
  rmSync(staging, { recursive: true, force: true });
  try {
    for (const folder of made) rmdirSync(folder);
  } catch {
    // Somebody else put something there meanwhile.
  }
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;

/** What was done, and what of it was not as asked for. */
function told(context: Context, done: Published): void {
  const shown = (path: string): string => shownPath(context, path);
  const warn = (message: string): void =>
    context.err(`${context.errPaint.yellow("warning:")} ${printable(message)}\n`);
  if (done.hiddenBy !== undefined) {
    warn(
      `version ${done.hiddenBy} is there, a higher number: a server with the policy latest keeps serving that one`,
    );
  }
  for (const { path, reason } of done.notRemoved)
    warn(`${shown(path)} was not removed: ${reason.replaceAll(`${context.cwd}/`, "")}`);
}

const jsonNumber = (version: number | bigint | undefined): number | string | null =>
  version === undefined ? null : Number.isSafeInteger(Number(version)) ? Number(version) : String(version);

const json = (done: Published | undefined, diagnostics: readonly Diagnostic[]): string =>
  `${JSON.stringify(
    {
      version: jsonNumber(done?.version),
      path: done?.path ?? null,
      files: done?.files ?? 0,
      bytes: done?.bytes ?? 0,
      removed: done?.removed ?? [],
      notRemoved: done?.notRemoved.map(({ path, reason }) => ({ path, reason })) ?? [],
      hiddenBy: jsonNumber(done?.hiddenBy),
      diagnostics: diagnosticRows(diagnostics),
    },
    null,
    2,
  )}\n`;

export const command = defineCommand({
  name: "publish",
  summary: "put an export under the next version number, whole or not at all",
  description:
    "Checks an exported SavedModel, copies it beside the versions of a base path under a name that is no version, verifies the copy to its last byte, flushes it to disk and renames it to the next version number: a server that polls the folder never sees half a version. Ctrl-C, SIGTERM and a closed terminal leave nothing behind. Refuses what `servable check --level bytes` refuses. With --keep, older versions go; a folder without a SavedModel stays, and so does a version that a link beside it leads to.",
  positionals: [
    { name: "EXPORT_DIR", help: "folder with saved_model.pb", required: true },
    { name: "BASE_PATH", help: "base path of the model; made if it is not there", required: true },
  ],
  options: [
    { name: "keep", value: "N", help: "keep only the newest N versions, the new one included" },
    {
      name: "version",
      value: "NUMBER",
      help: "the version number; default: one more than the highest there is",
    },
    { name: "server-version", value: "X.Y.Z", help: "the TensorFlow Serving version to check for" },
    FORMAT_OPTION,
  ],
  examples: [
    { line: "servable publish ./export/resnet /srv/models/resnet", says: "as the next version" },
    {
      line: "servable publish ./export/resnet /srv/models/resnet --keep 3",
      says: "and remove versions before the last three",
    },
  ],
  async run(context, args) {
    const [from = "", to = ""] = args.positionals;
    const exportDir = absolute(context, from);
    const keep = optionalWholeNumber("keep", args.get("keep"), { min: 1 });
    const version = versionNumber(args.get("version"));
    const tfsVersion = await targetVersion(args.get("server-version"));
    const isJson = args.get("format") === "json";
    const shown = (path: string): string => shownPath(context, path);
    const named = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
      diagnostics.map((each) => ({ ...each, file: shown(each.file) }));
    const basePath = absolute(context, to);
    const made = missing(basePath);
    const progress = checkProgress(context);
    let staging: string | undefined;
    let published: string | undefined;
    const work = {
      exportDir,
      basePath,
      ...(keep === undefined ? {} : { keep }),
      ...(version === undefined ? {} : { version }),
      ...(tfsVersion === undefined ? {} : { tfsVersion }),
    };
    const hear = (news: PublishNews): void => {
      if (news.kind === "total") progress.total(news.versions, news.bytes);
      else if (news.kind === "bytes") progress.bytes(news.count);
      else if (news.kind === "staging") staging = news.path;
      else published = news.path;
    };
    let outcome: PublishOutcome | undefined;
    try {
      outcome = await publishInThread(work, hear, context);
    } finally {
      progress.end();
      // It was ended where it was, or ran out of memory.
      if (outcome === undefined && published === undefined) clearUp(staging, made);
    }

    if (outcome === undefined) {
      context.err(
        published === undefined
          ? "interrupted: nothing was published\n"
          : `interrupted: ${printable(shown(published))} is published; older versions may be left\n`,
      );
      return INTERRUPTED;
    }
    if (outcome.kind === "failed") {
      const error = new UserError(outcome.code, outcome.message, outcome.options);
      throw shownError(context, error);
    }
    if (outcome.kind === "refused") {
      const diagnostics = named(outcome.diagnostics);
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      printDiagnostics(context, errors, new Map());
      if (isJson) context.out(json(undefined, diagnostics));
      throw new UserError(
        outcome.code,
        `${from} has ${count(errors.length, "error")}: nothing was published`,
        { exitCode: 1, hint: "a server would not serve it: mend the export" },
      );
    }

    const { done } = outcome;
    const diagnostics = named(done.diagnostics);
    const warnings = diagnostics.filter(({ severity }) => severity === "warning");
    printDiagnostics(context, warnings, new Map());
    told(context, done);
    if (isJson) {
      const paths = { path: shown(done.path), removed: done.removed.map(shown) };
      const notRemoved = done.notRemoved.map((each) => ({ ...each, path: shown(each.path) }));
      context.out(json({ ...done, ...paths, notRemoved }, diagnostics));
    } else {
      context.out(
        `published ${printable(shown(done.path))}: ${count(done.files, "file")}, ${humanBytes(done.bytes)}\n`,
      );
      for (const path of done.removed) context.out(`removed ${printable(shown(path))}\n`);
    }
    return done.notRemoved.some(({ because }) => because === "failed") ? 1 : 0;
  },
});
