import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the docker client asks an engine to create: the command line as its own parser read it. */
export interface CreateRequest {
  readonly name: string | null;
  readonly Image: string;
  readonly Cmd: readonly string[] | null;
  readonly Env: readonly string[] | null;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly User: string;
  readonly HostConfig: {
    readonly AutoRemove: boolean;
    readonly Init: boolean | null;
    readonly Binds: readonly string[] | null;
    readonly Mounts?: readonly {
      readonly Type: string;
      readonly Source: string;
      readonly Target: string;
      readonly ReadOnly?: boolean;
    }[];
    readonly PortBindings: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[]>> | null;
    readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
    readonly NetworkMode: string;
    readonly NanoCpus: number;
    readonly Memory: number;
    readonly CpusetCpus: string;
    readonly DeviceRequests:
      | readonly {
          readonly Count: number;
          readonly DeviceIDs: readonly string[] | null;
          readonly Capabilities: readonly (readonly string[])[];
        }[]
      | null;
  };
}

export interface RecordingEngine {
  /** Runs the real docker client on these arguments and gives what it asked for, or its complaint. */
  asked(argv: readonly string[]): Promise<{ readonly request?: CreateRequest; readonly stderr: string }>;
  close(): Promise<void>;
}

/** An engine that refuses every container, but keeps what was asked: nothing is run, pulled or made. */
export async function startRecordingEngine(): Promise<RecordingEngine> {
  const folder = mkdtempSync(join(tmpdir(), "servable-engine-"));
  const socket = join(folder, "docker.sock");
  let last: CreateRequest | undefined;
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://engine");
    response.setHeader("Api-Version", "1.41");
    response.setHeader("Content-Type", "application/json");
    if (url.pathname === "/_ping") return void response.end("OK");
    if (!url.pathname.endsWith("/containers/create")) {
      response.statusCode = 404;
      return void response.end(JSON.stringify({ message: "not here" }));
    }
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(parts).toString("utf8")) as CreateRequest;
      last = { ...body, name: url.searchParams.get("name") };
      response.statusCode = 500;
      response.end(JSON.stringify({ message: "recorded" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    asked: (argv) =>
      new Promise((resolve, reject) => {
        last = undefined;
        const child = spawn("docker", argv, {
          stdio: ["ignore", "ignore", "pipe"],
          env: {
            PATH: process.env["PATH"],
            HOME: folder,
            DOCKER_CONFIG: folder,
            DOCKER_HOST: `unix://${socket}`,
          },
        });
        let stderr = "";
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          stderr += text;
        });
        child.once("error", reject);
        child.once("close", () => resolve({ ...(last === undefined ? {} : { request: last }), stderr }));
      }),
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
