import type { RunningServer } from "../../src/index.ts";
import {
  type Comparison,
  isCodeOnly,
  looseJson,
  prefixOf,
  sameValue,
  shapeOf,
  toleranceOf,
  type Verdict,
} from "./compare.ts";
import type { OfficialMessages } from "./official-messages.ts";
import { type Profile, type ProfileServer, startProfile } from "./profile-server.ts";
import { type GrpcRequest, RawGrpcClient } from "./raw-grpc.ts";
import { type RestRequest, sendRaw } from "./raw-rest.ts";

interface RecordedRest {
  readonly transport: "rest";
  readonly request: RestRequest;
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly body_base64?: string;
    readonly connection_closed?: boolean;
  };
}

interface RecordedGrpc {
  readonly transport: "grpc";
  readonly request: GrpcRequest;
  readonly response: {
    readonly code: string;
    readonly message: string;
    readonly reply?: unknown;
    readonly hex?: string;
    readonly reply_bytes?: number;
  };
}

export type Probe = (RecordedRest | RecordedGrpc) & {
  readonly id: string;
  readonly profile: string;
  readonly compare: Comparison;
  readonly area: string;
  readonly group?: string;
  readonly order?: number;
  readonly text_from?: string;
};

export interface ProbeResult {
  readonly probe: Probe;
  readonly verdict: Verdict;
  /** What came, for a report of differences. */
  readonly got: string;
}

export interface Target {
  readonly restPort: number;
  readonly grpc: RawGrpcClient;
  readonly messages: OfficialMessages;
}

export async function runProbe(probe: Probe, target: Target): Promise<ProbeResult> {
  try {
    return probe.transport === "rest" ? await runRest(probe, target) : await runGrpc(probe, target);
  } catch (error) {
    return { probe, verdict: "different", got: String(error) };
  }
}

async function runRest(probe: Probe & RecordedRest, target: Target): Promise<ProbeResult> {
  const { response: want, compare } = probe;
  const got = await sendRaw(target.restPort, probe.request);
  const text = got.body.toString("latin1");
  const shown = `${got.status} ${JSON.stringify(got.headers)} ${got.closed ? "closed" : ""} ${got.body.toString("utf8").slice(0, 600)}`;
  const result = (verdict: Verdict): ProbeResult => ({ probe, verdict, got: shown });
  if (got.status !== want.status) return result("different");
  const wantedHeaders = { ...want.headers };
  const headers: Record<string, string> = { ...got.headers };
  const strict = compare === "exact";
  if (!strict) {
    delete wantedHeaders["content-length"];
    delete headers["content-length"];
  }
  const sameHeaders = isCodeOnly(compare)
    ? headers["content-type"] === wantedHeaders["content-type"]
    : sameValue(headers, wantedHeaders, 0);
  const sameClose = want.connection_closed === undefined || want.connection_closed === got.closed;
  if (isCodeOnly(compare)) return result(sameHeaders && sameClose ? "equal" : "shape");
  const wanted = (
    want.body_base64 === undefined ? Buffer.from(want.body ?? "") : Buffer.from(want.body_base64, "base64")
  ).toString("latin1");
  const prefix = prefixOf(compare);
  let same: boolean;
  if (prefix !== undefined) {
    const error = (looseJson(got.body.toString("utf8")) as { error?: unknown }).error;
    same = typeof error === "string" && error.startsWith(prefix);
  } else if (strict) same = text === wanted;
  else same = sameValue(looseJson(text), looseJson(wanted), toleranceOf(compare) ?? 0);
  if (same && sameHeaders && sameClose) return result("equal");
  if (want.status !== 200) return result("shape");
  const alike =
    wanted === text ||
    JSON.stringify(shapeOf(looseJson(text))) === JSON.stringify(shapeOf(looseJson(wanted)));
  return result(alike && headers["content-type"] === wantedHeaders["content-type"] ? "shape" : "different");
}

/** The serialized request of a probe. */
export function requestBytes(request: GrpcRequest, messages: OfficialMessages): Buffer {
  if (request.hex !== undefined) return Buffer.from(request.hex, "hex");
  if (request.method === "NoSuchMethod" || request.service.includes(".v1.")) return Buffer.alloc(0);
  if (request.method === "ServerReflectionInfo") return reflectionRequest(request.message);
  const message = structuredClone(request.message ?? {}) as Record<string, unknown>;
  for (const fill of request.fill ?? []) {
    let at = message;
    const path = (fill.path as string[]).map((key) =>
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    );
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[path.at(-1) ?? ""] = Buffer.alloc(fill.count, fill.byte).toString("base64");
  }
  return messages.encode(request.service, request.method, message);
}

function reflectionRequest(message: unknown): Buffer {
  const [[key, value] = ["", ""]] = Object.entries(message as Record<string, string>);
  const field = key === "list_services" ? 7 : 4;
  return Buffer.concat([Buffer.of(field * 8 + 2, value.length), Buffer.from(value)]);
}

async function runGrpc(probe: Probe & RecordedGrpc, target: Target): Promise<ProbeResult> {
  const { request, response: want, compare } = probe;
  const got = await target.grpc.call(request, requestBytes(request, target.messages));
  const decode = (bytes: Buffer): unknown => target.messages.decode(request.service, request.method, bytes);
  let shown = `${got.code} ${got.message}`;
  if (got.reply !== undefined && got.reply.length < 100_000) {
    try {
      shown += ` ${JSON.stringify(decode(got.reply)).slice(0, 600)}`;
    } catch (error) {
      shown += ` ${String(error)}`;
    }
  }
  const result = (verdict: Verdict): ProbeResult => ({ probe, verdict, got: shown });
  if (got.code !== want.code) return result("different");
  if (isCodeOnly(compare)) return result("equal");
  const prefix = prefixOf(compare);
  if (got.reply === undefined) {
    const same = prefix === undefined ? got.message === want.message : got.message.startsWith(prefix);
    return result(same ? "equal" : "shape");
  }
  if (want.reply_bytes !== undefined)
    return result(got.reply.length === want.reply_bytes ? "equal" : "shape");
  if (want.hex !== undefined && got.reply.toString("hex") === want.hex) return result("equal");
  const wanted = want.hex === undefined ? want.reply : decode(Buffer.from(want.hex, "hex"));
  const value = decode(got.reply);
  const tolerance = toleranceOf(compare) ?? 0;
  const exact = compare === "exact" && want.hex !== undefined;
  if (!exact && sameValue(value, wanted, tolerance)) return result("equal");
  return result(JSON.stringify(shapeOf(value)) === JSON.stringify(shapeOf(wanted)) ? "shape" : "different");
}

/** Every probe of a profile against a fresh server: groups first, each in its order. */
export async function replayProfile(
  profile: Profile,
  probes: readonly Probe[],
  messages: OfficialMessages,
  startTimeoutMs: number,
): Promise<{ readonly results: ProbeResult[]; readonly log: readonly string[] }> {
  const started = await startProfile(profile);
  const grpc = new RawGrpcClient(started.grpcPort);
  try {
    await ready(started, startTimeoutMs);
    const target: Target = { restPort: started.restPort, grpc, messages };
    const ordered = [...probes].sort((a, b) => {
      if ((a.group === undefined) !== (b.group === undefined)) return a.group === undefined ? 1 : -1;
      if (a.group === undefined) return 0;
      return a.group === b.group ? (a.order ?? 0) - (b.order ?? 0) : a.group < (b.group ?? "") ? -1 : 1;
    });
    const results: ProbeResult[] = [];
    for (const probe of ordered) results.push(await runProbe(probe, target));
    return { results, log: started.log };
  } finally {
    grpc.close();
    await started.stop();
  }
}

export async function ready(started: ProfileServer, timeoutMs: number): Promise<RunningServer> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new Error(
            `not started within ${timeoutMs} ms:\n${started.log
              .filter((line) => /: [EWF] /.test(line))
              .slice(-20)
              .join("\n")}`,
          ),
        ),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([started.server, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
