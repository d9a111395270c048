/** The model servers of a script, Dockerfile or YAML file, by its name and content. */
import { FileSystemError, type ModelFileSystem, nodeFileSystem, readWholeFile } from "@servable/model-layout";
import { textOfBytes } from "@servable/text-proto";
import { normalise } from "../start/server-files.ts";
import { isDockerfile, serversOfDockerfile } from "./dockerfile.ts";
import type { EmbeddedServer } from "./embedded-server.ts";
import type { InlineText } from "./inline-text.ts";
import { serversOfScript } from "./script-servers.ts";
import { unknownText } from "./shell-words.ts";
import { serversOfYaml, type YamlServers } from "./yaml-servers.ts";

export const isYaml = (path: string): boolean => /\.(ya?ml|json)$/i.test(path);
const mentions =
  /tensorflow_model_server|tf_serving_entrypoint|tensorflow\/serving|tensorflow-serving|tf-serving|--(?:model_base_path|model_config_file|model_name|rest_api_port)=/;
/** Fields that no other program's configuration has. */
export const ownFields =
  /\b(?:model_config_list|prometheus_config|platform_configs|batch_timeout_micros|num_batch_threads|max_enqueued_batches)\b/;

interface Place {
  readonly path: string;
  readonly cwd: string;
  readonly fs?: ModelFileSystem | undefined;
}

interface Found extends YamlServers {
  /** Files that a script writes before it starts a server; undefined where only the shell knows the text. */
  readonly written: ReadonlyMap<string, InlineText | undefined>;
}

export function serversOf(text: string, place: Place): Found {
  const none: Found = { servers: [], texts: [], written: new Map() };
  const folder = place.path.startsWith("/") ? folderOf(place.path) : undefined;
  if (isYaml(place.path)) {
    if (!mentions.test(text) && !ownFields.test(text)) return none;
    return { ...none, ...serversOfYaml(text, (path) => readFrom(folder, path, place.fs)) };
  }
  if (!mentions.test(text)) return none;
  if (isDockerfile(place.path)) return { ...none, servers: serversOfDockerfile(text) };
  const read = (path: string): string | undefined => readFrom(place.cwd, path, place.fs);
  return { ...none, ...serversOfScript(continued(text, place.path), { folder, cwd: place.cwd, read }) };
}

/** The server with what the script puts in place before it: files that it writes, folders that it may fetch. */
export function withWritten(
  server: EmbeddedServer,
  written: Found["written"],
  folder: string,
  fs: Place["fs"],
): EmbeddedServer {
  const { mounts } = server;
  if (mounts === undefined) {
    const known = [...written].filter((entry): entry is [string, InlineText] => entry[1] !== undefined);
    return known.length === 0 ? server : { ...server, files: new Map([...known, ...(server.files ?? [])]) };
  }
  const files = new Map(server.files ?? []);
  const settled = mounts.map((mount) => {
    if (mount.source === undefined) return mount;
    const source = normalise(mount.source.startsWith("/") ? mount.source : `${folder}/${mount.source}`);
    for (const [path, inline] of written) {
      if (inline !== undefined && (path === source || path.startsWith(`${source}/`)))
        files.set(`${mount.target.replace(/\/+$/, "")}${path.slice(source.length)}`, inline);
    }
    const made = written.has(source) || (mount.perhapsMade === true && !exists(source, fs));
    return made ? { ...mount, source: undefined } : mount;
  });
  return { ...server, mounts: settled, files };
}

function exists(path: string, fs: Place["fs"]): boolean {
  try {
    (fs ?? nodeFileSystem).stat(path);
    return true;
  } catch (error) {
    if (error instanceof FileSystemError) return false;
    throw error;
  }
}

/** The lines of a Windows script joined as a shell joins them, every character in its place. */
function continued(text: string, path: string): string {
  if (/\.ps1$/i.test(path)) return text.replace(/`(?=\r?\n)/g, "\\");
  if (!/\.(bat|cmd)$/i.test(path)) return text;
  return text
    .replace(/\\/g, "/")
    .replace(/\^(?=\r?\n)/g, "\\")
    .replace(/%[\w~]+%/g, (variable) => unknownText.repeat(variable.length))
    .replace(
      /^(\s*@?)(rem\b|::)/gim,
      (whole, blank: string) => `${blank.replace("@", " ")}${"#".repeat(whole.length - blank.length)}`,
    )
    .replace(/^@/gm, " ");
}

/** A small file beside the manifest, such as `.env`. */
function readFrom(folder: string | undefined, path: string, fs: Place["fs"]): string | undefined {
  if (path.includes(unknownText) || (folder === undefined && !path.startsWith("/"))) return undefined;
  try {
    const bytes = readWholeFile(
      fs ?? nodeFileSystem,
      path.startsWith("/") ? path : `${folder}/${path}`,
      1 << 20,
    );
    return textOfBytes(bytes);
  } catch (error) {
    if (error instanceof FileSystemError) return undefined;
    throw error;
  }
}

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";
