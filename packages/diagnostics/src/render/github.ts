import { Locator, type Report } from "./report.ts";

const escapeData = (text: string): string =>
  text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const escapeProperty = (text: string): string => escapeData(text).replace(/:/g, "%3A").replace(/,/g, "%2C");

const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const;

/**
 * Workflow commands that GitHub Actions shows as annotations.
 * @param place the path of a file as GitHub wants it: from the root of the repository
 */
export function renderGithub(report: Report, place: (file: string) => string = (file) => file): string {
  const locator = new Locator(report.sources);
  return report.diagnostics
    .map((diagnostic) => {
      const { line, column, endLine, endColumn } = locator.locate(diagnostic);
      const properties = [
        // Flags and standard input are in no file of the repository.
        ...(/^<.*>$/.test(diagnostic.file) ? [] : [`file=${escapeProperty(place(diagnostic.file))}`]),
        ...(line === null ? [] : [`line=${line}`, `endLine=${endLine}`]),
        // GitHub refuses columns on annotations over several lines.
        ...(line === null || line !== endLine ? [] : [`col=${column}`, `endColumn=${endColumn}`]),
        `title=${escapeProperty(diagnostic.rule)}`,
      ].join(",");
      const text =
        diagnostic.help === undefined ? diagnostic.message : `${diagnostic.message}\n${diagnostic.help}`;
      return `::${COMMANDS[diagnostic.severity]} ${properties}::${escapeData(text)}\n`;
    })
    .join("");
}
