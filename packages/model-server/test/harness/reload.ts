import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { schemas } from "@servable/protos/text-schema";
import { WireWriter } from "@servable/tensors";
import { encode, parse, read } from "@servable/text-proto";
import { startModelServer } from "../../src/index.ts";
import { STATUS_CODES, type StatusCode } from "../../src/status.ts";
import { callPredict, modelVersions, PREDICT } from "./model-requests.ts";
import type { OfficialMessages } from "./official-messages.ts";
import { freePorts, Placeholders } from "./profile-server.ts";
import { type GrpcResponse, RawGrpcClient } from "./raw-grpc.ts";
import { sendRaw } from "./raw-rest.ts";
import { type FileEntry, layOut } from "./startup.ts";

interface VersionState {
  readonly name: string;
  readonly version?: number;
  readonly state?: string;
  readonly error?: string;
  readonly message?: string;
  readonly error_code?: number;
  readonly error_message?: string;
}

interface ReloadStep {
  readonly reload?: string;
  readonly reload_raw?: string;
  readonly metrics?: readonly string[];
  readonly timeout?: number;
  readonly background?: number;
  readonly join?: number;
  readonly state?: readonly string[];
  readonly request?: {
    readonly predict?: {
      readonly name: string;
      readonly x?: readonly number[];
      readonly label?: string;
      readonly version?: number;
    };
    readonly rest?: readonly [string, string, string?];
  };
  readonly log?: string;
  readonly put?: readonly [string, FileEntry];
  readonly write?: readonly [string, string];
  readonly remove?: string;
  readonly move?: readonly [string, string];
  readonly sleep?: number;
  readonly alive?: unknown;
  readonly result?: unknown;
}

/** A recorded run of a server whose configuration or models change. */
export interface ReloadScenario {
  readonly id: string;
  readonly flags: readonly string[];
  readonly files: Readonly<Record<string, FileEntry>>;
  readonly steps: readonly ReloadStep[];
}

/** What came out differently, in words; empty if nothing did. */
export async function replayReload(scenario: ReloadScenario, messages: OfficialMessages): Promise<string[]> {
  const run = new Run(scenario, messages);
  try {
    await run.start();
    for (const [index, step] of scenario.steps.entries()) {
      const kind = Object.keys(step).find((key) => key !== "result") ?? "";
      for (const text of await run.step(step)) run.differences.push(`step ${index} ${kind}: ${text}`);
    }
    return run.differences;
  } finally {
    await run.stop();
  }
}

class Run {
  readonly differences: string[] = [];
  private readonly scenario: ReloadScenario;
  private readonly messages: OfficialMessages;
  private readonly folder = mkdtempSync(join(tmpdir(), "servable-reload-"));
  private readonly log: string[] = [];
  private readonly abort = new AbortController();
  private starting: ReturnType<typeof startModelServer> | undefined;
  private fill: (text: string) => string = (text) => text;
  private client = new RawGrpcClient(0);
  private restPort = 0;
  private readonly background: Promise<GrpcResponse>[] = [];

  constructor(scenario: ReloadScenario, messages: OfficialMessages) {
    this.scenario = scenario;
    this.messages = messages;
  }

  async start(): Promise<void> {
    const [port = 0, rest = 0] = await freePorts(2);
    const placeholders = new Placeholders({ DIR: this.folder, PORT: String(port), REST: String(rest) });
    this.fill = (text) => placeholders.fill(text);
    this.client = new RawGrpcClient(port);
    this.restPort = rest;
    layOut(this.folder, this.scenario.files, this.fill);
    this.starting = startModelServer({
      argv: this.scenario.flags.map(this.fill),
      cwd: this.folder,
      log: (line) => this.log.push(line),
      signal: this.abort.signal,
    });
    this.starting.catch(() => {});
    await Promise.race([this.starting.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 3000))]);
  }

  async stop(): Promise<void> {
    this.abort.abort(new Error("over"));
    await this.starting?.then(
      (server) => server.stop(100),
      () => {},
    );
    this.client.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async step(step: ReloadStep): Promise<string[]> {
    if (step.sleep !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, (step.sleep ?? 0) * 1000));
    } else if (step.write !== undefined) {
      const [name, text] = step.write;
      writeFileSync(join(this.folder, `${name}.new`), this.fill(text));
      renameSync(join(this.folder, `${name}.new`), join(this.folder, name));
    } else if (step.put !== undefined) {
      const [name, entry] = step.put;
      const aside = mkdtempSync(join(tmpdir(), "servable-put-"));
      layOut(aside, { entry }, this.fill);
      const target = join(this.folder, name).replace(/\/$/, "");
      mkdirSync(dirname(target), { recursive: true });
      // Whole at once, as a careful person publishes; over what is there if there is something.
      if (existsSync(target)) cpSync(join(aside, "entry"), target, { recursive: true });
      else renameSync(join(aside, "entry"), target);
      rmSync(aside, { recursive: true, force: true });
    } else if (step.remove !== undefined) {
      rmSync(join(this.folder, step.remove), { recursive: true, force: true });
    } else if (step.move !== undefined) {
      const [from, to] = step.move;
      renameSync(join(this.folder, from), join(this.folder, to));
    } else if (step.reload !== undefined || step.reload_raw !== undefined) {
      return this.reload(step);
    } else if (step.join !== undefined) {
      const response = await this.background.shift();
      return response === undefined ? ["nothing to wait for"] : compareStatus(response, step.result);
    } else if (step.state !== undefined) {
      return this.state(step.state, step.result as readonly VersionState[]);
    } else if (step.request !== undefined) {
      return this.request(step.request, step.result as Record<string, unknown>);
    } else if (step.log !== undefined) {
      return this.logged(step.result as readonly string[]);
    }
    return [];
  }

  private async reload(step: ReloadStep): Promise<string[]> {
    const request = new WireWriter();
    if (step.reload !== undefined) {
      const { message } = read(
        parse(this.fill(step.reload)),
        "tensorflow.serving.ModelServerConfig",
        schemas,
      );
      request.bytes(1, encode(message));
    }
    for (const name of step.metrics ?? []) request.string(2, name);
    const call = {
      service: "tensorflow.serving.ModelService",
      method: "HandleReloadConfigRequest",
      ...(step.timeout === undefined ? {} : { deadline_ms: step.timeout * 1000 }),
    };
    const answer = this.client.call(call, Buffer.from(request.finish()));
    if (step.background !== undefined) {
      this.background.push(answer);
      return [];
    }
    return compareStatus(await answer, step.result, this.fill);
  }

  private async state(names: readonly string[], wanted: readonly VersionState[]): Promise<string[]> {
    const until = Date.now() + 1500;
    for (;;) {
      const got: VersionState[] = [];
      for (const name of names) got.push(...(await this.versions(name)));
      const want = wanted.map((state) => ({
        ...state,
        ...(state.error_message === undefined ? {} : { error_message: this.fill(state.error_message) }),
      }));
      if (JSON.stringify(got) === JSON.stringify(want)) return [];
      if (Date.now() > until) return [`${JSON.stringify(want)}, but here ${JSON.stringify(got)}`];
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private async versions(name: string): Promise<VersionState[]> {
    const list = await modelVersions(this.client, this.messages, name);
    if ("code" in list) return [{ name, error: list.code, message: list.message }];
    return list.map(({ version = "0", state = "", status = {} }) => ({
      name,
      version: Number(version),
      state,
      ...(status.errorCode === undefined ? {} : { error_code: STATUS_CODES[status.errorCode as StatusCode] }),
      ...(status.errorMessage === undefined ? {} : { error_message: status.errorMessage }),
    }));
  }

  private async request(
    { predict, rest }: NonNullable<ReloadStep["request"]>,
    result: Readonly<Record<string, unknown>>,
  ): Promise<string[]> {
    if (rest !== undefined) {
      const [method, path, body] = rest;
      const got = await sendRaw(this.restPort, { method, path, ...(body === undefined ? {} : { body }) });
      return got.status === result["http"]
        ? []
        : [`${path}: ${String(result["http"])}, but here ${got.status}`];
    }
    if (predict === undefined) return [];
    const answer = await callPredict(this.client, { ...predict, x: predict.x ?? [1, 2, 5] });
    const differences = compareStatus(answer, result, this.fill);
    if (differences.length === 0 && answer.reply !== undefined) {
      const reply = this.messages.decode(PREDICT.service, PREDICT.method, answer.reply) as {
        outputs?: { y?: { floatVal?: number[] } };
        modelSpec?: { version?: string };
      };
      const wanted = result as { version?: number; outputs?: { y?: number[] } };
      const got = { version: Number(reply.modelSpec?.version), y: reply.outputs?.y?.floatVal };
      if (JSON.stringify(got) !== JSON.stringify({ version: wanted.version, y: wanted.outputs?.y })) {
        differences.push(`${JSON.stringify(result)}, but here ${JSON.stringify(got)}`);
      }
    }
    return differences;
  }

  private logged(lines: readonly string[]): string[] {
    const all = this.log.join("\n");
    return lines
      .map((line) =>
        this.fill(line)
          .replace(/^([EWIF]) (\S+?):\d+\] /, "")
          .replace(/^\[libprotobuf ERROR \S+\] (.*?): \d+:\d+: /, ""),
      )
      .filter((text) => !all.includes(text))
      .map((text) => `not logged: ${text}`);
  }
}

function compareStatus(
  got: GrpcResponse,
  result: unknown,
  fill: (text: string) => string = (text) => text,
): string[] {
  const { code, message = "" } = result as { code?: string; message?: string };
  if (code === undefined) return [];
  const shown = `${code} ${message}, but here ${got.code} ${got.message}`;
  if (got.code !== code) return [shown];
  // A client's own text for its deadline is not the server's.
  if (code === "DEADLINE_EXCEEDED" || got.message === fill(message)) return [];
  return [shown];
}
