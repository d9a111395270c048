import { readdirSync } from "node:fs";
import { UserError } from "@servable/diagnostics";
import { printable } from "@servable/diagnostics/render";
import { type InspectReport, inspect, nodeFileSystem } from "@servable/model-layout";
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
      throw new UserError("cannot-read", `cannot read ${path}: ${reasonOf(error)}`, { cause: error });
    }
    const shown = (file: string): string => shownPath(context, file);
    const read = inspect(there, nodeFileSystem, { verifyChecksums: args.has("verify-checksums") });
    const report: InspectReport = {
      models: read.models.map((model) => ({
        ...model,
        path: shown(model.path),
        versions: model.versions.map((version) => ({ ...version, path: shown(version.path) })),
      })),
    };
    const problems = report.models.flatMap(({ versions }) =>
      versions.flatMap((version) =>
        [...version.problems, ...(version.checksums?.faults ?? [])].map(
          ({ file, message }) => `${shown(file)}: ${message}`,
        ),
      ),
    );
    if (report.models.length === 0) {
      throw new UserError("no-model", `no SavedModel found at ${path}`, {
        hint: "give a folder that holds MODEL/VERSION/saved_model.pb, VERSION/saved_model.pb or saved_model.pb",
      });
    }
    if (args.get("format") === "json") context.out(`${JSON.stringify(report, null, 2)}\n`);
    else context.out(renderInspection(report, context.outPaint));
    for (const problem of problems) context.err(`${context.errPaint.red("error:")} ${printable(problem)}\n`);
    return problems.length > 0 ? 1 : 0;
  },
});
