import { plainCommand, readRun } from "./docker-run.ts";
import type { EmbeddedServer } from "./embedded-server.ts";
import type { InlineText } from "./inline-text.ts";
import type { ScriptPlace } from "./script-place.ts";
import { readShell, type ShellScope, type ShellWord, unknownText } from "./shell-words.ts";

/** The servers that a shell script starts with `docker run` (podman, nerdctl) or as a command. */
export function serversOfScript(text: string, place: ScriptPlace): ScriptServers {
  const script: Script = { source: text, place, servers: [], written: new Map(), makesFiles: false };
  readPart(text, 0, new Map([["PWD", place.cwd]]), script, 0);
  return script;
}

export interface ScriptServers {
  readonly servers: readonly EmbeddedServer[];
  /** Files that the script writes from here documents, by absolute path; undefined where only the shell knows the text. */
  readonly written: ReadonlyMap<string, InlineText | undefined>;
}

interface Script {
  readonly source: string;
  readonly place: ScriptPlace;
  readonly servers: EmbeddedServer[];
  readonly written: Map<string, InlineText | undefined>;
  /** A command ran that may have put files anywhere. */
  makesFiles: boolean;
}

/** Programs that fetch, unpack or make files. */
const makers =
  /^(git|curl|wget|tar|unzip|gunzip|cp|mv|mkdir|ln|rsync|scp|gsutil|aws|gcloud|az|azcopy|s3cmd|rclone|dvc|huggingface-cli|kaggle|pip3?|python[\d.]*|make|bash|sh|source|\.|\.{0,2}\/.*)$/;

/** Nested functions and substitutions are followed so far. */
const deepest = 4;

/** A script, the body of a function, or the inside of `$(…)`, which begins at `base` in the source. */
function readPart(
  text: string,
  base: number,
  variables: Map<string, string>,
  script: Script,
  depth: number,
): void {
  const { place, servers, source } = script;
  const inner = (part: string, offset: number): void => {
    if (depth < deepest && starts.test(part))
      readPart(part, base + offset, new Map(variables), script, depth + 1);
  };
  const scope: ShellScope = {
    variable: (name) =>
      name === "0" && place.folder !== undefined ? `${place.folder}/script` : variables.get(name),
    substitution: (command, offset) => {
      inner(command, offset);
      return knownSubstitution(command, place);
    },
    body: inner,
    written: (file, body, offset) => {
      if (file === "" || file.includes(unknownText)) return;
      const path = file.startsWith("/") ? file : `${place.cwd}/${file.replace(/^\.\//, "")}`;
      const start = base + offset;
      const span = { start, end: start + (body?.length ?? 0) };
      script.written.set(
        path,
        body === undefined ? undefined : { text: body, span, offsets: (at) => start + at, literal: true },
      );
    },
  };
  const assign = (name: string, value: string, append: boolean): void => {
    const before = variables.get(name);
    if (value.includes(unknownText) || (append && before === undefined)) variables.delete(name);
    else variables.set(name, append ? `${before}${value}` : value);
  };
  readShell(text, scope, ({ words: read, assignments }) => {
    const words =
      base === 0
        ? read
        : read.map((word) => ({
            ...word,
            span: { start: word.span.start + base, end: word.span.end + base },
          }));
    if (words.length === 0) {
      for (const { name, value, append } of assignments) assign(name, value, append);
      return;
    }
    if (/^(export|local|declare|readonly|typeset)$/.test(words[0]?.text ?? "")) {
      for (const word of words.slice(1)) {
        const match = /^([A-Za-z_]\w*)(\+?)=(.*)$/s.exec(word.text);
        if (match !== null) assign(match[1] ?? "", match[3] ?? "", match[2] === "+");
      }
      return;
    }
    const helped = ownHelper(words, place);
    if (helped !== undefined) {
      variables.set("REPLY", helped);
      return;
    }
    const command = dropPrefixes(words);
    const program = command[0]?.text.split("/").at(-1) ?? "";
    if (program === "tensorflow_model_server") {
      servers.push(plainCommand(command));
    } else if (/^(docker|podman|nerdctl|nvidia-docker2?)(\.exe)?$/.test(program)) {
      const run = command.findIndex((word) => word.text === "run" || word.text === "create");
      if (run === -1) return;
      const own = new Map(variables);
      for (const { name, value } of assignments) own.set(name, value);
      const server = readRun(command.slice(run + 1), command[0]?.span, {
        source,
        place,
        variables: own,
        nvidia: program.startsWith("nvidia"),
      });
      if (server === undefined) return;
      const mounts = server.mounts?.map((mount) =>
        script.makesFiles ? { ...mount, perhapsMade: true } : mount,
      );
      servers.push({ ...server, mounts });
    } else if (makers.test(command[0]?.text ?? "")) {
      script.makesFiles = true;
    }
  });
}

/** What a text must hold to start a server at all. */
const starts = /\b(docker|podman|nerdctl|tensorflow_model_server)\b/;

/** The command behind `sudo -E`, `env A=b`, `nohup`, `timeout 60`, `if !` and the like. */
function dropPrefixes(words: readonly ShellWord[]): readonly ShellWord[] {
  let at = 0;
  while (at < words.length) {
    const text = words[at]?.text ?? "";
    if (/^(exec|sudo|command|nohup|time|env|winpty|nice|if|elif|then|do|else|while|until|!|\{)$/.test(text)) {
      at++;
      while (/^-/.test(words[at]?.text ?? "")) at += /^-[ugCnDhp]$/.test(words[at]?.text ?? "") ? 2 : 1;
      if (text === "env" || text === "sudo") while (/^\w+=/.test(words[at]?.text ?? "")) at++;
    } else if (text === "timeout") {
      at++;
      while (/^-/.test(words[at]?.text ?? "")) at += /^-[sk]$/.test(words[at]?.text ?? "") ? 2 : 1;
      at++;
    } else break;
  }
  return words.slice(at);
}

function knownSubstitution(command: string, place: ScriptPlace): string | undefined {
  const bare = command.replace(/["']/g, "").replace(/\s+/g, " ").trim();
  if (bare === "pwd" || bare === "pwd -P") return place.cwd;
  const { folder } = place;
  if (folder === undefined) return undefined;
  const self = String.raw`\$(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE(?:\[0\])?(?::-\$0)?\})`;
  if (new RegExp(`^dirname (?:-- )?${self}$`).test(bare)) return folder;
  const cd = new RegExp(
    `^cd (?:-P )?(?:-- )?\\$\\(dirname (?:-- )?${self}\\)(/[\\w./-]*)? (?:>/dev/null )?&& pwd(?: -P)?$`,
  ).exec(bare);
  return cd === null ? undefined : `${folder}${cd[1] ?? ""}`;
}

/** The two helpers of the scripts that this tool generates: `absolute FOLDER` and `bind_mount SOURCE TARGET`. */
function ownHelper(words: readonly ShellWord[], place: ScriptPlace): string | undefined {
  const [name, first, second] = words.map((word) => word.text);
  if (name === "absolute" && first !== undefined && words.length === 2 && place.folder !== undefined) {
    return `${place.folder}/${first}`;
  }
  if (name === "bind_mount" && first !== undefined && second !== undefined && words.length === 3) {
    const source = `source=${first}`;
    const field = /[,"\n\r]/.test(source) ? `"${source.replaceAll('"', '""')}"` : source;
    return `type=bind,${field},${second},readonly`;
  }
  return undefined;
}
