import { UserError } from "@servable/diagnostics";

/** What docker's own failures mean for the spec: a text of the client or the engine, and what to do. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [
    /Cannot connect to the Docker daemon|error during connect|failed to connect to the docker API/i,
    "start the Docker engine, or verify on the embedded server: `servable verify` without --with",
  ],
  [
    /permission denied while trying to connect/i,
    "your user may not talk to the engine: add it to the group docker, or use a rootless engine",
  ],
  [
    /port is already allocated|address already in use/i,
    "another process or container has that port: stop it, or set another ports.….published in the spec",
  ],
  [
    /The container name .* is already in use/i,
    "a container of that name is there already: `docker rm` it, or change docker.name in the spec",
  ],
  [
    /bind source path does not exist|no such file or directory.*mount/i,
    "the engine does not see that folder: the model's path is wrong, or the engine runs on another machine",
  ],
  [
    /could not select device driver .*gpu|nvidia/i,
    "the engine has no NVIDIA runtime: install the NVIDIA Container Toolkit, or use a profile without GPUs",
  ],
  [
    /manifest unknown|not found: manifest|pull access denied|repository does not exist|requested access to the resource is denied/i,
    "there is no such image, or it needs `docker login`: see server.version and server.image in the spec",
  ],
  [
    /no such host|Client\.Timeout|TLS handshake timeout|connection refused|network is unreachable/i,
    "the image is not on this machine and its registry can't be reached: `docker pull` it first, or `docker load` it",
  ],
  [/network .* not found/i, "make that network first (`docker network create`), or change docker.network"],
  [/unknown (?:shorthand )?flag|invalid argument/i, "docker.extraArgs holds what this docker does not know"],
  [
    /exec: .*(?:no such file or directory|executable file not found|permission denied)/i,
    "the image has no entrypoint that starts tensorflow_model_server: is it one of TensorFlow Serving's?",
  ],
];

const firstLine = (text: string): string => {
  const lines = text.split("\n").map((line) => line.trim());
  const line = lines.find((each) => /^docker: /.test(each)) ?? lines.find((each) => each !== "") ?? "";
  return line.replace(/^docker: (?:Error response from daemon: )?/, "");
};

/** Docker did not run the container. `text` is what it said. */
export function explainRefusal(status: number, text: string): UserError {
  const known = REFUSALS.find(([pattern]) => pattern.test(text));
  return new UserError("docker-refused", `docker run failed with status ${status}: ${firstLine(text)}`, {
    hint: known?.[1] ?? "`servable generate --print docker-argv` shows what was run",
  });
}

/** Whether docker refused because another has the port or the name. */
export function isTaken(reason: UserError): boolean {
  return reason.code === "docker-refused" && /already (?:allocated|in use)/i.test(reason.message);
}

/** The same refusal, with the containers named that may be the cause: of the same image and flags, from before. */
export function besideLeftovers(
  reason: UserError,
  leftovers: readonly { readonly id: string; readonly created: Date }[],
): UserError {
  if (leftovers.length === 0) return reason;
  const named = leftovers.map(({ id, created }) => `${id.slice(0, 12)} (made at ${created.toISOString()})`);
  const ids = leftovers.map(({ id }) => id.slice(0, 12)).join(" ");
  const same =
    named.length === 1
      ? `container ${named[0]} has the same image and flags: if a verify that was killed left it`
      : `containers ${named.join(", ")} have the same image and flags: if verifies that were killed left them`;
  return new UserError(reason.code, reason.message, {
    hint: `${reason.hint === undefined ? "" : `${reason.hint}; `}${same}, \`docker rm --force ${ids}\``,
  });
}

/** Statuses of a server that ends by itself (docker-and-deploy, E10). */
const STATUSES: Readonly<Record<number, string>> = {
  0: "is the image one of TensorFlow Serving's? its server runs until it is stopped",
  132: "illegal instruction: the binary was built for another CPU (the stock image needs AVX)",
  134: "the server aborted: `servable check` knows the values that make it do so",
  137: "killed: by the memory limit (resources.memoryMiB), or by someone else",
  139: "the server crashed: see the last lines of its log",
  255: "the server refused its configuration: see its log, and `servable check`",
};

/** The container ended although nobody stopped it. */
export function explainStatus(status: number): UserError {
  return new UserError("container-ended", `the container ended by itself with status ${status}`, {
    hint: STATUSES[status] ?? "see the last lines of its log",
    exitCode: 3,
  });
}
