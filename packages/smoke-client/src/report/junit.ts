import { xmlText } from "@servable/diagnostics/render";
import type { SmokeReport } from "../smoke-options.ts";
import { subject } from "./subject.ts";

/** JUnit XML: one test suite, one test case per result, its check as the class name. */
export function renderSmokeJunit(report: SmokeReport): string {
  const { passed, failed, skipped, durationMs } = report.summary;
  const cases = report.checks.map((result) => {
    const name = subject(result) || result.id;
    const head = `    <testcase classname="smoke.${xmlText(result.id.replaceAll("/", "."))}" name="${xmlText(name)}" time="${(result.durationMs / 1000).toFixed(3)}"`;
    if (result.outcome === "pass") return `${head}/>`;
    if (result.outcome === "skip")
      return `${head}>\n      <skipped message="${xmlText(result.message)}"/>\n    </testcase>`;
    const help = result.help === undefined ? "" : xmlText(`${result.message}\n${result.help}`);
    return `${head}>\n      <failure message="${xmlText(result.message)}">${help}</failure>\n    </testcase>`;
  });
  const counts = `tests="${passed + failed + skipped}" failures="${failed}" errors="0" skipped="${skipped}" time="${(durationMs / 1000).toFixed(3)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="servable smoke" ${counts}>
${cases.join("\n")}${cases.length === 0 ? "" : "\n"}  </testsuite>
</testsuites>
`;
}
