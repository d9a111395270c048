import { PublishRefused, publish } from "@servable/model-layout";
import { checkProgress } from "../check/progress.ts";
import { defineCommand } from "../cli/command.ts";
import { optionalWholeNumber } from "../cli/number-flag.ts";
import { absolute, shownPath } from "../cli/read-input.ts";
import { printDiagnostics } from "../cli/spec-input.ts";
import { humanBytes } from "../render/human-bytes.ts";

export const command = defineCommand({
  name: "publish",
  summary: "put an export under the next version number, whole or not at all",
  description:
    "Checks an exported SavedModel, copies it beside the versions of a base path under a name that is no version, verifies the copy, flushes it to disk and renames it to the next version number: a server that polls the folder never sees half a version. Refuses what `servable check` refuses.",
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
    {
      name: "format",
      value: "FORMAT",
      choices: ["pretty", "json"],
      default: "pretty",
      help: "what to print",
    },
  ],
  examples: [
    { line: "servable publish ./export/resnet /srv/models/resnet", says: "as the next version" },
    {
      line: "servable publish ./export/resnet /srv/models/resnet --keep 3",
      says: "and remove versions before the last three",
    },
  ],
  async run(context, args) {
    const [exportDir = "", basePath = ""] = args.positionals;
    const keep = optionalWholeNumber("keep", args.get("keep"), { min: 1 });
    const version = optionalWholeNumber("version", args.get("version"));
    const tfsVersion = args.get("server-version");
    const progress = checkProgress(context);
    try {
      const done = publish(absolute(context, exportDir), absolute(context, basePath), {
        ...(keep === undefined ? {} : { keep }),
        ...(version === undefined ? {} : { version }),
        ...(tfsVersion === undefined ? {} : { tfsVersion }),
        onBytes: progress.bytes,
      });
      progress.end();
      const shown = (path: string): string => shownPath(context, path);
      printDiagnostics(
        context,
        done.diagnostics
          .filter(({ severity }) => severity === "warning")
          .map((each) => ({ ...each, file: shown(each.file) })),
        new Map(),
      );
      if (args.get("format") === "json") {
        const number = Number.isSafeInteger(Number(done.version))
          ? Number(done.version)
          : String(done.version);
        context.out(
          `${JSON.stringify({ version: number, path: shown(done.path), files: done.files, bytes: done.bytes, removed: done.removed.map(shown) }, null, 2)}\n`,
        );
      } else {
        context.out(`published ${shown(done.path)}: ${done.files} files, ${humanBytes(done.bytes)}\n`);
        for (const path of done.removed) context.out(`removed ${shown(path)}\n`);
      }
      return 0;
    } catch (error) {
      progress.end();
      if (error instanceof PublishRefused) {
        const errors = error.diagnostics.filter(({ severity }) => severity === "error");
        printDiagnostics(
          context,
          errors.map((each) => ({ ...each, file: shownPath(context, each.file) })),
          new Map(),
        );
      }
      throw error;
    }
  },
});
