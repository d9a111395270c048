import type { Span } from "@servable/diagnostics";
import { findFlag } from "@servable/server-flags";
import { hasServerFlags, serverCommand, type WrittenArgument } from "./command.ts";
import { type EmbeddedArgument, type EmbeddedServer, readBytes, readUser } from "./embedded-server.ts";
import { environmentFile } from "./environment-file.ts";
import { longMount, readPort, shortMount, unknownMount } from "./mounts.ts";
import type { ScriptPlace } from "./script-place.ts";
import { isGenerated, isServingImage, looksServing } from "./serving-image.ts";
import { type ShellWord, unknownText } from "./shell-words.ts";

/** Options of `docker run` that take no value; every other long option takes the next word unless it has an `=`. */
const switches = new Set(
  "--detach --disable-content-trust --help --init --interactive --no-healthcheck --oom-kill-disable --privileged --publish-all --quiet --read-only --rm --sig-proxy --tty --use-api-socket".split(
    " ",
  ),
);
const shortSwitches = /^-[ditPq]+$/;
/** Short options whose value may be glued to them. */
const shortValues = /^-([aceghlmpuvw])(.*)$/s;

const argumentOf = (word: ShellWord): EmbeddedArgument => ({
  text: word.text,
  span: word.span,
  rewrite: word.plain
    ? (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
    : undefined,
});

/** The server as a command of the host. */
export function plainCommand(command: readonly ShellWord[]): EmbeddedServer {
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

interface RunPlace {
  readonly source: string;
  readonly place: ScriptPlace;
  readonly variables: ReadonlyMap<string, string>;
  readonly nvidia: boolean;
}

/** A word with the place of its characters, where it is written in plain letters or between two quotes. */
function writtenWord(word: ShellWord, source: string): WrittenArgument {
  const raw = source.slice(word.span.start, word.span.end);
  const quoted = /^(["'])(.*)\1$/s.exec(raw);
  const shift = raw === word.text ? 0 : quoted?.[2] === word.text ? 1 : undefined;
  return {
    ...argumentOf(word),
    offsets: shift === undefined ? undefined : (at) => word.span.start + shift + at,
  };
}

/** The variables of the container, as `-e` and `--env-file` set them. */
function environmentOf(
  options: readonly Option[],
  { variables, place }: RunPlace,
): EmbeddedServer["environment"] {
  const environment = new Map<string, { value: string; span: Span | undefined }>();
  // docker reads the files first, whatever the order of the options.
  for (const { name, value, span } of options) {
    if (name !== "--env-file") continue;
    const text = value.includes(unknownText) ? undefined : place.read?.(value);
    if (text === undefined) {
      for (const key of ["MODEL_NAME", "MODEL_BASE_PATH"]) environment.set(key, { value: unknownText, span });
    } else {
      for (const [key, own] of environmentFile(text, "docker"))
        environment.set(key, { value: own ?? variables.get(key) ?? unknownText, span });
    }
  }
  for (const { name, value, span } of options) {
    if (name !== "-e" && name !== "--env") continue;
    const equals = value.indexOf("=");
    // Without a value it is handed on from the script.
    if (equals === -1) environment.set(value, { value: variables.get(value) ?? unknownText, span });
    else environment.set(value.slice(0, equals), { value: value.slice(equals + 1), span });
  }
  return environment;
}

type Misplaced = EmbeddedServer["misplaced"][number];

interface CutRun {
  readonly options: readonly Option[];
  readonly image: ShellWord;
  /** What the container's entrypoint gets. */
  readonly rest: readonly ShellWord[];
  readonly misplaced: readonly Misplaced[];
}

/** Cuts the words behind `run` into options, image and arguments; undefined where there is no image. */
function cutRun(words: readonly ShellWord[]): CutRun | undefined {
  const options: Option[] = [];
  const misplaced: Misplaced[] = [];
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
  return image === undefined ? undefined : { options, image, rest: words.slice(index + 1), misplaced };
}

/** Takes docker's options out of the arguments behind the image, where docker does not look for them. */
function withoutOptions(rest: readonly ShellWord[]): {
  readonly kept: readonly ShellWord[];
  readonly misplaced: readonly Misplaced[];
} {
  const kept: ShellWord[] = [];
  const misplaced: Misplaced[] = [];
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
  return { kept, misplaced };
}

/** The server that the words behind `run` start, if it is one. */
export function readRun(
  words: readonly ShellWord[],
  start: Span | undefined,
  run: RunPlace,
): EmbeddedServer | undefined {
  const cut = cutRun(words);
  if (cut === undefined) return undefined;
  const { options, image } = cut;
  const { kept, misplaced } = withoutOptions(cut.rest);
  const all = (...names: string[]): Option[] => options.filter((option) => names.includes(option.name));
  const environment = environmentOf(options, run);
  const entrypointOption = all("--entrypoint").at(-1);
  const servesImage =
    isServingImage(image.text) ||
    isGenerated(run.source) ||
    looksServing(
      environment,
      all("-p", "--publish").flatMap(({ value, span }) => readPort(value, span)),
    );
  const entry =
    entrypointOption === undefined || entrypointOption.value === ""
      ? []
      : [{ text: entrypointOption.value, span: entrypointOption.span, rewrite: undefined }];
  const server = serverCommand(
    entry,
    kept.map((word) => writtenWord(word, run.source)),
    run.source,
    (name) => environment.get(name)?.value,
  );
  if (server === undefined) return undefined;
  if (server.entrypoint === "image" && !servesImage && !hasServerFlags(server.arguments)) return undefined;
  const network = all("--network", "--net").at(-1)?.value;
  const memory = all("-m", "--memory").at(-1);
  const bytes = memory === undefined ? undefined : readBytes(memory.value);
  const cpus = all("--cpus").at(-1);
  const userOption = all("-u", "--user").at(-1);
  const user = readUser(userOption?.value, userOption?.span);
  const gpus = all("--gpus").at(-1) ?? all("--runtime").find((option) => option.value === "nvidia");
  return {
    origin: "docker-run",
    span: start,
    name: all("--name").at(-1)?.value,
    image: { reference: image.text, span: image.span },
    entrypoint: server.entrypoint,
    arguments: server.arguments,
    environment,
    mounts: [
      ...all("-v", "--volume").map(({ value, span }) => shortMount(value, span)),
      ...all("--mount").map(({ value, span }) => longMount(value, span)),
      ...all("--volumes-from").map(({ span }) => unknownMount(span)),
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
    gpus: gpus !== undefined ? { span: gpus.span } : run.nvidia ? { span: start } : undefined,
    memoryBytes: bytes === undefined ? undefined : { bytes, span: memory?.span },
    cpuLimit:
      cpus === undefined || !Number.isFinite(Number(cpus.value))
        ? undefined
        : { cores: Number(cpus.value), span: cpus.span },
    probes: [],
    healthChecks: all("--health-cmd").map(({ value, span }) => ({ command: value, span })),
    ...(user === undefined ? {} : { user }),
    replicas: undefined,
    misplaced: [...cut.misplaced, ...misplaced],
  };
}
