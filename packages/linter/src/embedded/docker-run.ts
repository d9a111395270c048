import type { Span } from "@servable/diagnostics";
import { findFlag } from "@servable/server-flags";
import {
  type EmbeddedArgument,
  type EmbeddedMount,
  type EmbeddedPort,
  type EmbeddedServer,
  readBytes,
} from "./embedded-server.ts";
import { readShell, type ShellWord, unknownText } from "./shell-words.ts";

/** Options of `docker run` that take no value; every other long option takes the next word unless it has an `=`. */
const switches = new Set(
  "--detach --disable-content-trust --help --init --interactive --no-healthcheck --oom-kill-disable --privileged --publish-all --quiet --read-only --rm --sig-proxy --tty --use-api-socket".split(
    " ",
  ),
);
const shortSwitches = /^-[ditPq]+$/;
/** Short options whose value may be glued to them. */
const shortValues = /^-([aceghlmpuvw])(.*)$/s;

export interface ScriptPlace {
  /** Absolute folder of the script; undefined where it is not known. */
  readonly folder: string | undefined;
  /** Absolute working folder. */
  readonly cwd: string;
}

/** The servers that a shell script starts with `docker run` (podman, nerdctl) or as a command. */
export function serversOfScript(text: string, place: ScriptPlace): EmbeddedServer[] {
  const servers: EmbeddedServer[] = [];
  const variables = new Map<string, string>([["PWD", place.cwd]]);
  readShell(
    text,
    {
      variable: (name) =>
        name === "0" && place.folder !== undefined ? `${place.folder}/script` : variables.get(name),
      substitution: (command) => knownSubstitution(command, place),
    },
    ({ words, assignments }) => {
      if (words.length === 0) {
        for (const { name, value } of assignments) {
          if (value.includes(unknownText)) variables.delete(name);
          else variables.set(name, value);
        }
        return;
      }
      const helped = ownHelper(words, place);
      if (helped !== undefined) {
        variables.set("REPLY", helped);
        return;
      }
      const command = dropPrefixes(words);
      const program = command[0]?.text.split("/").at(-1);
      if (program === "tensorflow_model_server") {
        servers.push(plainCommand(command));
      } else if (program === "docker" || program === "podman" || program === "nerdctl") {
        const run = command.findIndex((word) => word.text === "run" || word.text === "create");
        if (run !== -1) {
          const server = readRun(command.slice(run + 1), command[0]?.span);
          if (server !== undefined) servers.push(server);
        }
      }
    },
  );
  return servers;
}

const dropPrefixes = (words: readonly ShellWord[]): readonly ShellWord[] => {
  const first = words.findIndex(
    (word) => !/^(exec|sudo|command|nohup|time|env|if|then|do|else|!|\{)$/.test(word.text),
  );
  return first === -1 ? [] : words.slice(first);
};

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
    return `type=bind,source=${first},${second},readonly`;
  }
  return undefined;
}

const argumentOf = (word: ShellWord): EmbeddedArgument => ({
  text: word.text,
  span: word.span,
  rewrite: word.plain
    ? (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
    : undefined,
});

function plainCommand(command: readonly ShellWord[]): EmbeddedServer {
  return {
    origin: "command",
    span: command[0]?.span,
    name: undefined,
    image: undefined,
    entrypoint: "server",
    arguments: command.slice(1).map(argumentOf),
    environment: new Map(),
    mounts: undefined,
    published: undefined,
    gpus: undefined,
    memoryBytes: undefined,
    cpuLimit: undefined,
    probes: [],
    replicas: undefined,
    misplaced: [],
  };
}

interface Option {
  readonly name: string;
  readonly value: string;
  readonly span: Span;
}

/** Cuts the words behind `run` into options, image and arguments. */
function readRun(words: readonly ShellWord[], start: Span | undefined): EmbeddedServer | undefined {
  const options: Option[] = [];
  const misplaced: { text: string; span: Span; what: "option" | "flag" }[] = [];
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    const { text, span } = word;
    if (text === "--") {
      index++;
      break;
    }
    if (!text.startsWith("-") || text === "-") break;
    const flag = text.startsWith("--") ? findFlag(text.slice(2).split("=")[0] ?? "") : undefined;
    if (flag?.name.includes("_") === true) {
      misplaced.push({ text, span, what: "flag" });
      continue;
    }
    if (text.startsWith("--")) {
      const equals = text.indexOf("=");
      if (equals !== -1) options.push({ name: text.slice(0, equals), value: text.slice(equals + 1), span });
      else if (switches.has(text)) options.push({ name: text, value: "true", span });
      else {
        const value = words[++index];
        options.push({
          name: text,
          value: value?.text ?? "",
          span: { start: span.start, end: value?.span.end ?? span.end },
        });
      }
      continue;
    }
    if (shortSwitches.test(text)) {
      options.push({ name: text, value: "true", span });
      continue;
    }
    const glued = shortValues.exec(text.replace(/^-[dit]+(?=[aceghlmpuvw])/, "-"));
    if (glued !== null && glued[2] !== "") {
      options.push({ name: `-${glued[1]}`, value: (glued[2] ?? "").replace(/^=/, ""), span });
    } else {
      const value = words[++index];
      options.push({
        name: glued === null ? text : `-${glued[1]}`,
        value: value?.text ?? "",
        span: { start: span.start, end: value?.span.end ?? span.end },
      });
    }
  }
  const image = words[index];
  if (image === undefined) return undefined;
  const rest = words.slice(index + 1);
  const all = (...names: string[]): Option[] => options.filter((option) => names.includes(option.name));
  const entrypointOption = all("--entrypoint").at(-1);
  const serverEntry = entrypointOption?.value.split("/").at(-1) === "tensorflow_model_server";
  const servesImage = isServingImage(image.text);
  if (entrypointOption !== undefined && !serverEntry) return undefined;
  if (!servesImage && !serverEntry && !rest.some((word) => isServerFlag(word.text))) return undefined;
  const kept: ShellWord[] = [];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at];
    if (word === undefined) break;
    if (
      /^--(publish|volume|mount|env|network|gpus|name)=|^-[pev]./.test(word.text) ||
      /^-d$|^--(rm|detach)$/.test(word.text)
    ) {
      misplaced.push({ text: word.text, span: word.span, what: "option" });
    } else if (/^-[pev]$|^--(publish|volume|mount|env|network|gpus|name)$/.test(word.text)) {
      const value = rest[++at];
      const end = value?.span.end ?? word.span.end;
      misplaced.push({
        text: `${word.text} ${value?.text ?? ""}`.trim(),
        span: { start: word.span.start, end },
        what: "option",
      });
    } else kept.push(word);
  }
  const network = all("--network", "--net").at(-1)?.value;
  const memory = all("-m", "--memory").at(-1);
  const bytes = memory === undefined ? undefined : readBytes(memory.value);
  const cpus = all("--cpus").at(-1);
  const gpus = all("--gpus").at(-1) ?? all("--runtime").find((option) => option.value === "nvidia");
  return {
    origin: "docker-run",
    span: start,
    name: all("--name").at(-1)?.value,
    image: { reference: image.text, span: image.span },
    entrypoint: serverEntry ? "server" : "image",
    arguments: kept.map(argumentOf),
    environment: new Map(
      all("-e", "--env").map(({ value, span }) => {
        const equals = value.indexOf("=");
        return equals === -1
          ? ([value, { value: unknownText, span }] as const)
          : ([value.slice(0, equals), { value: value.slice(equals + 1), span }] as const);
      }),
    ),
    mounts: [
      ...all("-v", "--volume").map(({ value, span }) => shortMount(value, span)),
      ...all("--mount").map(({ value, span }) => longMount(value, span)),
    ].filter((mount) => mount !== undefined),
    published:
      network === "host" ||
      network?.startsWith("container:") === true ||
      all("-P", "--publish-all").length > 0 ||
      all("-p", "--publish").some(
        ({ value, span }) => value.includes(unknownText) && readPort(value, span).length === 0,
      )
        ? undefined
        : all("-p", "--publish").flatMap(({ value, span }) => readPort(value, span)),
    gpus: gpus === undefined ? undefined : { span: gpus.span },
    memoryBytes: bytes === undefined ? undefined : { bytes, span: memory?.span },
    cpuLimit:
      cpus === undefined || !Number.isFinite(Number(cpus.value))
        ? undefined
        : { cores: Number(cpus.value), span: cpus.span },
    probes: [],
    replicas: undefined,
    misplaced,
  };
}

const isServerFlag = (text: string): boolean =>
  text.startsWith("--") && (findFlag(text.slice(2).split("=")[0] ?? "")?.name.includes("_") ?? false);

/** `tensorflow/serving` from whatever registry. */
export function isServingImage(reference: string): boolean {
  return /(^|\/)(tensorflow\/serving|tensorflow-serving|tf-serving|intel-optimized-tensorflow-serving)(?=[:@]|$)/.test(
    reference,
  );
}

/** `[address:][host:]container[/tcp]`. */
export function readPort(text: string, span: Span | undefined): EmbeddedPort[] {
  // What only the shell knows can be an address or a host's port.
  const known = text.replace(new RegExp(`^(?:${unknownText}:)+`), ":");
  const match = /^(?:(?:\[[^\]]*\]|[\d.]+):)?(?:(\d+)?:)?(\d+)(?:\/tcp)?$/.exec(known);
  if (match === null) return [];
  return [{ host: match[1] === undefined ? undefined : Number(match[1]), container: Number(match[2]), span }];
}

/** `source:target[:options]` of `-v` and of compose. */
export function shortMount(text: string, span: Span | undefined): EmbeddedMount | undefined {
  const match = /^((?:[A-Za-z]:[\\/])?[^:]*):([^:]+)(?::[\w,]*)?$/s.exec(text);
  if (match === null || (match[2] ?? "").includes(unknownText)) {
    return text.includes(unknownText) ? unknownMount(span) : undefined;
  }
  const source = match[1] ?? "";
  const isPath = /^[./~\\]|^[A-Za-z]:[\\/]/.test(source) || source.startsWith(unknownText) || source === "";
  return {
    source: isPath && !source.includes(unknownText) && !source.startsWith("~") ? source : undefined,
    target: match[2] ?? "",
    span,
    createsSource: true,
    singleFile: false,
    named: !isPath,
  };
}

/** A mount that only the shell knows: it may cover anything. */
const unknownMount = (span: Span | undefined): EmbeddedMount => ({
  source: undefined,
  target: "/",
  span,
  createsSource: false,
  singleFile: false,
  named: false,
});

function longMount(text: string, span: Span): EmbeddedMount | undefined {
  const fields = new Map(
    text.split(",").map((field) => {
      const equals = field.indexOf("=");
      return equals === -1
        ? ([field, "true"] as const)
        : ([field.slice(0, equals).trim(), field.slice(equals + 1)] as const);
    }),
  );
  const target = fields.get("target") ?? fields.get("destination") ?? fields.get("dst");
  const source = fields.get("source") ?? fields.get("src");
  if (target === undefined || target.includes(unknownText)) {
    return text.includes(unknownText) ? unknownMount(span) : undefined;
  }
  const bind = fields.get("type") === "bind";
  return {
    source: bind && source !== undefined && !source.includes(unknownText) ? source : undefined,
    target,
    span,
    createsSource: false,
    singleFile: false,
    named: !bind,
  };
}
