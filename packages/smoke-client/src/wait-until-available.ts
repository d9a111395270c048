import { type Clock, systemClock } from "./clock.ts";
import { explainError } from "./explain-error.ts";
import type { ServingGrpcClient } from "./grpc/client.ts";
import type { VersionStatus } from "./messages.ts";
import type { ServingRestClient } from "./rest/client.ts";
import { ServingError } from "./serving-error.ts";

export interface WaitOptions {
  /** At least one of them. */
  readonly grpc?: ServingGrpcClient | undefined;
  readonly rest?: ServingRestClient | undefined;
  /** Models to wait for; `versions` are waited for one and all, else any AVAILABLE version will do. Empty: until the server answers. */
  readonly models: readonly { readonly name: string; readonly versions?: readonly bigint[] | undefined }[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Told when what is seen changes. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

export type WaitResult =
  | { readonly available: true; readonly waitedMs: number; readonly attempts: number }
  | {
      readonly available: false;
      /** `timeout`; or `load-failed`: a version ended with an error, and waiting on would not mend it. */
      readonly reason: "timeout" | "load-failed";
      /** Whether any answer came at all. */
      readonly reachable: boolean;
      readonly waitedMs: number;
      readonly attempts: number;
      /** What was seen last, per model and transport, one line. */
      readonly lastSeen: string;
      readonly help: string;
    };

type Seen =
  | { readonly kind: "ready" }
  | { readonly kind: "waiting" | "failed"; readonly text: string; readonly help: string }
  | { readonly kind: "silent"; readonly text: string; readonly help: string };

const LOADING_HELP =
  "the server is still loading; give it more time, or look at its log for `Waiting for models to be available` and load errors";

/** Pauses between attempts double from the one to the other. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/**
 * Polls GetModelStatus (gRPC, REST, or both) with back-off until every model is AVAILABLE.
 * While the server starts its ports are closed: that is waited for as well.
 */
export async function waitUntilAvailable(options: WaitOptions): Promise<WaitResult> {
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  const end = started + options.timeoutMs;
  const transports = [options.grpc, options.rest].filter((client) => client !== undefined);
  let pause = FIRST_PAUSE_MS;
  let attempts = 0;
  let told = "";
  let reachable = false;
  for (;;) {
    attempts++;
    options.signal?.throwIfAborted();
    // the last look gets its time too: a deadline of a millisecond would hide what there is to see
    const left = Math.max(end - clock.now(), 500);
    const seen: Seen[] = [];
    for (const client of transports) {
      const names = options.models.length === 0 ? [undefined] : options.models;
      for (const model of names) {
        const one = await look(client, model, Math.min(left, 5000), options.signal);
        seen.push(one);
        if (one.kind === "silent") break;
      }
    }
    if (seen.some((one) => one.kind !== "silent")) reachable = true;
    const open = seen.filter((one) => one.kind !== "ready");
    const waitedMs = clock.now() - started;
    if (open.length === 0) return { available: true, waitedMs, attempts };
    const lastSeen = open.map((one) => one.text).join("; ");
    const first = open.find((one) => one.kind === "failed") ?? open[0]!;
    const { help } = first;
    if (lastSeen !== told) {
      told = lastSeen;
      options.onProgress?.(lastSeen);
    }
    const failed = open.some((one) => one.kind === "failed") && open.every((one) => one.kind === "failed");
    if (failed)
      return { available: false, reason: "load-failed", reachable, waitedMs, attempts, lastSeen, help };
    if (clock.now() + pause >= end) {
      // one last look at the very end is worth more than a look a little before it
      const rest = end - clock.now();
      if (rest <= 0)
        return { available: false, reason: "timeout", reachable, waitedMs, attempts, lastSeen, help };
      await clock.sleep(rest, options.signal);
      pause = 0;
    } else await clock.sleep(pause, options.signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function look(
  client: ServingGrpcClient | ServingRestClient,
  model: { readonly name: string; readonly versions?: readonly bigint[] | undefined } | undefined,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Seen> {
  const target = "target" in client ? client.target : client.baseUrl;
  let versions: VersionStatus[];
  try {
    // without a model to ask for: any answer of a model server, also that it knows no such model
    versions = await client.getModelStatus(
      { name: model?.name ?? "servable-readiness-probe" },
      { deadlineMs, signal },
    );
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    const help = explainError(error).help;
    if (error.trouble !== undefined || error.code === "UNAVAILABLE") {
      return { kind: "silent", text: error.message, help };
    }
    if (error.code === "NOT_FOUND") {
      if (model === undefined) return { kind: "ready" };
      return {
        kind: "waiting",
        text: `${target} does not know model ${model.name} yet`,
        help: `check that the server's configuration names the model ${model.name} and that its base path has a version directory`,
      };
    }
    return { kind: "waiting", text: error.message, help };
  }
  if (model === undefined) return { kind: "ready" };
  const available = versions
    .filter((version) => version.state === "AVAILABLE")
    .map((version) => version.version);
  const wanted = model.versions ?? [];
  const missing = wanted.filter((version) => !available.includes(version));
  if (wanted.length === 0 ? available.length > 0 : missing.length === 0) return { kind: "ready" };
  const states = describeVersions(versions);
  const relevant =
    wanted.length === 0 ? versions : versions.filter((version) => missing.includes(version.version));
  const broken = relevant.filter((version) => version.state === "END" && version.errorCode !== "OK");
  if (broken.length > 0 && broken.length === relevant.length) {
    const error = broken[0]!;
    return {
      kind: "failed",
      text: `model ${model.name} version ${error.version} failed to load: ${error.errorCode}: ${error.errorMessage}`,
      help: "the server gave this version up; mend the version directory (`servable check` on it tells more) and load it again",
    };
  }
  const which = missing.length > 0 ? ` version ${missing.join(", ")}` : "";
  return {
    kind: "waiting",
    text: `model ${model.name}${which} is not AVAILABLE${states === "" ? "" : ` (${states})`}`,
    help: LOADING_HELP,
  };
}

/** `1 AVAILABLE, 2 END (NOT_FOUND: …)`. */
export function describeVersions(versions: readonly VersionStatus[]): string {
  return versions
    .map((version) => {
      const error = version.errorCode === "OK" ? "" : ` (${version.errorCode}: ${version.errorMessage})`;
      return `${version.version} ${version.state}${error}`;
    })
    .join(", ");
}
