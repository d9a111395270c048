import type { ExitCode } from "@servable/diagnostics";
import { UserError } from "@servable/diagnostics";
import { type RunningServer, ServerStartError, startModelServer } from "@servable/model-server";
import type { Context } from "../cli/context.ts";
import { INTERRUPTED, type InterruptingSignal } from "../cli/interruption.ts";

export interface EmbeddedOptions {
  readonly synthetic: boolean;
  readonly quiet: boolean;
}

/** Starts the embedded server. @throws UserError where it refuses the start or cannot bind a port (exit code 2) */
export async function startEmbedded(
  context: Context,
  argv: readonly string[],
  options: EmbeddedOptions,
  signal: AbortSignal = context.signal,
): Promise<RunningServer> {
  try {
    return await startModelServer({
      argv,
      cwd: context.cwd,
      signal,
      syntheticAnswers: options.synthetic,
      // The server's own stdout would mix with the ready line.
      log: (line) => {
        if (!options.quiet) context.err(`${line}\n`);
      },
    });
  } catch (error) {
    if (!(error instanceof ServerStartError)) throw error;
    const what =
      error.kind === "aborts"
        ? "the server crashes at its start"
        : `the server exits with status ${error.exitCode}`;
    throw new UserError("start-refused", `${what}: ${error.message}`, {
      hint: "`servable check -- FLAGS` shows what is wrong with a start, and where",
      cause: error,
    });
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

/** A version as the contract has 64-bit numbers: decimal text beyond 2^53. */
const jsonVersion = (version: bigint | number): number | string =>
  Number.isSafeInteger(Number(version)) ? Number(version) : String(version);

/** Serves until a signal ends it, where SIGTERM is the way to ask for that; the ready line is the only thing on stdout. */
export async function serveUntilStopped(
  context: Context,
  argv: readonly string[],
  options: EmbeddedOptions,
): Promise<ExitCode> {
  const server = await startEmbedded(context, argv, options);
  const models = server.models().map(({ name, versions }) => ({ name, versions: versions.map(jsonVersion) }));
  context.out(
    `${JSON.stringify({ ready: true, grpcPort: server.grpcPort, restPort: server.restPort, models })}\n`,
  );
  await aborted(context.signal);
  await server.stop();
  const { message: signal } = context.signal.reason as { message: InterruptingSignal };
  return signal === "SIGTERM" ? 0 : INTERRUPTED;
}
