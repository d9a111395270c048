import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sharedFixture } from "@servable/test-fixtures";
import { type RunningServer, ServerStartError, startModelServer } from "../../src/index.ts";
import { freePorts, Placeholders } from "./profile-server.ts";
import { RawGrpcClient } from "./raw-grpc.ts";
import { sendRaw } from "./raw-rest.ts";

type FileEntry =
  | string
  | {
      readonly $model?: string;
      readonly $without?: readonly string[];
      readonly $truncate?: Readonly<Record<string, number>>;
      readonly $file?: string;
      readonly $dir?: 1;
      readonly $symlink?: string;
      readonly $b64?: string;
    };

/** One recorded start of a real server. */
export interface Start {
  readonly id: string;
  readonly area: string;
  readonly flags: readonly string[];
  readonly files: Readonly<Record<string, FileEntry>>;
  readonly occupied_ports?: readonly string[];
  readonly outcome: "serves" | "serves-partially" | "exits" | "aborts" | "hangs";
  readonly exit_code: number | null;
  readonly stdout_key_lines: readonly string[];
  readonly stderr_key_lines: readonly string[];
  readonly ports_open: { readonly grpc: boolean; readonly rest: boolean };
  readonly models_available: readonly {
    readonly name: string;
    readonly version: number;
    readonly state: string;
  }[];
  readonly requests?: readonly {
    readonly request: { readonly rest?: readonly [string, string, string?] };
    readonly response: { readonly http?: number; readonly body?: string };
  }[];
}

export interface StartResult {
  readonly start: Start;
  /** Each thing that came out differently, in words. */
  readonly differences: readonly string[];
}

/** Lays out the files of a recorded scenario. */
export function layOut(
  folder: string,
  files: Readonly<Record<string, FileEntry>>,
  fill: (text: string) => string,
): void {
  // Folders first: a model is copied before single files are put into it.
  for (const [name, entry] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof entry === "string") writeFileSync(path, fill(entry));
    else if (entry.$b64 !== undefined) writeFileSync(path, Buffer.from(entry.$b64, "base64"));
    else if (entry.$dir !== undefined) mkdirSync(path, { recursive: true });
    else if (entry.$symlink !== undefined) symlinkSync(fill(entry.$symlink), path);
    else if (entry.$file !== undefined) writeFileSync(path, readFileSync(sharedFixture(entry.$file)));
    else if (entry.$model !== undefined) {
      cpSync(sharedFixture(entry.$model), path, { recursive: true });
      for (const gone of entry.$without ?? []) rmSync(join(path, gone), { recursive: true, force: true });
      for (const [file, size] of Object.entries(entry.$truncate ?? {})) truncateSync(join(path, file), size);
    }
  }
}

function occupy(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "::" }, () => resolve(server));
  });
}

/** Replays one start in this process and compares what becomes of it. `hangsAfterMs`: how long a start may take. */
export async function replayStart(start: Start, hangsAfterMs: number): Promise<StartResult> {
  const folder = mkdtempSync(join(tmpdir(), "servable-start-"));
  const [port = 0, rest = 0] = await freePorts(2);
  const pem = (name: string): string =>
    readFileSync(sharedFixture("server", "certs", name), "utf8").replaceAll("\n", "\\n");
  const base = new Placeholders({
    DIR: folder,
    PORT: String(port),
    REST: String(rest),
    REST65536: String(rest + 65536),
  });
  const fill = (text: string): string =>
    base.fill(text.replace(/\$\{PEM:([\w.-]+)\}/g, (_, name: string) => pem(name)));
  const occupied: Server[] = [];
  const stdout: string[] = [];
  const stderr: string[] = [];
  const abort = new AbortController();
  let running: RunningServer | undefined;
  const differences: string[] = [];
  try {
    layOut(folder, start.files, fill);
    for (const name of start.occupied_ports ?? []) occupied.push(await occupy(name === "PORT" ? port : rest));
    const outcome = await startWithin(
      startModelServer({
        argv: start.flags.map(fill),
        cwd: folder,
        log: (line, stream) => (stream === "stdout" ? stdout : stderr).push(...line.split("\n")),
        signal: abort.signal,
      }),
      hangsAfterMs,
    );
    if (outcome.kind === "running") running = outcome.server;
    compareOutcome(start, outcome, differences);
    const wantedOut = start.stdout_key_lines.filter((line) => !line.startsWith("[usage text")).map(fill);
    for (const line of wantedOut) if (!stdout.includes(line)) differences.push(`no line on stdout: ${line}`);
    const errors = start.stderr_key_lines
      .filter((line) => /^[EW] tensorflow_serving|^\[libprotobuf/.test(line))
      .map(fill);
    for (const line of errors) {
      // Line numbers of sources are of no use to anyone.
      const text = line.replace(/^[EW] \S+\] /, "").replace(/^\[libprotobuf ERROR \S+\] /, "");
      if (!stderr.some((other) => other.includes(text))) differences.push(`not logged: ${line}`);
    }
    if (running !== undefined) {
      await compareModels(start, running, differences);
      await compareRequests(start, running, differences, fill);
    }
  } catch (error) {
    differences.push(`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    abort.abort(new Error("over"));
    await running?.stop(100);
    for (const server of occupied) await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  }
  return { start, differences };
}

type Outcome =
  | { readonly kind: "running"; readonly server: RunningServer }
  | { readonly kind: "ended"; readonly error: unknown }
  | { readonly kind: "waiting" };

async function startWithin(starting: Promise<RunningServer>, ms: number): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const waiting = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "waiting" }), ms);
  });
  const ended = starting.then(
    (server): Outcome => ({ kind: "running", server }),
    (error: unknown): Outcome => ({ kind: "ended", error }),
  );
  const outcome = await Promise.race([ended, waiting]);
  clearTimeout(timer);
  return outcome;
}

function compareOutcome(start: Start, outcome: Outcome, differences: string[]): void {
  const differ = (got: string): void => {
    differences.push(`outcome ${start.outcome} ${start.exit_code ?? ""}, but here ${got}`);
  };
  if (outcome.kind === "waiting") {
    if (start.outcome !== "hangs") differ("it waits");
    return;
  }
  if (outcome.kind === "ended") {
    const { error } = outcome;
    if (!(error instanceof ServerStartError)) differ(`it throws ${String(error)}`);
    else if (error.kind !== start.outcome || error.exitCode !== start.exit_code) {
      differ(`it ${error.kind} ${error.exitCode}: ${error.message}`);
    }
    return;
  }
  if (start.outcome !== "serves" && start.outcome !== "serves-partially") {
    differ("it serves");
    return;
  }
  if ((outcome.server.restPort !== undefined) !== start.ports_open.rest) {
    differences.push(`REST open: ${start.ports_open.rest}, but here ${outcome.server.restPort}`);
  }
}

/** Asks GetModelStatus as the recording did: a server that refuses the call has no model to show. */
async function compareModels(start: Start, server: RunningServer, differences: string[]): Promise<void> {
  const wanted = start.models_available
    .filter(({ state }) => state === "AVAILABLE")
    .map(({ name, version }) => `${name}/${version}`)
    .sort();
  const client = new RawGrpcClient(server.grpcPort);
  const got: string[] = [];
  for (const { name, versions } of server.models()) {
    const spec = Buffer.concat([Buffer.of(0x0a, Buffer.byteLength(name)), Buffer.from(name)]);
    const request = { service: "tensorflow.serving.ModelService", method: "GetModelStatus" };
    const { code } = await client.call(request, Buffer.concat([Buffer.of(0x0a, spec.length), spec]));
    if (code === "OK" || name === "") got.push(...versions.map((version) => `${name}/${version}`));
  }
  client.close();
  if (wanted.join() !== got.sort().join())
    differences.push(`models ${wanted.join()}, but here ${got.join()}`);
}

async function compareRequests(
  start: Start,
  server: RunningServer,
  differences: string[],
  fill: (text: string) => string,
): Promise<void> {
  if (server.restPort === undefined) return;
  for (const { request, response } of start.requests ?? []) {
    if (request.rest === undefined || response.http === undefined) continue;
    const [method, path, body] = request.rest;
    const got = await sendRaw(server.restPort, { method, path, ...(body === undefined ? {} : { body }) });
    if (got.status !== response.http) {
      differences.push(
        `${method} ${path}: ${response.http}, but here ${got.status} ${got.body.toString().slice(0, 200)}`,
      );
    } else if (response.body !== undefined && got.body.toString() !== fill(response.body)) {
      differences.push(`${method} ${path}: another body: ${got.body.toString().slice(0, 200)}`);
    }
  }
}
