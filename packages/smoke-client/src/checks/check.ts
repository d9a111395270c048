import type { SmokeContext } from "../smoke-context.ts";
import type { Finding } from "./finding.ts";

/** One smoke check. It yields a finding for each thing it looked at; time is counted from one finding to the next. */
export interface SmokeCheck {
  /** `area/what`; stable. */
  readonly id: string;
  readonly title: string;
  /** What a pass proves. */
  readonly proves: string;
  run(context: SmokeContext): AsyncGenerator<Finding, void, undefined>;
}

/** Number for JSON: decimal text beyond 2^53 (CLI contract). */
export function jsonVersion(version: bigint): number | string {
  const number = Number(version);
  return Number.isSafeInteger(number) ? number : String(version);
}
