import type { Diagnostic } from "../diagnostic.ts";
import { Locator, prettyText, type Report } from "./report.ts";
import { xmlText } from "./xml-text.ts";

/** JUnit XML: one suite a file, one case a diagnostic; a clean run has one passing case. Infos pass. */
export function renderJunit(report: Report): string {
  const locator = new Locator(report.sources);
  const byFile = new Map<string, Diagnostic[]>();
  for (const diagnostic of report.diagnostics) {
    const list = byFile.get(diagnostic.file);
    if (list === undefined) byFile.set(diagnostic.file, [diagnostic]);
    else list.push(diagnostic);
  }
  const failing = report.diagnostics.filter(({ severity }) => severity !== "info").length;
  const seconds = (report.summary.durationMs / 1000).toFixed(3);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  const total = Math.max(1, report.diagnostics.length);
  lines.push(
    `<testsuites name="servable check" tests="${total}" failures="${failing}" errors="0" time="${seconds}">`,
  );
  if (byFile.size === 0) {
    lines.push(
      `  <testsuite name="servable check" tests="1" failures="0" errors="0" time="${seconds}">`,
      '    <testcase name="no problems" classname="servable.check"/>',
      "  </testsuite>",
    );
  }
  for (const [file, diagnostics] of byFile) {
    const failures = diagnostics.filter(({ severity }) => severity !== "info").length;
    lines.push(
      `  <testsuite name="${xmlText(file)}" tests="${diagnostics.length}" failures="${failures}" errors="0">`,
    );
    for (const diagnostic of diagnostics) {
      const { line, column } = locator.locate(diagnostic);
      const place = line === null ? file : `${file}:${line}:${column}`;
      const name = xmlText(`${diagnostic.rule} at ${place}`);
      const open = `    <testcase name="${name}" classname="${xmlText(file)}" file="${xmlText(file)}"${line === null ? "" : ` line="${line}"`}`;
      const body = xmlText(prettyText(diagnostic, place));
      if (diagnostic.severity === "info") lines.push(`${open}><system-out>${body}</system-out></testcase>`);
      else {
        lines.push(
          `${open}><failure type="${diagnostic.severity}" message="${xmlText(diagnostic.message)}">${body}</failure></testcase>`,
        );
      }
    }
    lines.push("  </testsuite>");
  }
  lines.push("</testsuites>");
  return `${lines.join("\n")}\n`;
}
