import type { ResolvedPort, ResolvedSpec } from "@servable/config-schema";
import { fromFolder, splitUps } from "../host-path.ts";
import { serverArgv } from "../server-argv.ts";
import { csvField, shellQuote } from "../shell-quote.ts";
import { renderDockerRun } from "../templates/docker-run-script.ts";
import { environmentOf, type Mount, mountsOf } from "./container.ts";

/** One argument: fixed text, or a mount whose source is known only when the folders are. */
type Argument = string | { readonly mount: Mount };

function published(port: ResolvedPort): Argument[] {
  if (port.published === undefined) return [];
  const address =
    port.address === undefined ? "" : port.address.includes(":") ? `[${port.address}]:` : `${port.address}:`;
  return ["-p", `${address}${port.published}:${port.container}`];
}

function gpuArguments(resolved: ResolvedSpec): Argument[] {
  const { gpus } = resolved.resources;
  if (gpus === undefined || resolved.image.variant !== "gpu") return [];
  return ["--gpus", typeof gpus === "object" ? csvField(`device=${gpus.join(",")}`) : String(gpus)];
}

/** Arguments of `docker`, in order, with the mounts still open. */
function dockerArguments(resolved: ResolvedSpec): readonly Argument[] {
  const { docker, resources, ports, image } = resolved;
  const option = (name: string, value: string | number | undefined): Argument[] =>
    value === undefined ? [] : [name, String(value)];
  return [
    "run",
    ...(docker?.detach === true ? ["--detach"] : []),
    ...(docker?.remove === false ? [] : ["--rm"]),
    ...(docker?.init === false ? [] : ["--init"]),
    ...option("--name", docker?.name),
    ...option("--restart", docker?.restart),
    ...option("--user", docker?.user),
    ...option("--network", docker?.network),
    ...(docker?.labels ?? []).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    ...option("--cpus", resources.cores),
    ...option("--cpuset-cpus", resources.cpuSet),
    ...option("--memory", resources.memoryMiB === undefined ? undefined : `${resources.memoryMiB}m`),
    ...gpuArguments(resolved),
    ...published(ports.grpc),
    ...(ports.rest === undefined ? [] : published(ports.rest)),
    ...mountsOf(resolved).flatMap((mount): Argument[] => ["--mount", { mount }]),
    ...environmentOf(resolved).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
    ...(docker?.extraArgs ?? []),
    image.reference,
    ...serverArgv(resolved, { hostPaths: false }),
  ];
}

const mountText = (source: string, target: string): string =>
  `type=bind,${csvField(`source=${source}`)},${csvField(`target=${target}`)},readonly`;

/** Absolute folders of the spec and of the artifacts. */
export interface DockerFolders {
  readonly specFolder: string;
  readonly outDir: string;
}

/** The arguments of `docker` that `docker-run.sh` passes when it lies in `outDir`: `run`, options, image, flags. */
export function dockerArgv(resolved: ResolvedSpec, { specFolder, outDir }: DockerFolders): string[] {
  return dockerArguments(resolved).map((argument) => {
    if (typeof argument === "string") return argument;
    const { source, target } = argument.mount;
    const path = source.from === "out" ? fromFolder(outDir, ".") : fromFolder(specFolder, source.path);
    return mountText(path, target);
  });
}

/** Options that take the next argument as their value stay on its line. */
function lines(words: readonly { readonly text: string; readonly joins: boolean }[]): string[] {
  const result: string[] = [];
  let open = false;
  for (const { text, joins } of words) {
    if (open) result[result.length - 1] += ` ${text}`;
    else result.push(text);
    open = !open && joins;
  }
  return result;
}

const TAKES_VALUE = new Set([
  "-p",
  "-e",
  "--mount",
  "--name",
  "--restart",
  "--user",
  "--network",
  "--label",
  "--cpus",
  "--cpuset-cpus",
  "--memory",
  "--gpus",
]);

/**
 * `docker-run.sh`. `specFolderFromOut` is the POSIX path from the output folder to the spec's folder (absolute only where
 * there is no way between them).
 */
export function dockerRunScript(
  resolved: ResolvedSpec,
  options: { readonly header: readonly string[]; readonly specFolderFromOut: string },
): string {
  const folders = new Map<string, string>();
  const mounts: { readonly name: string; readonly source: string; readonly target: string }[] = [];
  /** The variable that holds the absolute path of a folder, seen from the script. */
  const folderVariable = (up: string): string => {
    const known = folders.get(up);
    if (known !== undefined) return known;
    const name =
      up === "." ? "script_folder" : up === ".." ? "parent_folder" : `folder_${up.split("/").length}_up`;
    folders.set(up, name);
    return name;
  };
  const sourceWord = (path: string): string => {
    if (path.startsWith("/")) return shellQuote(path);
    const { up, rest } = splitUps(path);
    const variable = `"$${folderVariable(up)}"`;
    return rest.length === 0 ? variable : `${variable}${shellQuote(`/${rest.join("/")}`)}`;
  };
  const words = dockerArguments(resolved).map((argument) => {
    if (typeof argument === "string") return { text: shellQuote(argument), joins: TAKES_VALUE.has(argument) };
    const { source, target } = argument.mount;
    const path = source.from === "out" ? "." : fromFolder(options.specFolderFromOut, source.path);
    const name = `mount_${mounts.length + 1}`;
    mounts.push({ name, source: sourceWord(path), target: shellQuote(csvField(`target=${target}`)) });
    return { text: `"$${name}"`, joins: false };
  });
  const name = resolved.docker?.name;
  const stop = `docker stop${name === undefined ? "" : ` ${name}`}`;
  return renderDockerRun({
    header: options.header,
    summary: `Runs TensorFlow Serving ${resolved.tfsVersion}${
      resolved.docker?.detach === true
        ? ` in the background, until \`${stop}\`.`
        : `, until Ctrl-C or \`${stop}\`.`
    }`,
    quoted: [
      ...words.map(({ text }) => text),
      ...mounts.flatMap(({ source, target }) => [source, target]),
    ].some((word) => word.includes("'")),
    folders: [...folders].map(([up, name]) => ({ name, up })),
    mounts,
    lines: lines(words),
  });
}
