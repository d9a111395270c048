import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sharedFixture } from "@servable/test-fixtures";
import { type RunningServer, startModelServer } from "../../src/index.ts";

export interface Profile {
  readonly flags: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly setup?: readonly FileStep[];
}

export interface FileStep {
  readonly op: string;
  readonly path?: string;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
}

/** Free ports of this machine, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject);
          server.listen({ port: 0, host: "::" }, () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** What stands for the placeholders of recorded texts in one run. */
export class Placeholders {
  readonly values: Readonly<Record<string, string>>;

  constructor(values: Readonly<Record<string, string>>) {
    this.values = values;
  }

  fill(text: string): string {
    return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => this.values[name] ?? whole);
  }

  /** The same in every string of a JSON value. */
  fillAll<T>(value: T): T {
    return JSON.parse(JSON.stringify(value), (_, item: unknown) =>
      typeof item === "string" ? this.fill(item) : item,
    ) as T;
  }
}

export interface ProfileServer {
  readonly placeholders: Placeholders;
  readonly server: Promise<RunningServer>;
  readonly log: string[];
  readonly abort: AbortController;
  readonly grpcPort: number;
  readonly restPort: number;
  apply(step: FileStep): void;
  stop(): Promise<void>;
}

/** Starts the server for a recorded profile, in an empty folder of its own. */
export async function startProfile(profile: Profile): Promise<ProfileServer> {
  const work = mkdtempSync(join(tmpdir(), "servable-profile-"));
  const [grpcPort = 0, restPort = 0] = await freePorts(2);
  const placeholders = new Placeholders({
    GRPC_PORT: String(grpcPort),
    REST_PORT: String(restPort),
    MODELS: sharedFixture("models"),
    BROKEN: sharedFixture("broken-models"),
    WORK: work,
    HOST: hostname(),
  });
  for (const [name, text] of Object.entries(profile.files)) {
    mkdirSync(dirname(join(work, name)), { recursive: true });
    writeFileSync(join(work, name), placeholders.fill(text));
  }
  const apply = (step: FileStep): void => {
    const at = (path: string | undefined): string => placeholders.fill(path ?? "");
    if (step.op === "copy") cpSync(at(step.from), at(step.to), { recursive: true });
    else if (step.op === "mkdir") mkdirSync(at(step.path), { recursive: true });
    else if (step.op === "remove") rmSync(at(step.path), { recursive: true, force: true });
    else if (step.op === "write") writeFileSync(at(step.path), placeholders.fill(step.text ?? ""));
    else throw new Error(`unknown file step ${step.op}`);
  };
  for (const step of profile.setup ?? []) apply(step);
  const log: string[] = [];
  const abort = new AbortController();
  const server = startModelServer({
    argv: profile.flags.map((flag) => placeholders.fill(flag)),
    cwd: work,
    log: (line) => log.push(line),
    signal: abort.signal,
  });
  server.catch(() => {});
  return {
    placeholders,
    server,
    log,
    abort,
    grpcPort,
    restPort,
    apply,
    stop: async () => {
      abort.abort(new Error("the test is over"));
      await server.then(
        (running) => running.stop(200),
        () => {},
      );
      rmSync(work, { recursive: true, force: true });
    },
  };
}

export function readLines<T>(path: string): T[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}
