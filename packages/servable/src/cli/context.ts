import type { Paint } from "@servable/diagnostics/render";
import type { Interruption } from "./interruption.ts";

/** Everything a command may touch of the process: tests give their own. */
export interface Context {
  /** Version of this program. */
  readonly version: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream;
  /** Results. */
  out(text: string | Uint8Array): void;
  /** Progress, prompts and logs. */
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly inIsTerminal: boolean;
  readonly outPaint: Paint;
  readonly errPaint: Paint;
  /** Aborted on SIGINT, SIGTERM and SIGHUP, whose name is the reason's message. */
  readonly signal: AbortSignal;
  /** Runs work that must clean up after itself: a second Ctrl-C prints the notice instead of ending it, a third ends it. */
  readonly toItsEnd: Interruption["toItsEnd"];
}
