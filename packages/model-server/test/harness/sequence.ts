import { ServerStartError } from "../../src/index.ts";
import { type Comparison, isCodeOnly } from "./compare.ts";
import { modelVersions } from "./model-requests.ts";
import type { OfficialMessages } from "./official-messages.ts";
import { type FileStep, type Profile, type ProfileServer, startProfile } from "./profile-server.ts";
import { type GrpcRequest, RawGrpcClient } from "./raw-grpc.ts";
import type { RestRequest } from "./raw-rest.ts";
import { type Probe, ready, runProbe, type Target } from "./replay.ts";

type State = Readonly<Record<string, readonly unknown[]>>;

interface Step {
  readonly do: "rest" | "grpc" | "fs" | "wait" | "sleep" | "parallel";
  readonly request?: unknown;
  readonly requests?: readonly { readonly transport: "rest" | "grpc"; readonly request: unknown }[];
  readonly response?: unknown;
  readonly compare?: Comparison;
  readonly state_after?: State;
  readonly model?: string;
  readonly until?: readonly (readonly [string, string])[];
  readonly timeout_s?: number;
  readonly seconds?: number;
}

export interface Sequence {
  readonly id: string;
  readonly area: string;
  readonly kind: "start" | "steps";
  readonly profile: Profile;
  readonly wait_s?: number;
  readonly expect?: {
    readonly state: "serving" | "waiting" | "exited";
    readonly exit_code: number | null;
    readonly rest_port_open: boolean;
    readonly models?: State;
  };
  readonly log_lines?: readonly string[];
  readonly watch?: readonly string[];
  readonly state_at_start?: State;
  readonly steps?: readonly Step[];
}

/** What came out differently, in words; empty if nothing did. */
export async function replaySequence(sequence: Sequence, messages: OfficialMessages): Promise<string[]> {
  const started = await startProfile(sequence.profile);
  try {
    return sequence.kind === "start"
      ? await replayStartKind(sequence, started, messages)
      : await replaySteps(sequence, started, messages);
  } finally {
    await started.stop();
  }
}

async function replayStartKind(
  sequence: Sequence,
  started: ProfileServer,
  messages: OfficialMessages,
): Promise<string[]> {
  const { expect: want } = sequence;
  const differences: string[] = [];
  const pause = new Promise<"waiting">((resolve) =>
    setTimeout(() => resolve("waiting"), want?.state === "waiting" ? 2500 : 15_000),
  );
  const outcome = await Promise.race([
    started.server.then(
      (server) => ({ server }),
      (error: unknown) => ({ error }),
    ),
    pause,
  ]);
  if (outcome === "waiting") {
    if (want?.state !== "waiting") differences.push(`${want?.state}, but here it waits`);
  } else if ("error" in outcome) {
    const code = outcome.error instanceof ServerStartError ? outcome.error.exitCode : undefined;
    if (want?.state !== "exited" || code !== want.exit_code) {
      differences.push(`${want?.state} ${want?.exit_code}, but here it ended: ${String(outcome.error)}`);
    }
  } else {
    if (want?.state !== "serving") differences.push(`${want?.state}, but here it serves`);
    const open = outcome.server.restPort !== undefined;
    if (open !== want?.rest_port_open)
      differences.push(`REST open: ${want?.rest_port_open}, but here ${open}`);
    const grpc = new RawGrpcClient(started.grpcPort);
    const target: Target = { restPort: started.restPort, grpc, messages };
    differences.push(...(await stateDifferences(want?.models ?? {}, target, started)));
    grpc.close();
  }
  const log = started.log.join("\n");
  for (const line of sequence.log_lines ?? []) {
    const text = started.placeholders.fill(line).replace(/^([EWIF]) (\S+?):\d+\] /, "");
    if (!log.includes(text)) differences.push(`not logged: ${text}`);
  }
  return differences;
}

async function statusOf(model: string, target: Target): Promise<readonly unknown[]> {
  const versions = await modelVersions(target.grpc, target.messages, model);
  if ("code" in versions) return [versions.code, versions.message];
  return versions.map(({ version = "0", state = "UNKNOWN", status = {} }) => [
    version,
    state,
    status.errorCode ?? "OK",
    status.errorMessage ?? "",
  ]);
}

/** Compares the status of every model, giving changes under way some time to settle. */
async function stateDifferences(
  want: State,
  target: Target,
  started: ProfileServer,
  settleMs = 10_000,
): Promise<string[]> {
  const wanted = started.placeholders.fillAll(want);
  const until = Date.now() + settleMs;
  for (;;) {
    const differences: string[] = [];
    for (const [model, state] of Object.entries(wanted)) {
      const got = await statusOf(model, target);
      if (JSON.stringify(got) !== JSON.stringify(state)) {
        differences.push(`${model}: ${JSON.stringify(state)}, but here ${JSON.stringify(got)}`);
      }
    }
    if (differences.length === 0 || Date.now() > until) return differences;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function replaySteps(
  sequence: Sequence,
  started: ProfileServer,
  messages: OfficialMessages,
): Promise<string[]> {
  await ready(started, 15_000);
  const grpc = new RawGrpcClient(started.grpcPort);
  const target: Target = { restPort: started.restPort, grpc, messages };
  const differences = await stateDifferences(sequence.state_at_start ?? {}, target, started);
  for (const [index, step] of (sequence.steps ?? []).entries()) {
    const found = await runStep(step, target, started);
    if (step.state_after !== undefined)
      found.push(...(await stateDifferences(step.state_after, target, started)));
    differences.push(...found.map((text) => `step ${index} ${step.do}: ${text}`));
  }
  grpc.close();
  return differences;
}

async function runStep(step: Step, target: Target, started: ProfileServer): Promise<string[]> {
  const fill = <T>(value: T): T => started.placeholders.fillAll(value);
  switch (step.do) {
    case "fs":
      started.apply(step.request as FileStep);
      return [];
    case "sleep":
      await new Promise((resolve) => setTimeout(resolve, (step.seconds ?? 0) * 1000));
      return [];
    case "wait": {
      const until = Date.now() + (step.timeout_s ?? 10) * 1000;
      for (;;) {
        const got = (await statusOf(step.model ?? "", target)) as [string, string][];
        const pairs = got.map(([version, state]) => [version, state]);
        const reached = (step.until ?? []).every((pair) =>
          JSON.stringify(pairs).includes(JSON.stringify(pair)),
        );
        if (reached) return [];
        if (Date.now() > until)
          return [`never reached ${JSON.stringify(step.until)}; got ${JSON.stringify(got)}`];
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    case "parallel": {
      const { responses } = fill(step.response) as { responses: unknown[] };
      const results = await Promise.all(
        (step.requests ?? []).map(({ transport, request }, index) =>
          check(transport, fill(request), responses[index], fill(step.compare ?? "exact"), target),
        ),
      );
      return results.flat();
    }
    default:
      return check(step.do, fill(step.request), fill(step.response), fill(step.compare ?? "exact"), target);
  }
}

async function check(
  transport: "rest" | "grpc",
  request: unknown,
  response: unknown,
  compare: Comparison,
  target: Target,
): Promise<string[]> {
  // The records of several requests at once leave headers out.
  const wanted =
    transport === "rest" && (response as { headers?: unknown }).headers === undefined
      ? { ...(response as object), headers: { "content-type": "application/json" } }
      : response;
  const probe = {
    id: "step",
    profile: "",
    area: "",
    transport,
    request,
    response: wanted,
    compare,
  } as unknown as Probe;
  const stripped =
    transport === "grpc" ? { ...probe, request: { ...(request as GrpcRequest), hex: undefined } } : probe;
  const { verdict, got } = await runProbe(stripped as Probe, target);
  if (verdict === "equal" || (isCodeOnly(compare) && verdict !== "different")) return [];
  const shown = transport === "rest" ? (request as RestRequest).path : (request as GrpcRequest).method;
  return [
    `${shown}: ${JSON.stringify(response).slice(0, 900)}, but here ${JSON.stringify(got).slice(0, 900)}`,
  ];
}
