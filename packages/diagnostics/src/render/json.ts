import { isFixable, Locator, type Report } from "./report.ts";

/** The JSON document of `servable check --format json` (CLI contract, version 1); ends with a line break. */
export function renderJson(report: Report): string {
  const locator = new Locator(report.sources);
  const document = {
    version: 1,
    diagnostics: report.diagnostics.map((diagnostic) => ({
      rule: diagnostic.rule,
      severity: diagnostic.severity,
      message: diagnostic.message,
      help: diagnostic.help ?? "",
      file: diagnostic.file,
      ...locator.locate(diagnostic),
      docs: `rules/${diagnostic.rule}`,
      fixable: isFixable(diagnostic),
    })),
    ...(report.outcome === undefined ? {} : { outcome: report.outcome }),
    ...(report.reload === undefined ? {} : { reload: report.reload }),
    summary: report.summary,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
