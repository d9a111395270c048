import type { SmokeCheck } from "./checks/check.ts";
import type { Finding } from "./checks/finding.ts";
import { smokeChecks } from "./checks/index.ts";
import { systemClock } from "./clock.ts";
import { createGrpcClient } from "./grpc/client.ts";
import { createRestClient } from "./rest/client.ts";
import { SmokeContext } from "./smoke-context.ts";
import type { CheckResult, SmokeOptions, SmokeReport } from "./smoke-options.ts";
import { waitUntilAvailable } from "./wait-until-available.ts";

/**
 * Runs the smoke checks against a running server and reports what they found. Only harmless requests are sent.
 * A server that does not answer is a report too (`reachable: false`); only misuse and an abort reject.
 */
export async function runSmoke(options: SmokeOptions): Promise<SmokeReport> {
  const { targets } = options;
  if (targets.grpc === undefined && targets.rest === undefined) {
    throw new TypeError("a smoke run needs a gRPC or a REST target");
  }
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  const grpc =
    targets.grpc === undefined
      ? undefined
      : createGrpcClient({ target: targets.grpc, tls: targets.tls, deadlineMs: options.requestTimeoutMs });
  const rest =
    targets.rest === undefined
      ? undefined
      : createRestClient({ baseUrl: targets.rest, tls: targets.tls, deadlineMs: options.requestTimeoutMs });
  const context = new SmokeContext(options, { grpc, rest });
  // of findings that are about no transport in particular
  const fallback = targets.grpc === undefined ? "rest" : "grpc";
  const checks: CheckResult[] = [];
  const add = (result: CheckResult): void => {
    checks.push(result);
    options.onResult?.(result);
  };
  try {
    if ((options.waitMs ?? 0) > 0) await wait(context, clock);
    for (const check of smokeChecks) {
      const wanted = options.only === undefined || options.only(check.id);
      // without knowing which transports answer, no other check can run
      const needed = check.id === "reachable";
      if (!wanted && !needed) continue;
      if (!needed && context.answering.size === 0) continue;
      let before = clock.now();
      for await (const finding of check.run(context)) {
        options.signal?.throwIfAborted();
        const now = clock.now();
        if (wanted || finding.outcome === "fail") add(resultOf(check, finding, now - before, fallback));
        before = clock.now();
      }
    }
  } finally {
    grpc?.close();
    rest?.close();
  }
  const count = (outcome: CheckResult["outcome"]): number =>
    checks.filter((result) => result.outcome === outcome).length;
  return {
    version: 1,
    target: { grpc: targets.grpc ?? null, rest: targets.rest ?? null, tls: targets.tls !== undefined },
    checks,
    summary: {
      passed: count("pass"),
      failed: count("fail"),
      skipped: count("skip"),
      durationMs: round(clock.now() - started),
    },
    reachable: context.answering.size > 0,
  };
}

async function wait(context: SmokeContext, clock: NonNullable<SmokeOptions["clock"]>): Promise<void> {
  const { options } = context;
  // what was seen last is told by the checks that follow; here only time passes
  await waitUntilAvailable({
    grpc: context.grpc,
    rest: context.rest,
    models: options.models.map((model) => {
      const selected = context.disk(model)?.selected;
      return { name: model.name, versions: selected?.length === 0 ? undefined : selected };
    }),
    timeoutMs: options.waitMs ?? 0,
    signal: options.signal,
    clock,
    onProgress: options.onProgress,
  });
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

const MAX_MESSAGE = 1000;

/** One line of bounded length: a server's message may have several lines, and over REST any length. */
function oneLine(text: string): string {
  const line = text
    .slice(0, MAX_MESSAGE * 2)
    .replaceAll(/\s*[\r\n]+\s*/g, " ")
    .trim();
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE).toWellFormed()}…` : line;
}

function resultOf(
  check: SmokeCheck,
  finding: Finding,
  durationMs: number,
  fallback: CheckResult["transport"],
): CheckResult {
  return {
    id: check.id,
    model: finding.model ?? null,
    version: finding.version ?? null,
    signature: finding.signature ?? null,
    transport: finding.transport ?? fallback,
    outcome: finding.outcome,
    message: oneLine(finding.message),
    ...(finding.help === undefined || finding.outcome === "pass" ? {} : { help: oneLine(finding.help) }),
    durationMs: round(durationMs),
  };
}
