/** Servers inside shell scripts, compose files and Kubernetes manifests (`@servable/linter/manifests`). */
import { type Diagnostic, type Span, sortDiagnostics } from "@servable/diagnostics";
import { defaultVersion, findFlag, isVersion, type TfsVersion } from "@servable/server-flags";
import type { HostFacts, Mount, StartCheck, StartRequest } from "./api.ts";
import { type DeployContext, imageFacts, tagOf } from "./deploy-context.ts";
import { buildsOfScript, type EmbeddedBuild } from "./embedded/docker-build.ts";
import { type EmbeddedServer, holdsSeveral } from "./embedded/embedded-server.ts";
import { type InlineText, placedInManifest } from "./embedded/inline-text.ts";
import { folderOf, isYaml, ownFields, serversOf, withWritten } from "./embedded/servers-of-file.ts";
import { unknownText } from "./embedded/shell-words.ts";
import type { YamlServers } from "./embedded/yaml-servers.ts";
import { type Outcome, runLintRules } from "./finding.ts";
import type { ArgumentSource } from "./flags-context.ts";
import { buildRules } from "./rules/build/index.ts";
import { deployRules } from "./rules/deploy/index.ts";
import { startOf } from "./start.ts";
import { applySuppressions } from "./suppressions.ts";
import { detectKind, lintTextProto } from "./text-proto.ts";

export { hostFacts } from "./host-facts.ts";

export interface ManifestOptions {
  /** How diagnostics name the file. */
  readonly file: string;
  /** Its absolute path, where it has one: relative paths in compose files are meant from its folder. */
  readonly path?: string;
  /** Absolute working folder: `$(pwd)` and relative paths of scripts. */
  readonly cwd: string;
  readonly level?: "quick" | "graph" | "bytes";
  /** Used where the image's tag names no version. */
  readonly tfsVersion?: TfsVersion;
  readonly displayPath?: (path: string) => string;
  readonly fs?: StartRequest["fs"];
  /** The machine here, for what is built and run on it; absent: not known. */
  readonly host?: HostFacts;
  /** The time, for certificates that run out; absent: their dates are not looked at. */
  readonly now?: Date;
}

export interface ManifestCheck {
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
  readonly counts: StartCheck["counts"];
  /** One for each server in the file, in order. */
  readonly outcomes: readonly Outcome[];
}

function buildsOf(text: string, options: { readonly path: string; readonly cwd: string }): EmbeddedBuild[] {
  return isYaml(options.path) ? [] : buildsOfScript(text, { folder: undefined, cwd: options.cwd });
}

/** Whether a script or YAML file starts or builds a model server. Never throws. */
export function looksLikeManifest(path: string, text: string): boolean {
  const place = { path, cwd: "/" };
  const { servers, texts } = serversOf(text, place);
  return servers.length > 0 || texts.some(isOwnText) || buildsOf(text, place).length > 0;
}

/** A text of a ConfigMap that is one of the server's files, whoever mounts it. */
const isOwnText = ({ key, inline }: YamlServers["texts"][number]): boolean =>
  ownFields.test(inline.text) && detectKind(key, inline.text) !== undefined;

/** Checks every model server that a script, compose file or Kubernetes manifest starts. */
export function checkManifest(text: string, options: ManifestOptions): ManifestCheck {
  const path = options.path ?? options.file;
  const absolutePath = path.startsWith("/") ? path : `${options.cwd}/${path}`;
  const {
    servers,
    texts: mapped,
    written,
  } = serversOf(text, {
    path: absolutePath,
    cwd: options.cwd,
    fs: options.fs,
  });
  const inlines = new Map<string, InlineText>();
  const used = new Set<InlineText>();
  // A script's relative paths are meant from where it is run, a compose file's from its own folder.
  const texts = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const outcomes: Outcome[] = [];
  const counts = { files: 0, models: 0, versions: 0 };
  for (const described of servers) {
    const beside = described.origin === "compose" || described.origin === "dockerfile";
    const folder = beside ? folderOf(absolutePath) : options.cwd;
    const server = withWritten(described, written, folder, options.fs);
    const request = startRequest(server, options, folder, inlines);
    const prepared = startOf(request);
    const result = prepared.check;
    const context: DeployContext = {
      ...prepared.context,
      file: options.file,
      server,
      image: request.image,
      start: prepared.context,
      folder,
      host: options.host ?? {},
    };
    const deployed = [...runLintRules(deployRules, context, prepared.context.flags.version)].map(
      ({ diagnostic }) => diagnostic,
    );
    // A mount that leads nowhere is one mistake, not also a missing base path.
    const sourceMissing = deployed.some(
      ({ rule }) => rule === "deploy/mount-source-exists" || rule === "deploy/mount-covers-base-path",
    );
    diagnostics.push(
      ...deployed,
      ...result.diagnostics.filter(({ rule }) => !(sourceMissing && rule === "start/base-path-exists")),
    );
    for (const named of prepared.context.named) {
      const inline = inlines.get(named.display);
      if (inline !== undefined) used.add(inline);
    }
    for (const [file, source] of result.texts) texts.set(file, source);
    outcomes.push(result.outcome);
    counts.files += result.counts.files;
    counts.models += result.counts.models;
    counts.versions += result.counts.versions;
  }
  const version = options.tfsVersion ?? defaultVersion;
  for (const { key, inline } of mapped.filter((one) => !used.has(one.inline) && isOwnText(one))) {
    const file = nameOfInline(inlines, inline);
    const kind = detectKind(key, inline.text);
    if (kind === undefined) continue;
    for (const { diagnostic } of lintTextProto(inline.text, { file, kind, version, purpose: "file" }).found)
      diagnostics.push(diagnostic);
  }
  for (const build of buildsOf(text, { path: absolutePath, cwd: options.cwd })) {
    const context = { file: options.file, version, build, cpuFeatures: options.host?.cpuFeatures };
    for (const { diagnostic } of runLintRules(buildRules, context, version)) diagnostics.push(diagnostic);
  }
  const placed = withoutRepeats(
    diagnostics.map((diagnostic) => {
      const inline = inlines.get(diagnostic.file);
      return inline === undefined ? diagnostic : placedInManifest(diagnostic, inline, options.file);
    }),
  );
  return {
    diagnostics: sortDiagnostics(applySuppressions(text, options.file, placed)),
    texts,
    counts,
    outcomes,
  };
}

/** A text that several servers mount is told about once. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ rule, file, span, message }) => {
    const key = `${rule} ${file} ${span?.start} ${span?.end} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** How diagnostics name a text in the manifest until they are placed there. No file has such a name. */
function nameOfInline(inlines: Map<string, InlineText>, inline: InlineText): string {
  const name = `${unknownText}inline:${inlines.size}`;
  inlines.set(name, inline);
  return name;
}

/** A value that only the shell or the cluster knows: it stands for something right. */
function settle(argument: string): string | undefined {
  if (!argument.includes(unknownText)) return argument;
  const name = /^--([a-z_]+)=/.exec(argument)?.[1];
  const flag = name === undefined ? undefined : findFlag(name);
  if (flag?.type !== "string") return undefined;
  return /(_path|_file)$/.test(flag.name) ? `--${flag.name}=/${unknownText}` : undefined;
}

const withoutUnknown = (text: string | undefined, fallback: string): string =>
  text === undefined ? fallback : text.includes(unknownText) ? unknownText : text;

/** The arguments that the image's entrypoint puts before the user's. Source: tensorflow/serving `tools/docker/Dockerfile`. */
function entrypointArguments(server: EmbeddedServer, mkl: boolean): string[] {
  const name = withoutUnknown(server.environment.get("MODEL_NAME")?.value, "model");
  const base = withoutUnknown(server.environment.get("MODEL_BASE_PATH")?.value, "/models");
  const path = `${base}/${name}`;
  const parallelism = (variable: string): string =>
    withoutUnknown(server.environment.get(variable)?.value, "2");
  return [
    "--port=8500",
    "--rest_api_port=8501",
    ...(mkl
      ? [
          `--tensorflow_intra_op_parallelism=${parallelism("TENSORFLOW_INTRA_OP_PARALLELISM")}`,
          `--tensorflow_inter_op_parallelism=${parallelism("TENSORFLOW_INTER_OP_PARALLELISM")}`,
        ].filter((argument) => !argument.includes(unknownText))
      : []),
    `--model_name=${name.includes(unknownText) ? "model" : name}`,
    `--model_base_path=${path.includes(unknownText) ? `/${unknownText}` : path}`,
  ];
}

function startRequest(
  server: EmbeddedServer,
  options: ManifestOptions,
  folder: string,
  inlines: Map<string, InlineText>,
): StartRequest {
  const image = server.image === undefined ? undefined : imageFacts(server.image.reference);
  const own = server.entrypoint === "image" ? entrypointArguments(server, image?.mkl === true) : [];
  const argv = [...own];
  const spans: (Span | undefined)[] = own.map(() => server.image?.span);
  const rewrites: (((text: string) => string) | undefined)[] = own.map(() => undefined);
  for (const argument of server.arguments) {
    const text = settle(argument.text);
    // What docker's options or several flags in one argument mean is told by the rules over deployments.
    if (text === undefined || holdsSeveral(argument.text)) continue;
    argv.push(text);
    spans.push(argument.span);
    rewrites.push(text === argument.text ? argument.rewrite : undefined);
  }
  const source: ArgumentSource = {
    file: options.file,
    spans,
    replace: (index, argument) => {
      const span = spans[index];
      const rewrite = rewrites[index];
      return span === undefined || rewrite === undefined
        ? undefined
        : { ...span, newText: rewrite(argument) };
    },
  };
  const tag = server.image === undefined ? undefined : tagOf(server.image.reference);
  const tagVersion = tag !== undefined && isVersion(tag) ? tag : undefined;
  const mounts: Mount[] | undefined = server.mounts?.map((mount) =>
    mount.source === undefined
      ? { containerPath: mount.target, ...(mount.whole === true ? { whole: true } : {}) }
      : {
          containerPath: mount.target,
          hostPath: mount.source.startsWith("/") ? mount.source : `${folder}/${mount.source}`,
        },
  );
  const { displayPath } = options;
  const inlineFiles = [...(server.files ?? [])].map(([path, inline]) => ({
    path,
    text: inline.text,
    display: nameOfInline(inlines, inline),
  }));
  return {
    argv,
    inlineFiles,
    tfsVersion: tagVersion ?? options.tfsVersion ?? defaultVersion,
    cwd: folder,
    source,
    firstUserArgument: own.length,
    ...(mounts === undefined ? {} : { mounts }),
    ...(image === undefined ? {} : { image }),
    ...(options.level === undefined ? {} : { level: options.level }),
    ...(displayPath === undefined
      ? {}
      : { displayPath: (path) => (inlines.has(path) ? path : displayPath(path)) }),
    ...(options.fs === undefined ? {} : { fs: options.fs }),
    ...(options.now === undefined ? {} : { now: options.now }),
  };
}
