import { sortDiagnostics, UserError } from "@servable/diagnostics";
import { Locator, prettyDiagnostic } from "@servable/diagnostics/render";
import { detectKind, kindMessages, type TextProtoKind, textProtoKinds } from "@servable/linter/text-proto";
import { schemas } from "@servable/protos/text-schema";
import { bytesOfText, diagnosticOf, format, textOfBytes } from "@servable/text-proto";
import { defineCommand } from "../cli/command.ts";
import { absolute, readInput, shownPath } from "../cli/read-input.ts";
import { replaceFile } from "../cli/replace-file.ts";

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
    const check = args.has("check");
    let changedOrBroken = 0;
    for (const path of args.positionals) {
      const text = textOfBytes(await readInput(context, path));
      const shown = path === "-" ? "<stdin>" : shownPath(context, path);
      const kind =
        (args.get("kind") as TextProtoKind | undefined) ?? detectKind(path === "-" ? "" : path, text);
      if (kind === undefined) {
        throw new UserError("unknown-kind", `cannot tell what kind of text proto ${shown} is`, {
          hint: `say it with --kind: ${textProtoKinds.join(", ")}`,
        });
      }
      const message = kindMessages[kind];
      const result = format(text, { message, schemas });
      if (result.errors !== undefined) {
        changedOrBroken++;
        const locator = new Locator(new Map([[shown, text]]));
        for (const diagnostic of sortDiagnostics(result.errors.map((error) => diagnosticOf(error, shown)))) {
          context.err(`${prettyDiagnostic(diagnostic, locator, context.errPaint)}\n`);
        }
        continue;
      }
      if (path === "-") {
        if (!check) context.out(bytesOfText(result.text));
        else if (result.changed) changedOrBroken++;
        continue;
      }
      if (!result.changed) continue;
      if (check) {
        changedOrBroken++;
        context.out(`${shown} would change\n`);
      } else {
        replaceFile(absolute(context, path), bytesOfText(result.text));
        context.err(`formatted ${shown}\n`);
      }
    }
    return changedOrBroken > 0 ? 1 : 0;
  },
});
