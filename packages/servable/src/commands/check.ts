import { statSync } from "node:fs";
import { UserError } from "@servable/diagnostics";
import type { TextProtoKind } from "@servable/linter/text-proto";
import { textProtoKinds } from "@servable/linter/text-proto";
import type { CheckOptions, Level } from "../check/check-options.ts";
import { checkTextFile } from "../check/check-text.ts";
import { Findings } from "../check/findings.ts";
import { CHECK_FORMATS, type CheckFormat, renderReport } from "../check/render-report.ts";
import { type Arguments, defineCommand, FORMAT_OPTION } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { optionalWholeNumber } from "../cli/number-flag.ts";
import { absolute, readInput, reasonOf, shownPath } from "../cli/read-input.ts";
import { targetVersion } from "../cli/target-version.ts";

/** A text proto of that kind, or a spec or deployment file with flags in it. */
async function checkFile(
  context: Context,
  findings: Findings,
  path: string,
  args: Arguments,
  options: CheckOptions,
): Promise<void> {
  const kind = args.get("kind") as TextProtoKind | undefined;
  const shown = path === "-" ? "<stdin>" : shownPath(context, path);
  const named = path === "-" ? (args.get("stdin-filename") ?? "") : path;
  const bytes = await readInput(context, path);
  if (
    kind === undefined &&
    /\.(ya?ml|json|sh|bash|bat|cmd|ps1|dockerfile)$|(^|[/\\])(Docker|Container)file[^/\\]*$/i.test(named)
  ) {
    const { checkStructuredFile } = await import("../check/check-structured.ts");
    return checkStructuredFile(context, findings, bytes, { shown, path }, options);
  }
  checkTextFile(
    context,
    findings,
    bytes,
    shown === "<stdin>" && named !== "" ? named : shown,
    path === "-" ? undefined : path,
    { kind, tfsVersion: options.tfsVersion, fix: options.fix },
  );
}

export const command = defineCommand({
  name: "check",
  summary: "find what is wrong in specs, text protos, flags and model folders",
  description:
    "PATH may be a spec, a text proto (kind from name, then content), a docker run script, Dockerfile, compose file or Kubernetes manifest, or a folder: a project, a model repository, one model's base path, one version directory. No PATH: the project here. After `--` come arguments of tensorflow_model_server: the files and folders that they name are checked too, and the server's fate is predicted. With --against, whether a running server that has the old config would accept the new one.",
  positionals: [{ name: "PATH", help: "file or folder; - for standard input", repeatable: true }],
  options: [
    { ...FORMAT_OPTION, choices: [...CHECK_FORMATS], default: "pretty; github under GitHub Actions" },
    { name: "max-warnings", value: "N", help: "exit 1 where there are more warnings" },
    { name: "notes", help: "pretty and github: also print what is only worth knowing, not wrong" },
    {
      name: "fix",
      help: "apply the safe fixes, then report what is left; of standard input the mended text is printed, and the report on standard error",
    },
    {
      name: "level",
      value: "LEVEL",
      choices: ["quick", "graph", "bytes"],
      default: "graph",
      help: "how deep model folders are read: names, sizes and index; also the graph; also every checksum",
    },
    {
      name: "server-version",
      value: "X.Y.Z",
      help: "the TensorFlow Serving version to check for; default: the spec's, or the newest known",
    },
    {
      name: "kind",
      value: "KIND",
      choices: textProtoKinds,
      help: "what the files are, where name and content do not tell",
    },
    { name: "stdin-filename", value: "NAME", help: "name of what comes on standard input" },
    { name: "against", value: "OLD_CONFIG", help: "the model server config that a running server has" },
  ],
  passthrough: "TFS_FLAGS",
  examples: [
    { line: "servable check", says: "everything in the project here" },
    { line: "servable check serving/models.config models/", says: "a text proto and a model repository" },
    { line: "servable check --level bytes models/resnet", says: "every checksum of one model" },
    {
      line: "servable check -- --port=8500 --model_base_path=/models/resnet",
      says: "would this server start?",
    },
    {
      line: "servable check new.config --against live.config",
      says: "would a running server accept this change?",
    },
  ],
  async run(context, args) {
    // Not `performance`, which Node loads when it is first touched.
    const started = process.hrtime.bigint();
    const findings = new Findings();
    const tfsVersion = await targetVersion(args.get("server-version"));
    const level = (args.get("level") ?? "graph") as Level;
    const options: CheckOptions = { level, tfsVersion, fix: args.has("fix") };
    const maxWarnings = optionalWholeNumber("max-warnings", args.get("max-warnings"));
    const against = args.get("against");
    if (against !== undefined) {
      const [path, more] = args.positionals;
      if (path === undefined || more !== undefined)
        throw new UserError("usage", "--against wants exactly one PATH: the new config");
      const { checkConfigReload } = await import("../check/check-reload.ts");
      await checkConfigReload(context, findings, path, against, tfsVersion, args.passthrough);
    } else {
      for (const path of args.positionals) {
        if (path !== "-") {
          let folder = false;
          try {
            folder = statSync(absolute(context, path)).isDirectory();
          } catch (error) {
            throw new UserError("cannot-read", `cannot read ${path}: ${reasonOf(error)}`, { cause: error });
          }
          if (folder) {
            const { checkFolder } = await import("../check/check-folder.ts");
            await checkFolder(context, findings, absolute(context, path), options);
            continue;
          }
        }
        await checkFile(context, findings, path, args, options);
      }
      if (args.passthrough !== undefined) {
        const { checkServerStart } = await import("../check/check-start.ts");
        checkServerStart(context, findings, args.passthrough, level, tfsVersion);
      } else if (args.positionals.length === 0) {
        const { checkFolder } = await import("../check/check-folder.ts");
        await checkFolder(context, findings, context.cwd, options);
      }
    }
    const report = findings.report(Math.round(Number(process.hrtime.bigint() - started) / 1e6));
    const format = (args.get("format") ??
      (context.env["GITHUB_ACTIONS"] === "true" ? "github" : "pretty")) as CheckFormat;
    // With --fix standard output is the mended text.
    const toErr = args.has("fix") && args.positionals.includes("-");
    const rendered = await renderReport(context, report, format, args.has("notes"), toErr);
    if (toErr) context.err(rendered);
    else context.out(rendered);
    const refused = report.reload !== undefined && (!report.reload.accepted || report.reload.wedges);
    const doomed = report.outcome !== undefined && report.outcome.prediction !== "serves";
    const tooMany = maxWarnings !== undefined && report.summary.warnings > maxWarnings;
    if (tooMany)
      context.err(`${report.summary.warnings} warnings are more than --max-warnings ${maxWarnings}\n`);
    return report.summary.errors > 0 || refused || doomed || tooMany ? 1 : 0;
  },
});
