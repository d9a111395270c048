import { serverArgv } from "@servable/deploy-gen";
import type { ExitCode } from "@servable/diagnostics";
import { UserError } from "@servable/diagnostics";
import { defineCommand } from "../cli/command.ts";
import { absolute, shownPath } from "../cli/read-input.ts";
import { loadSpecInput, OUT_OPTION, PROFILE_OPTION, SPEC_OPTION } from "../cli/spec-input.ts";
import { writeArtifactSet } from "../cli/write-artifacts.ts";
import { artifactsOf, hostFilesOf, type Places } from "../serving/artifact-set.ts";
import { SMOKE_FORMAT_CHOICES, SMOKE_SELECTION, withImages } from "../serving/smoke-flags.ts";

export const command = defineCommand({
  name: "verify",
  summary: "generate, start, wait, smoke, stop: the main job",
  description:
    "Generates the artifacts, starts a model server from the very flags that were generated, waits until every model is available, runs the smoke test, and stops the server. On the embedded server by default; on Docker with the generated docker run; or on a server that runs. Exit code 0 only if all of it held.",
  positionals: [],
  options: [
    SPEC_OPTION,
    PROFILE_OPTION,
    OUT_OPTION,
    {
      name: "with",
      value: "SERVER",
      default: "embedded",
      help: "embedded, docker, or HOST:PORT of a server's gRPC port",
    },
    { name: "rest", value: "URL", help: "REST address of a running server, with --with HOST:PORT" },
    { name: "spec-ports", help: "embedded: listen on the ports of the spec instead of free ones" },
    {
      name: "synthetic",
      help: "embedded: answer signatures that cannot be run with values made from their shapes, marked as such",
    },
    SMOKE_FORMAT_CHOICES,
    ...SMOKE_SELECTION,
    { name: "quiet", short: "q", help: "no progress on stderr" },
  ],
  examples: [
    { line: "servable verify", says: "the embedded server, free ports" },
    { line: "servable verify --with docker", says: "the generated docker run" },
    {
      line: "servable verify --with staging:8500 --rest http://staging:8501 --format junit",
      says: "a server that runs, for CI",
    },
  ],
  async run(context, args) {
    const target = args.get("with") ?? "embedded";
    if (target !== "embedded" && target !== "docker" && !/^(unix:.+|.+:\d+)$/.test(target)) {
      throw new UserError("usage", `--with cannot be "${target}"`, {
        hint: "it is embedded, docker, or HOST:PORT of a gRPC port",
      });
    }
    const say = (text: string): void => {
      if (!args.has("quiet")) context.err(`${context.errPaint.cyan("›")} ${text}\n`);
    };
    const spec = await loadSpecInput(context, args);
    const { resolved } = spec.resolution;
    const places: Places = {
      shown: spec.shown,
      folder: spec.folder,
      outDir: absolute(context, args.get("out") ?? "serving"),
    };
    const artifacts = artifactsOf(context, resolved, places);
    writeArtifactSet(places.outDir, [
      ...artifacts,
      ...(target === "embedded" ? hostFilesOf(context, resolved, places) : []),
    ]);
    say(
      `generated ${artifacts.length} file${artifacts.length === 1 ? "" : "s"} in ${shownPath(context, places.outDir)}`,
    );
    const [{ smokeOptionsOf }, { printSmoke, smoke }] = await Promise.all([
      import("../serving/smoke-target.ts"),
      import("../serving/print-smoke.ts"),
    ]);
    const prove = async (
      targets: {
        readonly grpc?: string | undefined;
        readonly rest?: string | undefined;
      },
      signal = context.signal,
    ): Promise<ExitCode> => {
      const options = smokeOptionsOf(resolved, spec.folder, targets);
      const report = await smoke(
        { ...context, signal },
        withImages(context, args, {
          ...options,
          stateful: args.has("stateful"),
          ...(args.has("synthetic") ? { syntheticAnswers: true } : {}),
        }),
        args.all("only"),
      );
      return printSmoke(context, report, args.get("format"));
    };

    if (target === "embedded") {
      const { startEmbedded } = await import("../serving/embedded.ts");
      const argv = serverArgv(resolved, {
        hostPaths: true,
        outDir: places.outDir,
        specFolder: places.folder,
        verification: true,
        ...(args.has("spec-ports") ? {} : { ports: { grpc: 0, rest: 0 } }),
      });
      const waitSeconds = resolved.smoke.startupWaitSeconds;
      const timeout = AbortSignal.timeout(waitSeconds * 1000);
      const signal = AbortSignal.any([timeout, context.signal]);
      const log: string[] = [];
      const started = performance.now();
      const server = await startEmbedded(
        { ...context, err: (text) => log.push(text) },
        argv,
        { synthetic: args.has("synthetic"), quiet: false },
        signal,
      ).catch((error: unknown) => {
        if (!timeout.aborted) throw error;
        context.err(log.slice(-8).join(""));
        throw new UserError("never-ready", `no model became available within ${waitSeconds} s`, {
          hint: "the last lines of the server's log are above; `servable check` finds most causes without a start",
          exitCode: 3,
        });
      });
      try {
        const models = server.models().map(({ name, versions }) => `${name} ${versions.join(", ")}`);
        say(
          `embedded server ready after ${((performance.now() - started) / 1000).toFixed(1)} s: ${models.join("; ")}`,
        );
        return await prove({
          grpc: `127.0.0.1:${server.grpcPort}`,
          ...(server.restPort ? { rest: `http://127.0.0.1:${server.restPort}` } : {}),
        });
      } finally {
        await server.stop();
      }
    }

    if (target === "docker") {
      const { publishedTargets, startContainer } = await import("../serving/docker.ts");
      const targets = publishedTargets(resolved);
      return await context.toItsEnd(REMOVING, async () => {
        const container = await startContainer(context, resolved, {
          specFolder: spec.folder,
          outDir: places.outDir,
        });
        const ended = new AbortController();
        void container.ended.then((reason) => ended.abort(reason));
        const signal = AbortSignal.any([ended.signal, context.signal]);
        const showLog = (what: string): void =>
          context.err(`${context.errPaint.bold(what)}\n${container.log()}\n`);
        try {
          await Promise.race([container.started, aborted(signal)]);
          say("docker run started");
          const code = await prove(targets, signal);
          // Where docker is slow to refuse, another server on these ports has answered.
          await Promise.race([container.running(), aborted(signal)]);
          ended.signal.throwIfAborted();
          if (code !== 0) showLog("the container's log:");
          return code;
        } catch (error) {
          // Whatever was asked of a container that is gone fails for that one reason.
          const reason: unknown = ended.signal.reason;
          if (!(reason instanceof UserError) || context.signal.aborted) throw error;
          if (reason.code === "container-ended") showLog("the container has ended; its log:");
          throw await container.withLeftovers(reason);
        } finally {
          if (context.signal.aborted) say("removing the container");
          const left = await container.remove();
          say(left === undefined ? "container removed" : `the container could not be removed: ${left}`);
        }
      });
    }

    return prove({ grpc: target, ...(args.get("rest") === undefined ? {} : { rest: args.get("rest") }) });
  },
});

/** Said at a second Ctrl-C. */
const REMOVING =
  "the container is being removed; Ctrl-C once more leaves it there (`docker ps --all` shows it, `docker rm --force` removes it)";

/** Rejects when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
