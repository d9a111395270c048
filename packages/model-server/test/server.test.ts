import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { fixture } from "@servable/test-fixtures";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningServer, ServerStartError, startModelServer } from "../src/index.ts";
import { sendRaw } from "./harness/raw-rest.ts";

const HALF = fixture("models", "half_plus_two_versions");

let folder = "";
let server: RunningServer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "servable-server-"));
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(...flags: string[]): Promise<RunningServer> {
  server = await startModelServer({ argv: ["--port=0", "--rest_api_port=0", ...flags], cwd: folder });
  return server;
}

async function rest(method: string, path: string, body?: string): Promise<{ status: number; body: string }> {
  const got = await sendRaw(server?.restPort ?? 0, { method, path, ...(body === undefined ? {} : { body }) });
  return { status: got.status, body: got.body.toString() };
}

describe("model server", () => {
  it("serves the newest version over REST and gRPC", async () => {
    const running = await start("--model_name=half", `--model_base_path=${HALF}`);
    expect(running.models()).toEqual([{ name: "half", versions: [20240131n] }]);
    expect(await rest("POST", "/v1/models/half:predict", '{"instances":[1,2,5]}')).toEqual({
      status: 200,
      body: '{\n    "predictions": [5.5, 6.0, 7.5\n    ]\n}',
    });
    const client = new Client(`127.0.0.1:${running.grpcPort}`, credentials.createInsecure());
    const bytes = (buffer: Buffer): Buffer => buffer;
    const tensor = Buffer.from("0801" + "1200" + "2a040000003f", "hex");
    const entry = Buffer.concat([Buffer.from("0a017812", "hex"), Buffer.of(tensor.length), tensor]);
    const request = Buffer.concat([Buffer.from("0a060a0468616c6612", "hex"), Buffer.of(entry.length), entry]);
    const reply = await new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(
        "/tensorflow.serving.PredictionService/Predict",
        bytes,
        bytes,
        request,
        new Metadata(),
        {},
        (error, value) => {
          if (error !== null) reject(error);
          else resolve(value ?? Buffer.alloc(0));
        },
      );
    });
    client.close();
    expect(reply.readFloatLE(reply.indexOf(Buffer.from("2a04", "hex")) + 2)).toBeCloseTo(5.25);
  });

  it("answers old HTTP versions in kind, except that error pages are HTTP/1.1", async () => {
    const running = await start("--model_name=half", `--model_base_path=${HALF}`);
    const first = (request: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = "";
        const socket = connect(running.restPort ?? 0, "127.0.0.1", () => socket.write(request));
        socket.on("data", (data) => {
          text += data.toString("latin1");
        });
        socket.on("close", () => resolve(text));
        socket.on("error", reject);
      });
    for (const version of ["1.0", "0.9"]) {
      const status = await first(`GET /v1/models/half HTTP/${version}\r\n\r\n`);
      expect(status).toMatch(new RegExp(`^HTTP/${version} 200 OK\r\nContent-Type: application/json\r\n\r\n`));
      const page = await first(`GET /nothing HTTP/${version}\r\n\r\n`);
      expect(page).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
      expect(page).toContain("Content-Length: 90");
    }
  });

  it("takes a config file with policies and labels", async () => {
    writeFileSync(
      join(folder, "models.config"),
      `model_config_list { config { name: "h" base_path: "${HALF}" model_platform: "tensorflow"
         model_version_policy { specific { versions: 1 versions: 10 } } version_labels { key: "old" value: 1 } } }`,
    );
    const running = await start(
      "--model_config_file=models.config",
      "--allow_version_labels_for_unavailable_models=true",
    );
    expect(running.models()).toEqual([{ name: "h", versions: [10n, 1n] }]);
    expect((await rest("POST", "/v1/models/h/labels/old:predict", '{"instances":[1]}')).body).toContain(
      "2.5",
    );
    expect(await rest("POST", "/v1/models/h/labels/none:predict", '{"instances":[1]}')).toMatchObject({
      status: 400,
    });
  });

  it("loads a new version before the old one goes", async () => {
    const base = join(folder, "m");
    cpSync(join(HALF, "1"), join(base, "1"), { recursive: true });
    const running = await start(
      "--model_name=m",
      `--model_base_path=${base}`,
      "--file_system_poll_wait_seconds=1",
    );
    cpSync(join(HALF, "2"), join(folder, "2"), { recursive: true });
    cpSync(join(folder, "2"), join(base, "2"), { recursive: true });
    const seen: string[] = [];
    for (const until = Date.now() + 10_000; Date.now() < until; ) {
      const versions = running.models()[0]?.versions.join() ?? "none";
      if (seen.at(-1) !== versions) seen.push(versions);
      if (versions === "2") break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(seen.at(-1)).toBe("2");
    expect(seen).not.toContain("none");
  });

  it("waits for a base path that is missing, saying so, until it is told to stop", async () => {
    const log: string[] = [];
    const abort = new AbortController();
    const starting = startModelServer({
      argv: ["--port=0", "--model_name=m", `--model_base_path=${folder}/none`],
      log: (line) => log.push(line),
      signal: abort.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(log.join("\n")).toContain(
      `Could not find base path ${folder}/none for servable m with error NOT_FOUND`,
    );
    abort.abort(new Error("enough"));
    await expect(starting).rejects.toThrow("enough");
  });

  it("starts once the missing path is there", async () => {
    const starting = start(
      "--model_name=m",
      `--model_base_path=${folder}/late`,
      "--file_system_poll_wait_seconds=1",
    );
    cpSync(join(HALF, "1"), join(folder, "late", "1"), { recursive: true });
    expect((await starting).models()).toEqual([{ name: "m", versions: [1n] }]);
  });

  it.each([
    [
      [],
      "INVALID_ARGUMENT: Both server_options.model_base_path and server_options.model_config_file are empty!",
    ],
    [
      ["--model_base_path=rel"],
      "INVALID_ARGUMENT: Expected model default to have an absolute path or URI; got base_path()=rel",
    ],
    [["--model_config_file=none"], "NOT_FOUND: none; No such file or directory"],
  ])("refuses %j with the server's line and status 255", async (flags, text) => {
    const lines: string[] = [];
    const starting = startModelServer({
      argv: flags,
      cwd: folder,
      log: (line, stream) => {
        if (stream === "stdout") lines.push(line);
      },
    });
    await expect(starting).rejects.toMatchObject({ kind: "exits", exitCode: 255 });
    await expect(starting).rejects.toBeInstanceOf(ServerStartError);
    expect(lines).toEqual([`Failed to start server. Error: ${text}`]);
  });

  it.each([
    [["--tensorflow_session_parallelism=-1"], "", -1],
    [["--tensorflow_intra_op_parallelism=-2", "--tensorflow_inter_op_parallelism=1"], "", -2],
    [["--tensorflow_session_config_file=text"], "session_inter_op_thread_pool { num_threads: -3 }", -3],
    [
      ["--platform_config_file=text"],
      'platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { session_config { intra_op_parallelism_threads: -4 } } } } } }',
      -4,
    ],
  ])("aborts at the first load with %j and %j", async (flags, text, threads) => {
    const cwd = mkdtempSync(join(tmpdir(), "servable-threads-"));
    try {
      writeFileSync(join(cwd, "text"), text);
      const base = fixture("models", "half_plus_two_versions");
      const starting = startModelServer({
        argv: [`--model_base_path=${base}`, ...flags],
        cwd,
        log: () => {},
      });
      await expect(starting).rejects.toMatchObject({
        kind: "aborts",
        message: expect.stringContaining(`Check failed: num_threads >= 1 (1 vs. ${threads})`),
      });
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  });

  it("says that the gRPC port is taken", async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen({ port: 0, host: "0.0.0.0" }, () => {
        const address = taken.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const starting = startModelServer({ argv: [`--port=${port}`, `--model_base_path=${HALF}`] });
    await expect(starting).rejects.toMatchObject({ kind: "exits", exitCode: 255 });
    await new Promise((resolve) => taken.close(resolve));
  });

  it("a broken version is named after the retries", async () => {
    mkdirSync(join(folder, "m", "1"), { recursive: true });
    writeFileSync(join(folder, "m", "1", "saved_model.pb"), "");
    const starting = startModelServer({
      argv: ["--port=0", "--model_name=m", `--model_base_path=${folder}/m`, "--max_num_load_retries=0"],
    });
    await expect(starting).rejects.toThrow(
      /1 servable\(s\) did not become available: \{\{\{name: m version: 1\} due to error: NOT_FOUND/,
    );
  });

  it("bytes that are no HTTP neither crash nor hang it", async () => {
    const running = await start("--model_name=half", `--model_base_path=${HALF}`);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        await new Promise<void>((resolve) => {
          const socket = connect({ port: running.restPort ?? 0, host: "127.0.0.1" }, () => socket.end(bytes));
          socket.on("error", () => resolve());
          socket.on("close", () => resolve());
          socket.resume();
        });
      }),
      { numRuns: 60 },
    );
    expect((await rest("GET", "/v1/models/half")).status).toBe(200);
  });

  it("answers pipelined requests in order", async () => {
    const running = await start("--model_name=half", `--model_base_path=${HALF}`);
    const request = (value: number): string => {
      const body = `{"instances":[${value}]}`;
      return `POST /v1/models/half:predict HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const got = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connect({ port: running.restPort ?? 0, host: "127.0.0.1" }, () => {
        socket.write([0, 2, 4].map(request).join(""));
      });
      socket.on("data", (data: Buffer) => {
        text += data.toString();
        if (text.match(/predictions/g)?.length === 3) {
          socket.destroy();
          resolve(text);
        }
      });
    });
    expect([...got.matchAll(/\[([\d.]+)\n/g)].map((match) => match[1])).toEqual(["5.0", "6.0", "7.0"]);
  });
});
