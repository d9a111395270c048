import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Artifact, dockerArgv, isArtifactPath, isOurs, serverArgv } from "@servable/deploy-gen";
import { UserError } from "@servable/diagnostics";
import { type Paint, printable } from "@servable/diagnostics/render";
import { defineCommand, FORMAT_OPTION } from "../cli/command.ts";
import { absolute, reasonOf, shownPath } from "../cli/read-input.ts";
import { loadSpecInput, OUT_OPTION, PROFILE_OPTION, SPEC_OPTION } from "../cli/spec-input.ts";
import { settleArtifacts, writeArtifactSet } from "../cli/write-artifacts.ts";
import { settingsJson, settingsText } from "../render/settings.ts";
import { artifactsOf, hostFilesOf, type Places } from "../serving/artifact-set.ts";

type Status = "written" | "unchanged" | "drifted" | "missing" | "stale";

interface Planned extends Artifact {
  readonly status: Exclude<Status, "written">;
  /** What is on disk; absent where nothing is. */
  readonly old?: string;
}

function plan(outDir: string, artifacts: readonly Artifact[]): Planned[] {
  return artifacts.map((artifact) => {
    const path = join(outDir, artifact.path);
    if (!existsSync(path)) return { ...artifact, status: "missing" };
    try {
      const old = readFileSync(path, "utf8");
      const sameMode = (statSync(path).mode & 0o777) === (artifact.mode ?? 0o644);
      return {
        ...artifact,
        old,
        status:
          old === artifact.contents && (sameMode || process.platform === "win32") ? "unchanged" : "drifted",
      };
    } catch (error) {
      throw new UserError("cannot-read", `cannot read ${path}: ${reasonOf(error)}`, { cause: error });
    }
  });
}

/** Artifacts of an earlier spec that this one no longer asks for; only files that say that they were generated. */
function staleArtifacts(
  outDir: string,
  artifacts: readonly Artifact[],
): { readonly path: string; readonly old: string }[] {
  if (!existsSync(outDir)) return [];
  const wanted = new Set(artifacts.map(({ path }) => path));
  const walk = (prefix: string): string[] =>
    readdirSync(join(outDir, prefix), { withFileTypes: true }).flatMap((entry) => {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      if (entry.isDirectory())
        return path.split("/").length < 3 && !entry.name.startsWith(".") ? walk(path) : [];
      return entry.isFile() ? [path] : [];
    });
  return walk("")
    .filter((path) => isArtifactPath(path) && !wanted.has(path))
    .map((path) => ({ path, old: readFileSync(join(outDir, path), "utf8") }))
    .filter(({ old }) => isOurs(old));
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

function colourDiff(patch: string, paint: Paint): string {
  return patch
    .split("\n")
    .map((line) => {
      const shown = printable(line, true);
      return line.startsWith("+")
        ? paint.green(shown)
        : line.startsWith("-")
          ? paint.red(shown)
          : line.startsWith("@@")
            ? paint.cyan(shown)
            : shown;
    })
    .join("\n");
}

export const command = defineCommand({
  name: "generate",
  summary: "write the serving artifacts from the spec",
  description:
    "Writes what the spec asks for: batching parameters, models.config, monitoring and TLS files, the docker run script, compose, Kubernetes manifests, the CPU-optimised image build. The same spec gives the same bytes. The whole set changes at once: a crash leaves the old set or the new one. Files of an earlier spec that are no longer asked for are removed if they say that they were generated.",
  positionals: [],
  options: [
    SPEC_OPTION,
    OUT_OPTION,
    PROFILE_OPTION,
    { name: "check", help: "write nothing; exit 1 where a file differs from what the spec gives" },
    { name: "diff", help: "print a unified diff of what changes" },
    {
      name: "print",
      value: "WHAT",
      choices: ["docker-argv", "server-argv", "settings"],
      help: "print the arguments as a JSON array: of docker, or of tensorflow_model_server with paths of this machine; or, writing nothing, every setting with where its value comes from",
    },
    FORMAT_OPTION,
  ],
  examples: [
    { line: "servable generate", says: "write serving/ from servable.yaml" },
    { line: "servable generate --check", says: "for CI: does serving/ still match the spec?" },
    { line: "servable generate --profile throughput --diff --check", says: "what would the profile change?" },
    { line: "servable generate --print docker-argv", says: "the docker run as a JSON array" },
    {
      line: "servable generate --print settings --profile throughput",
      says: "which values are in force, and why?",
    },
  ],
  async run(context, args) {
    const spec = await loadSpecInput(context, args);
    const { resolved, origins } = spec.resolution;
    const print = args.get("print");
    if (print === "settings") {
      context.out(
        args.get("format") === "json"
          ? `${JSON.stringify(settingsJson(origins), null, 2)}\n`
          : settingsText(origins, context.outPaint),
      );
      return 0;
    }
    const outDir = absolute(context, args.get("out") ?? "serving");
    const places: Places = { shown: spec.shown, folder: spec.folder, outDir };
    const artifacts = artifactsOf(context, resolved, places);
    const check = args.has("check");
    if (!check) {
      try {
        settleArtifacts(outDir);
      } catch (error) {
        throw new UserError(
          "cannot-write",
          `cannot write to ${shownPath(context, outDir)}: ${reasonOf(error)}`,
          { cause: error },
        );
      }
    }
    const planned = plan(outDir, artifacts);
    const stale = staleArtifacts(outDir, artifacts);
    if (!check) {
      const host = print === "server-argv" ? hostFilesOf(context, resolved, places) : [];
      writeArtifactSet(
        outDir,
        [...artifacts, ...host],
        stale.map(({ path }) => path),
      );
    }
    const drifted = planned.some(({ status }) => status !== "unchanged") || stale.length > 0;
    const exitCode = check && drifted ? 1 : 0;
    if (print !== undefined) {
      const argv =
        print === "docker-argv"
          ? dockerArgv(resolved, { specFolder: spec.folder, outDir })
          : serverArgv(resolved, { hostPaths: true, outDir, specFolder: spec.folder });
      context.out(`${JSON.stringify(argv)}\n`);
      return exitCode;
    }
    const statusOf = (status: Planned["status"]): Status =>
      check || status === "unchanged" ? status : "written";
    if (args.get("format") === "json") {
      const rows = planned.map(({ path, kind, contents, status }) => ({
        path,
        kind,
        bytes: Buffer.byteLength(contents),
        sha256: sha256(contents),
        status: statusOf(status),
      }));
      context.out(
        `${JSON.stringify({ artifacts: rows, ...(stale.length === 0 ? {} : { stale: stale.map(({ path }) => path) }) }, null, 2)}\n`,
      );
      return exitCode;
    }
    const folder = shownPath(context, outDir);
    if (args.has("diff")) {
      const { createTwoFilesPatch } = await import("diff");
      const changes = [
        ...planned
          .filter(({ status }) => status !== "unchanged")
          .map(({ path, old, contents }) => ({
            path,
            old: old ?? "",
            now: contents,
            isNew: old === undefined,
          })),
        ...stale.map(({ path, old }) => ({ path, old, now: "", isNew: false })),
      ];
      for (const { path, old, now, isNew } of changes) {
        const shown = `${folder}/${path}`;
        const patch = createTwoFilesPatch(
          isNew ? "/dev/null" : `a/${shown}`,
          now === "" ? "/dev/null" : `b/${shown}`,
          old,
          now,
          undefined,
          undefined,
          { context: 3 },
        );
        context.out(colourDiff(patch.replace(/^=+\n/, ""), context.outPaint));
      }
      return exitCode;
    }
    const paint = context.outPaint;
    const colours = {
      written: paint.green,
      unchanged: paint.dim,
      drifted: paint.yellow,
      missing: paint.red,
      stale: paint.yellow,
    };
    for (const { path, status } of planned) {
      const shown = statusOf(status);
      context.out(`${colours[shown](shown.padEnd(9))}  ${printable(`${folder}/${path}`)}\n`);
    }
    for (const { path } of stale)
      context.out(
        `${check ? paint.yellow("stale    ") : paint.red("removed  ")}  ${printable(`${folder}/${path}`)}\n`,
      );
    if (exitCode === 1)
      context.err(
        `${context.errPaint.cyan("help:")} \`servable generate\` writes them anew; edit the spec, not the artifacts\n`,
      );
    return exitCode;
  },
});
