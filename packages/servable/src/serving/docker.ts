import { spawn } from "node:child_process";
import { UserError } from "@servable/diagnostics";
import type { Context } from "../cli/context.ts";

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(argv: readonly string[], signal?: AbortSignal): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn("docker", argv, {
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal === undefined ? {} : { signal }),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", (error) => {
      reject(
        (error as NodeJS.ErrnoException).code === "ENOENT"
          ? new UserError("no-docker", "docker is not installed, or not on PATH", {
              hint: "install it, or verify on the embedded server: `servable verify` without --with",
            })
          : error,
      );
    });
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** A container that runs. */
export interface Container {
  readonly id: string;
  /** Whether it still runs. */
  running(): Promise<boolean>;
  logs(): Promise<string>;
  /** Stops and removes it. Never throws. */
  remove(): Promise<void>;
}

/**
 * Runs the generated `docker run`, detached and kept after its end, so that its log can be read. `argv` begins with `run`.
 * @throws UserError where docker is missing or refuses
 */
export async function startContainer(context: Context, argv: readonly string[]): Promise<Container> {
  const [command, ...rest] = argv;
  if (command !== "run") throw new Error("not a docker run");
  // The generator puts these two first, before anything that the user chose.
  const flags = rest.filter((word, index) => index > 1 || (word !== "--rm" && word !== "--detach"));
  const { code, stdout, stderr } = await run(
    ["run", "--detach", "--label", "servable.verify=1", ...flags],
    context.signal,
  );
  const text = stderr.trim();
  if (code !== 0) {
    const noDaemon =
      /Cannot connect to the Docker daemon|error during connect|failed to connect to the docker API/i.test(
        text,
      );
    throw new UserError("docker-refused", `docker run failed with status ${code}: ${text}`, {
      hint: noDaemon
        ? "start the Docker engine, or verify on the embedded server"
        : "`servable generate --print docker-argv` shows what was run",
    });
  }
  const id = stdout.trim().split("\n").at(-1) ?? "";
  return {
    id,
    running: async () =>
      (await run(["inspect", "--format", "{{.State.Running}}", id])).stdout.trim() === "true",
    logs: async () => {
      const { stdout: out, stderr: err } = await run(["logs", "--tail", "200", id]);
      return `${out}${err}`;
    },
    remove: async () => {
      await run(["rm", "--force", "--volumes", id]).catch(() => undefined);
    },
  };
}
