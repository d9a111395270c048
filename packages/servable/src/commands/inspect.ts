import { readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "@servable/diagnostics";
import { printable } from "@servable/diagnostics/render";
import { type InspectReport, inspect, nodeFileSystem } from "@servable/model-layout";
import { checkProgress } from "../check/progress.ts";
import { defineCommand, FORMAT_OPTION } from "../cli/command.ts";
import { absolute, reasonOf, shownPath } from "../cli/read-input.ts";
import { renderInspection } from "../render/inspection.ts";

export const command = defineCommand({
  name: "inspect",
  summary: "show what a model folder holds",
  description:
    "Reads a model repository, one model's base path or one version directory without TensorFlow: versions as the server would discover them, signatures, variables, assets, warm-up records.",
  positionals: [{ name: "PATH", help: "model repository, base path or version directory", required: true }],
  options: [
    FORMAT_OPTION,
    { name: "verify-checksums", help: "read every tensor and compare its CRC-32C; exit 1 where one differs" },
  ],
  examples: [
    { line: "servable inspect models/resnet", says: "versions, signatures and sizes of one model" },
    { line: "servable inspect models --format json", says: "the same of a whole repository, as JSON" },
    {
      line: "servable inspect models/resnet/3 --verify-checksums",
      says: "also prove that no byte of the weights is damaged",
    },
  ],
  async run(context, args) {
    const [path = "."] = args.positionals;
    const there = absolute(context, path);
    try {
      readdirSync(there);
    } catch (error) {
      const isFile = statSync(there, { throwIfNoEntry: false })?.isDirectory() === false;
      throw new UserError(
        "cannot-read",
        `cannot read ${path}: ${isFile ? "it is no folder" : reasonOf(error)}`,
        {
          cause: error,
          ...(isFile ? { hint: `give the folder that holds it: ${shownPath(context, dirname(there))}` } : {}),
        },
      );
    }
    const shown = (file: string): string => shownPath(context, file);
    const progress = checkProgress(context);
    const read = progress.during(() =>
      inspect(there, nodeFileSystem, {
        verifyChecksums: args.has("verify-checksums"),
        onBytes: progress.bytes,
      }),
    );
    const report: InspectReport = {
      models: read.models.map((model) => ({
        ...model,
        path: shown(model.path),
        versions: model.versions.map((version) => ({ ...version, path: shown(version.path) })),
      })),
    };
    const problems = report.models.flatMap(({ versions }) =>
      versions.flatMap((version) =>
        [...version.problems, ...(version.checksums?.faults ?? [])].map((problem) => {
          const key = "key" in problem ? `${JSON.stringify(problem.key)}: ` : "";
          return `${shown(problem.file)}: ${key}${problem.message}`;
        }),
      ),
    );
    if (args.get("format") === "json") context.out(`${JSON.stringify(report, null, 2)}\n`);
    else if (report.models.some(({ versions }) => versions.length > 0))
      context.out(
        renderInspection(
          report,
          context.outPaint,
          context.outIsTerminal ? process.stdout.columns || 80 : undefined,
        ),
      );
    for (const problem of problems) context.err(`${context.errPaint.red("error:")} ${printable(problem)}\n`);
    if (report.models.every(({ versions }) => versions.length === 0)) {
      throw new UserError("no-model", `no version of a model found at ${path}`, {
        hint: "give a folder that holds MODEL/VERSION/saved_model.pb, VERSION/saved_model.pb or saved_model.pb; a version is a number",
      });
    }
    return problems.length > 0 ? 1 : 0;
  },
});
