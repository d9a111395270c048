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
import { hostname, tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { sharedFixture } from "@servable/test-fixtures";
import { type RunningServer, ServerStartError, startModelServer } from "../../src/index.ts";
import { callPredict } from "./model-requests.ts";
import { freePorts, Placeholders } from "./profile-server.ts";
import { RawGrpcClient } from "./raw-grpc.ts";
import { sendRaw } from "./raw-rest.ts";

export type FileEntry =
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
    readonly request: {
      readonly rest?: readonly [string, string, string?];
      readonly headers?: Readonly<Record<string, string>>;
      readonly predict?: {
        readonly x?: readonly (number | string)[];
        readonly name?: string;
        readonly version?: number;
        readonly label?: string;
        readonly timeout?: number;
      };
      readonly big?: number;
      readonly grep?: string;
    };
    readonly response: {
      readonly http?: number | string;
      readonly body?: string | readonly string[];
      readonly code?: string;
      readonly message?: string;
      readonly outputs?: Readonly<Record<string, readonly number[]>>;
    };
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
    HOST: hostname(),
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
    compareOutcome(start, outcome, rest, differences);
    const wantedOut = start.stdout_key_lines.filter((line) => !line.startsWith("[usage text")).map(fill);
    for (const line of wantedOut) if (!stdout.includes(line)) differences.push(`no line on stdout: ${line}`);
    const errors = start.stderr_key_lines
      .filter((line) => /^[EW] tensorflow_serving|^\[libprotobuf ERROR/.test(line))
      .map(fill);
    for (const line of errors) {
      // Line numbers of sources are of no use to anyone.
      const text = line
        .replace(/^[EW] \S+\] /, "")
        .replace(/^\[libprotobuf ERROR \S+\] (.*?): \d+:\d+: /, "");
      if (!stderr.some((other) => other.includes(text))) differences.push(`not logged: ${line}`);
    }
    if (running !== undefined) {
      await compareModels(start, running, differences, fill);
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

function compareOutcome(start: Start, outcome: Outcome, restPort: number, differences: string[]): void {
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
  // A port beyond 16 bits may come out as another one than was asked for.
  if ((outcome.server.restPort === restPort) !== start.ports_open.rest) {
    differences.push(`REST open: ${start.ports_open.rest}, but here ${outcome.server.restPort}`);
  }
}

const FOLDER = "${DIR}";

/** A client of the port, or of the socket where there is no port. */
function grpcClient(start: Start, server: RunningServer, fill: (text: string) => string): RawGrpcClient {
  const socket = start.flags.find((flag) => flag.startsWith("--grpc_socket_path="))?.split("=")[1];
  if (server.grpcPort !== 0 || socket === undefined) return new RawGrpcClient(server.grpcPort);
  const path = fill(socket);
  return new RawGrpcClient(`unix:${isAbsolute(path) ? path : join(fill(FOLDER), path)}`);
}

/** Asks GetModelStatus as the recording did: a server that refuses the call has no model to show. */
async function compareModels(
  start: Start,
  server: RunningServer,
  differences: string[],
  fill: (text: string) => string,
): Promise<void> {
  const wanted = start.models_available
    .filter(({ state }) => state === "AVAILABLE")
    .map(({ name, version }) => `${name}/${version}`)
    .sort();
  const client = grpcClient(start, server, fill);
  const got: string[] = [];
  for (const { name, versions } of server.models()) {
    const spec = Buffer.concat([Buffer.of(0x0a, Buffer.byteLength(name)), Buffer.from(name)]);
    const request = { service: "tensorflow.serving.ModelService", method: "GetModelStatus" };
    const { code } = await client.call(request, Buffer.concat([Buffer.of(0x0a, spec.length), spec]));
    if (code === "OK" || name === "") got.push(...versions.map((version) => `${name}/${Number(version)}`));
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
  for (const { request, response } of start.requests ?? []) {
    if (request.predict !== undefined && response.code !== undefined) {
      await comparePredict(start, server, request.predict, response, differences, fill);
    }
    // Some bodies only say that nothing came in time.
    if (server.restPort === undefined || request.rest === undefined || typeof response.http !== "number")
      continue;
    const [method, path, body] = request.rest;
    const { headers } = request;
    const got = await sendRaw(server.restPort, {
      method,
      path,
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    });
    if (got.status !== response.http) {
      differences.push(
        `${method} ${path}: ${response.http}, but here ${got.status} ${got.body.toString().slice(0, 200)}`,
      );
    } else if (Array.isArray(response.body)) {
      const lines = got.body
        .toString()
        .split("\n")
        .filter((line) => new RegExp(request.grep ?? "").test(line));
      if (lines.join("\n") !== response.body.join("\n")) differences.push(`${path}: ${lines.join("\n")}`);
    } else if (
      request.big === undefined &&
      typeof response.body === "string" &&
      got.body.toString() !== fill(response.body)
    ) {
      differences.push(`${method} ${path}: another body: ${got.body.toString().slice(0, 200)}`);
    }
  }
}

async function comparePredict(
  start: Start,
  server: RunningServer,
  predict: NonNullable<NonNullable<Start["requests"]>[number]["request"]["predict"]>,
  response: NonNullable<Start["requests"]>[number]["response"],
  differences: string[],
  fill: (text: string) => string,
): Promise<void> {
  const known = ["x", "name", "version", "label"];
  if (Object.keys(predict).some((key) => !known.includes(key))) return;
  // `1.0 x 1001` stands for so many of one value.
  const x = (predict.x ?? [1, 2, 5]).flatMap((item) => {
    const [value, count = "1"] = String(item).split(" x ");
    return new Array<number>(Number(count)).fill(Number(value));
  });
  const flag = start.flags.filter((text) => text.startsWith("--model_name=")).at(-1);
  const name = predict.name ?? server.models()[0]?.name ?? flag?.split("=")[1] ?? "";
  const client = grpcClient(start, server, fill);
  const got = await callPredict(client, { ...predict, name, x });
  client.close();
  const shown = `Predict ${JSON.stringify(predict)}: ${response.code} ${response.message ?? ""}, but here ${got.code} ${got.message}`;
  if (got.code !== response.code) differences.push(shown);
  else if (response.message !== undefined && got.message !== response.message) differences.push(shown);
}
