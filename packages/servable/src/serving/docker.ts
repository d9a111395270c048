import { type ChildProcess, spawn } from "node:child_process";
import type { ResolvedPort, ResolvedSpec } from "@servable/config-schema";
import { type DockerFolders, dockerArgv, serverArgv } from "@servable/deploy-gen";
import { UserError } from "@servable/diagnostics";
import type { Context } from "../cli/context.ts";
import { INTERRUPTING_SIGNALS } from "../cli/interruption.ts";
import { besideLeftovers, explainRefusal, explainStatus, isTaken } from "./docker-errors.ts";

/** Lines of a container's log that are kept. */
const LOG_LINES = 400;
const LINE_LENGTH = 4000;
/** How long a container may take to end by itself once it was told to. */
const GRACE_MS = 5000;
/** Without a word from docker after this long, the image was at hand and the container starts. */
const QUIET_MS = 1000;

interface Finished {
  readonly code: number | null;
  /** What ended it, where nothing of its own did. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One `docker` command that is waited for; what the terminal ends us by does not reach it unless it is to end with us. */
async function docker(
  context: Context,
  argv: readonly string[],
  { endsWithUs = false } = {},
): Promise<Finished> {
  const finished = await dockerOnce(context, argv, endsWithUs);
  // A signal between fork and the new process group reached it all the same; after that none can.
  const reached = INTERRUPTING_SIGNALS.some((name) => name === finished.signal);
  return reached && !endsWithUs ? dockerOnce(context, argv, endsWithUs) : finished;
}

function dockerOnce(context: Context, argv: readonly string[], endsWithUs: boolean): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn("docker", argv, {
      stdio: ["ignore", "pipe", "pipe"],
      env: context.env,
      detached: !endsWithUs,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", (error) => resolve({ code: null, signal: null, stdout, stderr: error.message }));
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The last lines of what a process says. */
class Tail {
  readonly #lines: string[] = [];
  #open = "";

  /** Gives the lines that are now complete. */
  add(text: string): readonly string[] {
    const lines = (this.#open + text).split("\n");
    this.#open = (lines.pop() ?? "").slice(0, LINE_LENGTH);
    for (const line of lines) this.#lines.push(line.slice(0, LINE_LENGTH));
    this.#lines.splice(0, Math.max(0, this.#lines.length - LOG_LINES));
    return lines;
  }

  text(): string {
    return [...this.#lines, ...(this.#open === "" ? [] : [this.#open])].join("\n");
  }
}

/** A container that was started from the generated `docker run`. */
export interface Container {
  /** Resolves when docker has the image and starts the container; a missing image is pulled first. */
  readonly started: Promise<void>;
  /** Resolves once the container is known to run: what was answered before may have come from another server. */
  running(): Promise<void>;
  /** Resolves when the container has ended by itself, or was never made: why, as an error to throw. */
  readonly ended: Promise<UserError>;
  /** The last lines of its log. */
  log(): string;
  /** Stops and removes it. Never throws; gives a line about what is left behind, if anything is. */
  remove(): Promise<string | undefined>;
  /** Why there is no container, naming those of the same spec that are in its way. */
  withLeftovers(reason: UserError): Promise<UserError>;
}

/** Where a container of this spec is reached from this machine. @throws UserError where no port is published */
export function publishedTargets(resolved: ResolvedSpec): {
  readonly grpc?: string;
  readonly rest?: string;
} {
  const onHost = resolved.docker?.network === "host";
  const at = (port: ResolvedPort | undefined): string | undefined => {
    const number = onHost ? port?.container : port?.published;
    if (port === undefined || number === undefined) return undefined;
    const { address } = port;
    const anywhere = onHost || address === undefined || address === "0.0.0.0" || address === "::";
    const host = anywhere ? "127.0.0.1" : address.includes(":") ? `[${address}]` : address;
    return `${host}:${number}`;
  };
  const grpc = at(resolved.ports.grpc);
  const rest = at(resolved.ports.rest);
  if (grpc === undefined && rest === undefined) {
    throw new UserError("no-port", "the spec publishes no port, so the container can't be reached", {
      hint: "set ports.grpc.published or ports.rest.published, in a profile if the deployment has none",
    });
  }
  return {
    ...(grpc === undefined ? {} : { grpc }),
    ...(rest === undefined ? {} : { rest: `http://${rest}` }),
  };
}

/**
 * Runs the generated `docker run`, word for word: what is verified is what will be deployed. Without `--detach` the docker
 * client stays attached, its output is the log, and signals sent to it reach the container.
 * @throws UserError where docker is missing
 */
export async function startContainer(
  context: Context,
  resolved: ResolvedSpec,
  folders: DockerFolders,
): Promise<Container> {
  const argv = dockerArgv(resolved, folders);
  // The generator puts these first, before anything that the user chose.
  const detached = argv[1] === "--detach";
  const removesItself = argv.slice(1, 3).includes("--rm");
  const passesSignals = argv.slice(1, 4).includes("--init");
  const started = new Date();
  // A process group of its own: Ctrl-C on the terminal is for us, who then stop the container in order.
  const child = spawn("docker", argv, {
    stdio: ["ignore", "pipe", "pipe"],
    env: context.env,
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      reject(
        new UserError(
          "no-docker",
          missing ? "docker is not installed, or not on PATH" : `docker can't be started: ${error.message}`,
          { hint: "install it, or verify on the embedded server: `servable verify` without --with" },
        ),
      );
    });
  });
  const tail = new Tail();
  const said = { stdout: "", stderr: "" };
  let imageAtHand = (): void => undefined;
  let pulling = false;
  const image = new Promise<void>((resolve) => {
    const quiet = setTimeout(() => pulling || resolve(), QUIET_MS);
    imageAtHand = () => {
      clearTimeout(quiet);
      resolve();
    };
  });
  const closed = new Promise<number>((resolve) => {
    child.once("close", (code) => {
      imageAtHand();
      resolve(code ?? 1);
    });
  });
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] = (said[name] + text).slice(-LINE_LENGTH);
      for (const line of tail.add(text)) {
        if (/^Unable to find image .* locally$/.test(line)) {
          pulling = true;
          context.err(`${context.errPaint.dim("docker pulls the image")}\n`);
        } else if (!pulling || line.startsWith("Status: ")) imageAtHand();
      }
    });
  }
  const withLeftovers = async (reason: UserError): Promise<UserError> =>
    isTaken(reason)
      ? besideLeftovers(reason, await sameContainers(context, resolved, ({ created }) => created < started))
      : reason;
  if (detached) {
    const id = closed.then((code) => (code === 0 ? said.stdout.trim().split("\n").at(-1) : undefined));
    return { ...detachedContainer({ context, resolved, started, child, closed, said, id }), withLeftovers };
  }
  const ours = (container: Found): boolean => container.running && container.created >= started;
  return {
    withLeftovers,
    started: image,
    running: async () => {
      // A server logs as it starts; one that is made to be silent is asked after.
      while (tail.text() === "" && child.exitCode === null) {
        if ((await sameContainers(context, resolved, ours)).length > 0) return;
        await pause(200);
      }
    },
    ended: closed.then((code) => endOf(code, tail.text())),
    log: () => tail.text(),
    remove: async () => {
      if (removesItself && passesSignals && child.exitCode === null) {
        child.kill("SIGTERM");
        await Promise.race([closed, pause(GRACE_MS)]);
      }
      // What does not remove itself, restarts by itself, or did not end.
      if (removesItself && child.exitCode !== null) return undefined;
      const left = await removeOurs(context, resolved, started);
      if (child.exitCode === null) {
        await Promise.race([closed, pause(GRACE_MS)]);
        if (child.exitCode === null) child.kill("SIGKILL");
      }
      return left;
    },
  };
}

interface Detached {
  readonly context: Context;
  readonly resolved: ResolvedSpec;
  readonly started: Date;
  readonly child: ChildProcess;
  readonly closed: Promise<number>;
  readonly said: { readonly stderr: string };
  readonly id: Promise<string | undefined>;
}

/** A container behind a docker client that has gone: its log and its end are asked for. */
function detachedContainer({
  context,
  resolved,
  started,
  child,
  closed,
  said,
  id,
}: Detached): Omit<Container, "withLeftovers"> {
  const tail = new Tail();
  const helpers: ChildProcess[] = [];
  const ended = (async (): Promise<UserError> => {
    const code = await closed;
    const container = await id;
    if (container === undefined) return endOf(code === 0 ? 1 : code, said.stderr);
    const follow = spawn("docker", ["logs", "--follow", container], {
      stdio: ["ignore", "pipe", "pipe"],
      env: context.env,
    });
    follow.once("error", () => undefined);
    for (const stream of [follow.stdout, follow.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => tail.add(text));
    }
    helpers.push(follow);
    const { code: waited, stdout } = await docker(context, ["wait", container], { endsWithUs: true });
    const status = Number.parseInt(stdout, 10);
    // A docker that can't wait says nothing about the container.
    if (waited !== 0 || Number.isNaN(status)) return new Promise<UserError>(() => undefined);
    await pause(200);
    return endOf(status, tail.text());
  })();
  return {
    started: closed.then(() => undefined),
    running: async () => undefined,
    ended,
    log: () => tail.text(),
    remove: async () => {
      if (child.exitCode === null) {
        // Still pulling: no container is there yet.
        child.kill("SIGINT");
        await Promise.race([closed, pause(GRACE_MS)]);
      }
      const container = await Promise.race([id, pause(0)]);
      let left: string | undefined;
      if (typeof container === "string") {
        left = await removeContainer(context, container);
      } else left = await removeOurs(context, resolved, started);
      for (const helper of helpers) helper.kill();
      return left;
    },
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** 125 is docker's own failure, 126 and 127 those of the command in the container; others are the server's. */
function endOf(status: number, log: string): UserError {
  return status === 125 || status === 126 || status === 127
    ? explainRefusal(status, log)
    : explainStatus(status);
}

interface Found {
  readonly id: string;
  readonly created: Date;
  readonly running: boolean;
}

/** The containers, running or not, of the same image and flags (and name) that were created when asked for. */
async function sameContainers(
  context: Context,
  resolved: ResolvedSpec,
  wanted: (container: Found) => boolean,
  onFailure: (why: string) => void = () => undefined,
): Promise<readonly Found[]> {
  const name = resolved.docker?.name;
  const listed = await docker(context, [
    ...["ps", "--all", "--no-trunc", "--quiet"],
    ...(name === undefined ? [] : ["--filter", `name=^/?${name.replaceAll(".", "\\.")}$`]),
  ]);
  if (listed.code !== 0) onFailure(failureOf("docker ps", listed));
  const ids = listed.stdout.split("\n").filter((id) => id !== "");
  if (ids.length === 0) return [];
  const flags = JSON.stringify(serverArgv(resolved, { hostPaths: false }));
  const seen = await docker(context, [
    "inspect",
    "--format",
    "{{.Id}}\t{{.Created}}\t{{.State.Running}}\t{{.Config.Image}}\t{{json .Config.Cmd}}",
    ...ids,
  ]);
  return seen.stdout.split("\n").flatMap((line) => {
    const [id = "", created = "", running, image = "", command = ""] = line.split("\t");
    if (id === "" || image !== resolved.image.reference) return [];
    if (JSON.stringify(commandOf(command)) !== flags) return [];
    const found = { id, created: new Date(created), running: running === "true" };
    return wanted(found) ? [found] : [];
  });
}

/**
 * Removes the container that our `docker run` made, which has no id that we know of. Somebody's container of a moment ago
 * is not ours, however like it is.
 */
async function removeOurs(
  context: Context,
  resolved: ResolvedSpec,
  started: Date,
): Promise<string | undefined> {
  const left: string[] = [];
  const ours = await sameContainers(
    context,
    resolved,
    ({ created }) => created >= started,
    (why) => left.push(why),
  );
  for (const { id } of ours) {
    const why = await removeContainer(context, id);
    if (why !== undefined) left.push(why);
  }
  return left.length === 0 ? undefined : left.join("; ");
}

/** Stops and removes one container, running or not. Gives why it could not. */
async function removeContainer(context: Context, id: string): Promise<string | undefined> {
  const finished = await docker(context, ["rm", "--force", "--volumes", id]);
  const gone = finished.code === 0 || /No such container|already in progress/i.test(finished.stderr);
  return gone ? undefined : failureOf("docker rm", finished);
}

/** What a docker command that failed says, or how it ended where it says nothing. */
function failureOf(command: string, { stderr, code, signal }: Finished): string {
  return stderr.trim() || `${command} ended with ${signal ?? `status ${code}`} and no word`;
}

function commandOf(json: string): readonly string[] {
  try {
    return (JSON.parse(json) as readonly string[] | null) ?? [];
  } catch {
    return [];
  }
}
