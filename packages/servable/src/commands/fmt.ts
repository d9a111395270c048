import { type ExitCode, sortDiagnostics, UserError } from "@servable/diagnostics";
import { Locator, prettyDiagnostic } from "@servable/diagnostics/render";
import { detectKind, kindMessages, type TextProtoKind, textProtoKinds } from "@servable/linter/text-proto";
import { schemas } from "@servable/protos/text-schema";
import { bytesOfText, diagnosticOf, format, textOfBytes } from "@servable/text-proto";
import { defineCommand } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { absolute, readInput, shownPath } from "../cli/read-input.ts";
import { replaceFile } from "../cli/replace-file.ts";
import { report } from "../cli/report.ts";

export const command = defineCommand({
  name: "fmt",
  summary: "format text protos, comments kept",
  description:
    "Writes the canonical form of models.config, batching parameters, monitoring, TLS and platform files. The parsed message never changes; a file that does not parse is reported and left alone. `-` formats standard input to standard output.",
  positionals: [
    { name: "FILE", help: "text proto, or - for standard input", required: true, repeatable: true },
  ],
  options: [
    { name: "check", help: "write nothing; exit 1 where a file would change" },
    {
      name: "kind",
      value: "KIND",
      choices: textProtoKinds,
      help: "what the files are, where name and content do not tell",
    },
  ],
  examples: [
    { line: "servable fmt serving/*.config", says: "format in place" },
    { line: "servable fmt --check serving/models.config", says: "for hooks and CI" },
    { line: "servable fmt - --kind batching-parameters < batching.txt", says: "as a filter" },
  ],
  async run(context, args) {
    const kind = args.get("kind") as TextProtoKind | undefined;
    const check = args.has("check");
    let exit: ExitCode = 0;
    for (const path of args.positionals) {
      try {
        if (!(await formatFile(context, path, kind, check)) && exit === 0) exit = 1;
      } catch (thrown) {
        // The other files can still be formatted.
        exit = report(context, thrown);
        if (context.signal.aborted) break;
      }
    }
    return exit;
  },
});

/** Formats one file; false where it does not parse, or would change under `--check`. @throws UserError */
async function formatFile(
  context: Context,
  path: string,
  named: TextProtoKind | undefined,
  check: boolean,
): Promise<boolean> {
  const text = textOfBytes(await readInput(context, path));
  const shown = path === "-" ? "<stdin>" : shownPath(context, path);
  const kind = named ?? detectKind(path === "-" ? "" : path, text);
  if (kind === undefined) {
    throw new UserError("unknown-kind", `cannot tell what kind of text proto ${shown} is`, {
      hint: `say it with --kind: ${textProtoKinds.join(", ")}`,
    });
  }
  const result = format(text, { message: kindMessages[kind], schemas });
  if (result.errors !== undefined) {
    const locator = new Locator(new Map([[shown, text]]));
    for (const diagnostic of sortDiagnostics(result.errors.map((error) => diagnosticOf(error, shown)))) {
      context.err(`${prettyDiagnostic(diagnostic, locator, context.errPaint)}\n`);
    }
    const other = detectKind("", text);
    if (other !== undefined && kindMessages[other] !== kindMessages[kind]) {
      const how = named === undefined ? "by its name" : "by --kind";
      context.err(
        `${shown} is read as ${kind} ${how}, but looks like ${other}: say it with --kind ${other}\n`,
      );
    }
    return false;
  }
  if (check) {
    if (result.changed) context.out(`${shown} would change\n`);
    return !result.changed;
  }
  if (path === "-") context.out(bytesOfText(result.text));
  else if (result.changed) {
    replaceFile(absolute(context, path), bytesOfText(result.text));
    context.err(`formatted ${shown}\n`);
  }
  return true;
}
