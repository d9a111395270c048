import { type Report, renderGithub, renderJson, renderPretty } from "@servable/diagnostics/render";
import type { Context } from "../cli/context.ts";
import { filesReadable } from "./files-readable.ts";

export const CHECK_FORMATS = ["pretty", "json", "sarif", "github", "junit"] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

/** The report as text in one of the formats of the contract. */
export async function renderReport(
  context: Context,
  report: Report,
  format: CheckFormat,
  notes: boolean,
  toErr = false,
): Promise<string> {
  switch (format) {
    case "json":
      return renderJson(report);
    case "github": {
      const workspace = context.env["GITHUB_WORKSPACE"] ?? "";
      // GitHub shows ten notices a step: those would be what is only worth knowing.
      const shown = notes
        ? report
        : { ...report, diagnostics: report.diagnostics.filter(({ severity }) => severity !== "info") };
      if (workspace === "") return renderGithub(shown);
      const { join, relative } = await import("node:path");
      return renderGithub(shown, (file) => {
        const path = relative(workspace, join(context.cwd, file));
        return path.startsWith("..") || path === "" ? file : path.replaceAll("\\", "/");
      });
    }
    case "junit":
      return (await import("@servable/diagnostics/render")).renderJunit(report);
    case "sarif": {
      const [{ renderSarif }, { rules }] = await Promise.all([
        import("@servable/diagnostics/render"),
        import("@servable/linter/registry"),
      ]);
      return renderSarif(report, { version: context.version, rules: [...rules, filesReadable] });
    }
    case "pretty":
      return renderPretty(report, toErr ? context.errPaint : context.outPaint, { notes });
  }
}
