import { dockerArgv, serverArgv } from "@servable/deploy-gen";
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
    const [{ localTargets, smokeOptionsOf }, { printSmoke, smoke }] = await Promise.all([
      import("../serving/smoke-target.ts"),
      import("../serving/print-smoke.ts"),
    ]);
    const prove = async (targets: {
      readonly grpc?: string | undefined;
      readonly rest?: string | undefined;
    }): Promise<ExitCode> => {
      const options = smokeOptionsOf(resolved, spec.folder, targets);
      const report = await smoke(
        context,
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
      const { startContainer } = await import("../serving/docker.ts");
      const container = await startContainer(
        context,
        dockerArgv(resolved, { specFolder: spec.folder, outDir: places.outDir }),
      );
      say(`container ${container.id.slice(0, 12)} started`);
      try {
        const code = await prove(localTargets(resolved));
        if (code !== 0) {
          const running = await container.running();
          context.err(
            `${context.errPaint.bold(running ? "the container's log:" : "the container has ended; its log:")}\n${await container.logs()}\n`,
          );
        }
        return code;
      } finally {
        await container.remove();
        say("container removed");
      }
    }

    return prove({ grpc: target, ...(args.get("rest") === undefined ? {} : { rest: args.get("rest") }) });
  },
});
