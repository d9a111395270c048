import type { Span } from "@servable/diagnostics";
import { hasServerFlags, serverCommand, type WrittenArgument } from "./command.ts";
import type { EmbeddedMount, EmbeddedServer } from "./embedded-server.ts";
import { interpolate } from "./environment-file.ts";
import { unknownMount } from "./mounts.ts";
import { isServingImage } from "./serving-image.ts";
import { type ShellWord, splitWords, unknownText } from "./shell-words.ts";

interface Instruction {
  readonly name: string;
  /** With blanks in place of comments and line continuations, so that every character keeps its place. */
  readonly text: string;
  /** Offset of the text. */
  readonly start: number;
}

/** Whether a file is meant as a Dockerfile. */
export const isDockerfile = (path: string): boolean =>
  /(^|[/\\])(Dockerfile|Containerfile)([.-][^/\\]*)?$|\.dockerfile$/i.test(path);

function* instructions(source: string): Generator<Instruction> {
  const line = /[^\n]*(?:\n|$)/gy;
  let name = "";
  let text = "";
  let start = 0;
  let open = false;
  while (line.lastIndex < source.length) {
    const at = line.lastIndex;
    const raw = line.exec(source)?.[0] ?? "";
    const comment = /^\s*#/.test(raw);
    if (comment || (open && raw.trim() === "")) {
      if (open) text += " ".repeat(raw.length);
      continue;
    }
    const continues = /\\[ \t]*\r?\n?$/.test(raw);
    const body = continues ? raw.replace(/\\[ \t]*\r?\n?$/, (tail) => " ".repeat(tail.length)) : raw;
    if (open) text += body;
    else {
      const head = /^\s*([A-Za-z]+)(?=\s)/.exec(body);
      if (head === null) continue;
      name = (head[1] ?? "").toUpperCase();
      start = at + head[0].length;
      text = body.slice(head[0].length);
    }
    open = continues;
    if (!open) yield { name, text, start };
  }
  if (open) yield { name, text, start };
}

/** The arguments of ENTRYPOINT or CMD: a JSON list, or the script of a shell. */
function argumentsOf({ text, start }: Instruction): WrittenArgument[] {
  const list = /^\s*\[.*\]\s*$/s.test(text) ? [...text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)] : undefined;
  if (list === undefined) {
    const script = text.trimEnd();
    const blank = script.length - script.trimStart().length;
    const span = { start: start + blank, end: start + script.length };
    return [
      { text: "/bin/sh", span, rewrite: undefined },
      { text: "-c", span, rewrite: undefined },
      { text: script.trimStart(), span, rewrite: undefined, offsets: (at) => span.start + at },
    ];
  }
  return list.map((match) => {
    const span = { start: start + match.index, end: start + match.index + match[0].length };
    const raw = match[1] ?? "";
    const plain = !raw.includes("\\");
    return {
      text: plain ? raw : raw.replace(/\\(.)/g, "$1"),
      span,
      rewrite: plain ? (value: string) => JSON.stringify(value) : undefined,
      offsets: plain ? (at: number) => span.start + 1 + at : undefined,
    };
  });
}

interface Stage {
  readonly image: { readonly reference: string; readonly span: Span };
  readonly environment: Map<string, { value: string; span: Span }>;
  readonly mounts: EmbeddedMount[];
  entry: WrittenArgument[] | undefined;
  command: WrittenArgument[];
}

/** The model server that an image from this Dockerfile starts by itself: that of its last stage. */
export function serversOfDockerfile(source: string): EmbeddedServer[] {
  const build = new Map<string, string>();
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  const known = (name: string): string | undefined => stage?.environment.get(name)?.value ?? build.get(name);
  const expand = (text: string): string => interpolate(text.replace(/\\\$/g, "$$$$"), known, unknownText);
  for (const instruction of instructions(source)) {
    const { name, text, start } = instruction;
    const words = splitWords(text);
    const spanOf = (word: ShellWord): Span => ({
      start: start + word.span.start,
      end: start + word.span.end,
    });
    if (name === "ARG") {
      for (const word of words) {
        const [key = "", ...value] = word.text.split("=");
        if (value.length > 0) build.set(key, expand(value.join("=")));
      }
    } else if (name === "FROM") {
      const at = words.findIndex((word) => !word.text.startsWith("--"));
      const image = words[at];
      if (image === undefined) continue;
      const reference = expand(image.text);
      const base = stages.get(reference.toLowerCase());
      stage = {
        image: base?.image ?? { reference, span: spanOf(image) },
        environment: new Map(base?.environment),
        mounts: [...(base?.mounts ?? [])],
        entry: base?.entry,
        command: base?.command ?? [],
      };
      const alias = words[at + 1]?.text.toLowerCase() === "as" ? words[at + 2]?.text : undefined;
      if (alias !== undefined) stages.set(alias.toLowerCase(), stage);
    } else if (stage !== undefined) read(instruction, words, stage, spanOf, expand);
  }
  if (stage === undefined) return [];
  const { environment, image, mounts } = stage;
  const command = serverCommand(
    stage.entry ?? [],
    stage.command,
    source,
    (name) => environment.get(name)?.value,
  );
  if (command === undefined) return [];
  const serves = isServingImage(image.reference);
  if (command.entrypoint === "image" && !serves && !hasServerFlags(command.arguments)) return [];
  return [
    {
      origin: "dockerfile",
      span: image.span,
      name: undefined,
      image,
      entrypoint: command.entrypoint,
      arguments: command.arguments,
      environment,
      // What is not copied comes with the base image, or is mounted when the image is run.
      mounts: serves && mounts.length > 0 ? mounts : [...mounts, unknownMount(undefined)],
      published: undefined,
      gpus: undefined,
      memoryBytes: undefined,
      cpuLimit: undefined,
      probes: [],
      replicas: undefined,
      misplaced: [],
    },
  ];
}

function read(
  instruction: Instruction,
  words: readonly ShellWord[],
  stage: Stage,
  spanOf: (word: ShellWord) => Span,
  expand: (text: string) => string,
): void {
  switch (instruction.name) {
    case "ENV": {
      const [first, ...more] = words;
      if (first === undefined) return;
      if (!first.text.includes("=")) {
        // The old form: ENV NAME the whole rest.
        const value = more.map((word) => word.text).join(" ");
        stage.environment.set(first.text, { value: expand(value), span: spanOf(first) });
      } else {
        for (const word of words) {
          const [key = "", ...value] = word.text.split("=");
          stage.environment.set(key, { value: expand(value.join("=")), span: spanOf(word) });
        }
      }
      return;
    }
    case "COPY":
    case "ADD":
      stage.mounts.push(...copied(instruction, words, spanOf, expand));
      return;
    case "RUN":
    case "VOLUME":
      // It may put anything anywhere.
      stage.mounts.push(unknownMount(undefined));
      return;
    case "ENTRYPOINT":
      stage.entry = argumentsOf(instruction);
      stage.command = [];
      return;
    case "CMD":
      // The form without a list reaches the image's script as `/bin/sh -c …`, three arguments that it hands on.
      stage.command = argumentsOf(instruction);
  }
}

function copied(
  { text }: Instruction,
  words: readonly ShellWord[],
  spanOf: (word: ShellWord) => Span,
  expand: (text: string) => string,
): EmbeddedMount[] {
  if (/^\s*(--\S+\s+)*--from=/.test(text)) return [unknownMount(undefined)];
  const list = /^\s*\[.*\]\s*$/s.test(text)
    ? [...text.matchAll(/"([^"\\]*)"/g)].map((match) => expand(match[1] ?? ""))
    : words.filter((word) => !word.text.startsWith("--")).map((word) => expand(word.text));
  const target = list.at(-1);
  const place = words[0];
  if (target === undefined || list.length < 2 || place === undefined) return [];
  if (!target.startsWith("/") || target.includes(unknownText)) return [unknownMount(undefined)];
  return list.slice(0, -1).map((given) => {
    const open = given.includes(unknownText) || /[*?[]/.test(given) || /^(https?|git|ftp):/.test(given);
    const file = /[^/]\.[A-Za-z]\w*$/.test(given);
    const into = file && target.endsWith("/") ? `${target}${given.split("/").at(-1)}` : target;
    return {
      source: open ? undefined : given.replace(/^\/+/, "") || ".",
      target: into,
      span: spanOf(place),
      createsSource: false,
      singleFile: false,
      named: false,
    };
  });
}
