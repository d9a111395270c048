import type { ExitCode } from "@servable/diagnostics";
import {
  renderSmokeHtml,
  renderSmokeJunit,
  renderSmokePretty,
  runSmoke,
  type SmokeOptions,
  type SmokeReport,
} from "@servable/smoke-client";
import type { Context } from "../cli/context.ts";

/** Runs the smoke test with progress on stderr. */
export function smoke(
  context: Context,
  options: SmokeOptions,
  only: readonly string[],
): Promise<SmokeReport> {
  return runSmoke({
    ...options,
    signal: context.signal,
    ...(only.length === 0 ? {} : { only: (id: string) => only.some((prefix) => id.startsWith(prefix)) }),
    onProgress: (line) => context.err(`${context.errPaint.dim(line)}\n`),
  });
}

/** Prints the report in the format asked for, and gives its exit code. */
export function printSmoke(context: Context, report: SmokeReport, format: string | undefined): ExitCode {
  if (format === "json") context.out(`${JSON.stringify(report, null, 2)}\n`);
  else if (format === "junit") context.out(renderSmokeJunit(report));
  else if (format === "html") context.out(renderSmokeHtml(report));
  else context.out(renderSmokePretty(report, context.outPaint));
  if (!report.reachable) return 3;
  return report.summary.failed > 0 ? 1 : 0;
}
