import { type Paint, plain, printable } from "@servable/diagnostics/render";
import { smokeChecks } from "../checks/index.ts";
import type { CheckResult, SmokeReport } from "../smoke-options.ts";
import { subject } from "./subject.ts";

const MARKS = { pass: "✓", fail: "✗", skip: "–" } as const;

function mark(result: CheckResult, paint: Paint): string {
  const sign = MARKS[result.outcome];
  return result.outcome === "pass"
    ? paint.green(sign)
    : result.outcome === "fail"
      ? paint.red(sign)
      : paint.yellow(sign);
}

/** Lines for a terminal: per check its findings, failures with their help, then the sum. */
export function renderSmokePretty(report: SmokeReport, paint: Paint = plain): string {
  const lines: string[] = [];
  const targets = [
    report.target.grpc === null ? "" : `gRPC ${report.target.grpc}${report.target.tls ? " (TLS)" : ""}`,
    report.target.rest === null ? "" : `REST ${report.target.rest}`,
  ];
  lines.push(paint.bold(`smoke ${targets.filter((target) => target !== "").join(", ")}`), "");
  for (const check of smokeChecks) {
    const results = report.checks.filter((result) => result.id === check.id);
    if (results.length === 0) continue;
    lines.push(`${paint.bold(check.title)}  ${paint.dim(check.id)}`);
    for (const result of results) {
      const about = subject(result);
      const place = about === "" ? "" : `${paint.cyan(printable(about))}  `;
      lines.push(`  ${mark(result, paint)} ${place}${printable(result.message)}`);
      if (result.help !== undefined) lines.push(`    ${paint.blue("help:")} ${printable(result.help)}`);
    }
    lines.push("");
  }
  const { passed, failed, skipped, durationMs } = report.summary;
  const parts = [
    paint.green(`${passed} passed`),
    failed > 0 ? paint.red(`${failed} failed`) : `${failed} failed`,
    skipped > 0 ? paint.yellow(`${skipped} skipped`) : `${skipped} skipped`,
  ];
  lines.push(`${parts.join(", ")} in ${seconds(durationMs)}`);
  if (!report.reachable) lines.push(paint.red("no model server could be reached"));
  return `${lines.join("\n")}\n`;
}

const seconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
