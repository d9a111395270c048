import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type RunningServer, startModelServer } from "@servable/model-server";

/** The docker client's place on PATH: hands its arguments and signals to the engine below, and says what that says. */
const CLIENT = `#!/usr/bin/env node
const { request } = require("node:http");
const call = (body, each) => {
  const one = request({ socketPath: process.env.STAND_IN_SOCKET, method: "POST", path: "/" }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (part) => {
      text += part;
      const lines = text.split("\\n");
      text = lines.pop();
      for (const line of lines) each(JSON.parse(line));
    });
  });
  one.end(JSON.stringify(body));
};
const key = process.pid + "-" + Date.now();
// Only an attached client passes signals on; others end.
if (process.argv[2] === "run")
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => call({ key, signal }, () => {}));
call({ key, argv: process.argv.slice(2) }, ({ out, err, exit, signal }) => {
  if (out !== undefined) process.stdout.write(out);
  if (err !== undefined) process.stderr.write(err);
  if (signal !== undefined) process.kill(process.pid, signal);
  if (exit !== undefined) process.exit(exit);
});
`;

/** What becomes of a \`docker run\`. */
export type Fate =
  /** The embedded model server serves, from the flags, mounts, ports and environment that were given. */
  | { readonly kind: "serves"; readonly pullsForMs?: number; readonly silent?: true }
  /** Docker refuses, with its own words. */
  | {
      readonly kind: "refused";
      readonly stderr: string;
      readonly afterMs?: number;
      readonly leavesContainer?: boolean;
    }
  /** The server says something and ends. */
  | { readonly kind: "exits"; readonly status: number; readonly log: string }
  /** The server says something and waits for ever, ports closed. */
  | { readonly kind: "hangs"; readonly log: string };

interface Container {
  readonly id: string;
  readonly argv: readonly string[];
  readonly image: string;
  readonly flags: readonly string[];
  readonly created: string;
  readonly passesSignals: boolean;
  readonly removesItself: boolean;
  log: string;
  server?: RunningServer;
  status?: number;
  readonly watchers: ((status: number) => void)[];
  readonly readers: ((text: string) => void)[];
}

export interface StandInEngine {
  /** To run the command with: PATH with the client first. */
  readonly env: Record<string, string>;
  /** Arguments of every docker command so far. */
  readonly calls: (readonly string[])[];
  /** Ids of the containers that are there, running or not. */
  containers(): readonly string[];
  /** Adds a container of somebody else. */
  addForeign(image: string, flags: readonly string[]): string;
  close(): Promise<void>;
}

const TAKES_VALUE = new Set(
  "-p -e --mount --name --restart --user --network --label --cpus --cpuset-cpus --memory --gpus".split(" "),
);

export interface EngineOptions {
  readonly removesInMs?: number;
  /** Clients of `docker rm` that a Ctrl-C reaches before they say anything. */
  readonly interruptedRemovals?: number;
  /** What `docker ps` says instead of an answer. */
  readonly refusesList?: string;
}

interface Parsed {
  readonly options: readonly (readonly [name: string, value: string])[];
  readonly image: string;
  readonly flags: readonly string[];
}

function parseRun(argv: readonly string[]): Parsed {
  const options: [string, string][] = [];
  let at = 1;
  for (; at < argv.length && argv[at]!.startsWith("-"); at++) {
    const name = argv[at]!;
    options.push([name, TAKES_VALUE.has(name) ? argv[++at]! : ""]);
  }
  return { options, image: argv[at]!, flags: argv.slice(at + 1) };
}

/** The arguments of the server, as the image's entrypoint passes them, with paths and ports of this machine. */
function serverArguments({ options, flags }: Parsed, scratch: string): string[] {
  const values = (name: string): string[] =>
    options.filter(([each]) => each === name).map(([, value]) => value);
  const environment = Object.fromEntries(
    values("-e").map((text) => text.split(/=(.*)/s) as [string, string]),
  );
  const { MODEL_NAME = "model", MODEL_BASE_PATH = "/models" } = environment;
  const mounts = values("--mount").map((text) => {
    const fields = Object.fromEntries(
      text.split(",").map((field) => field.split(/=(.*)/s) as [string, string]),
    );
    return [fields["target"]!, fields["source"]!] as const;
  });
  const published = new Map(
    values("-p").map((text) => text.split(":").slice(-2).reverse() as [string, string]),
  );
  const outside = (path: string): string => {
    for (const [target, source] of mounts) {
      if (path === target || path.startsWith(`${target}/`)) return source + path.slice(target.length);
    }
    return path;
  };
  const all = [
    "--port=8500",
    "--rest_api_port=8501",
    `--model_name=${MODEL_NAME}`,
    `--model_base_path=${MODEL_BASE_PATH}/${MODEL_NAME}`,
    ...flags,
  ].map((flag) => {
    const [, name, value] = /^--([a-z_]+)=(.*)$/s.exec(flag) ?? [];
    if (name === undefined || value === undefined) return flag;
    if (name === "model_config_file") {
      const text = readFileSync(outside(value), "utf8");
      const inside = text.replace(
        /base_path: "([^"]*)"/g,
        (_all, path: string) => `base_path: "${outside(path)}"`,
      );
      const path = join(scratch, "models.config");
      writeFileSync(path, inside);
      return `--model_config_file=${path}`;
    }
    return value.startsWith("/") ? `--${name}=${outside(value)}` : flag;
  });
  const last = (name: string): string =>
    all.findLast((flag) => flag.startsWith(`--${name}=`))!.split("=")[1]!;
  return [
    ...all,
    `--port=${published.get(last("port")) ?? 0}`,
    `--rest_api_port=${last("rest_api_port") === "0" ? 0 : (published.get(last("rest_api_port")) ?? 0)}`,
  ];
}

/** A stand-in for docker and its engine, which runs "containers" with the embedded model server. */
export async function startStandInEngine(fate: Fate, options: EngineOptions = {}): Promise<StandInEngine> {
  const scratch = mkdtempSync(join(tmpdir(), "servable-stand-in-"));
  const bin = join(scratch, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "docker"), CLIENT, { mode: 0o755 });
  const socket = join(scratch, "engine.sock");
  const calls: (readonly string[])[] = [];
  const containers = new Map<string, Container>();
  const attached = new Map<string, Container>();
  let made = 0;
  let interruptedRemovals = options.interruptedRemovals ?? 0;

  const make = (
    argv: readonly string[],
    image: string,
    flags: readonly string[],
    created = new Date(),
  ): Container => {
    const container: Container = {
      id: (++made).toString(16).padStart(64, "c"),
      argv,
      image,
      flags,
      created: created.toISOString(),
      passesSignals: argv.includes("--init"),
      removesItself: argv.includes("--rm"),
      log: "",
      watchers: [],
      readers: [],
    };
    containers.set(container.id, container);
    return container;
  };
  const say = (container: Container, text: string): void => {
    container.log += text;
    for (const reader of container.readers) reader(text);
  };
  const end = async (container: Container, status: number): Promise<void> => {
    if (container.status !== undefined) return;
    container.status = status;
    await container.server?.stop();
    if (container.removesItself) containers.delete(container.id);
    for (const watcher of container.watchers) watcher(status);
  };
  const live = async (container: Container, parsed: Parsed): Promise<void> => {
    if (fate.kind === "exits") {
      say(container, fate.log);
      await end(container, fate.status);
    } else if (fate.kind === "hangs") say(container, fate.log);
    else {
      container.server = await startModelServer({
        argv: serverArguments(parsed, scratch),
        cwd: scratch,
        log: (line) => ("silent" in fate && fate.silent) || say(container, `${line}\n`),
      });
      if (container.status !== undefined) await container.server.stop();
    }
  };

  const commands: Record<string, (argv: readonly string[], key: string, answer: Answer) => Promise<void>> = {
    run: async (argv, key, answer) => {
      const parsed = parseRun(argv);
      if (fate.kind === "refused") {
        if (fate.leavesContainer === true) make(argv, parsed.image, parsed.flags);
        await new Promise((resolve) => setTimeout(resolve, fate.afterMs ?? 0));
        answer({ err: fate.stderr, exit: 125 });
        return;
      }
      if (fate.kind === "serves" && fate.pullsForMs !== undefined) {
        answer({
          err: `Unable to find image '${parsed.image}' locally\n2.17.1: Pulling from tensorflow/serving\n`,
        });
        await new Promise((resolve) => setTimeout(resolve, fate.pullsForMs));
        answer({ err: `Status: Downloaded newer image for ${parsed.image}\n` });
      }
      const container = make(argv, parsed.image, parsed.flags);
      if (argv.includes("--detach")) {
        answer({ out: `${container.id}\n`, exit: 0 });
      } else {
        attached.set(key, container);
        container.readers.push((text) => answer({ err: text }));
        container.watchers.push((status) => answer({ exit: status }));
      }
      await live(container, parsed);
    },
    wait: async ([, id], _key, answer) => {
      const container = containers.get(id ?? "");
      if (container === undefined) answer({ err: `Error: No such container: ${id}\n`, exit: 1 });
      else if (container.status !== undefined) answer({ out: `${container.status}\n`, exit: 0 });
      else container.watchers.push((status) => answer({ out: `${status}\n`, exit: 0 }));
    },
    logs: async ([, , id], _key, answer) => {
      const container = containers.get(id ?? "");
      if (container === undefined) return answer({ err: `Error: No such container: ${id}\n`, exit: 1 });
      answer({ err: container.log });
      container.readers.push((text) => answer({ err: text }));
      container.watchers.push(() => answer({ exit: 0 }));
    },
    rm: async (argv, _key, answer) => {
      if (interruptedRemovals-- > 0) return answer({ signal: "SIGINT" });
      await new Promise((resolve) => setTimeout(resolve, options.removesInMs ?? 0));
      // A client that has been ended takes its request back.
      if (answer.gone()) return;
      for (const id of argv.slice(1).filter((word) => !word.startsWith("-"))) {
        const container = containers.get(id);
        if (container === undefined) return answer({ err: `Error: No such container: ${id}\n`, exit: 1 });
        await end(container, 137);
        containers.delete(id);
      }
      answer({ exit: 0 });
    },
    ps: async (_argv, _key, answer) => {
      if (options.refusesList !== undefined) answer({ err: `${options.refusesList}\n`, exit: 1 });
      else answer({ out: `${[...containers.keys()].join("\n")}\n`, exit: 0 });
    },
    inspect: async (argv, _key, answer) => {
      const lines = argv
        .flatMap((id) => containers.get(id) ?? [])
        .map(
          ({ id, created, image, flags, server }) =>
            `${id}\t${created}\t${server !== undefined}\t${image}\t${JSON.stringify(flags)}\n`,
        );
      answer({ out: lines.join(""), exit: 0 });
    },
  };

  const server: Server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      const { key, argv, signal } = JSON.parse(text) as { key: string; argv?: string[]; signal?: string };
      const answer = answering(response);
      if (argv === undefined) {
        const container = attached.get(key);
        if (container?.passesSignals === true) void end(container, signal === "SIGINT" ? 130 : 143);
        answer({ exit: 0 });
        return;
      }
      calls.push(argv);
      const command = commands[argv[0] ?? ""];
      if (command === undefined) answer({ err: `docker: unknown command: ${argv[0]}\n`, exit: 1 });
      else
        void command(argv, key, answer).catch((error: unknown) => answer({ err: String(error), exit: 125 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    env: {
      PATH: `${bin}:${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
      STAND_IN_SOCKET: socket,
    },
    calls,
    containers: () => [...containers.keys()],
    addForeign: (image, flags) => make(["run"], image, flags, new Date(Date.now() - 50)).id,
    close: async () => {
      for (const container of containers.values()) await end(container, 137);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

interface Answer {
  (line: {
    readonly out?: string;
    readonly err?: string;
    readonly exit?: number;
    /** Ends the client as a signal from the terminal would. */
    readonly signal?: NodeJS.Signals;
  }): void;
  /** Whether nobody waits for it any more. */
  gone(): boolean;
}

function answering(response: ServerResponse): Answer {
  response.flushHeaders();
  const answer = (line: Parameters<Answer>[0]): void => {
    if (response.writableEnded) return;
    response.write(`${JSON.stringify(line)}\n`);
    if (line.exit !== undefined || line.signal !== undefined) response.end();
  };
  return Object.assign(answer, { gone: () => response.destroyed });
}
