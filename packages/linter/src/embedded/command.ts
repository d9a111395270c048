import type { Span } from "@servable/diagnostics";
import { findFlag } from "@servable/server-flags";
import { isSeq, type Node } from "yaml";
import type { EmbeddedArgument } from "./embedded-server.ts";
import { inlineText } from "./inline-text.ts";
import { readShell, type ShellScope, splitWords, unknownText } from "./shell-words.ts";
import { items, type MaybeNode, spanOf, textOf } from "./yaml-tree.ts";

/** An argument, and where its characters stand in the file where that can be told. */
export interface WrittenArgument extends EmbeddedArgument {
  readonly offsets?: ((at: number) => number) | undefined;
}

/** What a reference to a variable stands for in the file: compose's `${X}`, Kubernetes' `$(X)`. */
export type Expand = (text: string) => string;

function scalarArgument(node: Node, source: string, expand: Expand): WrittenArgument | undefined {
  const text = textOf(node);
  if (text === undefined) return undefined;
  const span = spanOf(node);
  const written = span === undefined ? undefined : source.slice(span.start, span.end);
  const simple = written === text;
  const quote = /^(["']).*\1$/s.exec(written ?? "")?.[1];
  const rewrite =
    simple || quote === "'"
      ? (value: string): string =>
          simple && /^[-\w@%+=,./]+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`
      : quote === '"'
        ? (value: string): string => JSON.stringify(value)
        : undefined;
  const expanded = expand(text);
  return {
    text: expanded,
    span,
    rewrite: expanded === text ? rewrite : undefined,
    offsets: expanded === text ? inlineText(node, source)?.offsets : undefined,
  };
}

/** A command as a list, or as one text that is split at its blanks. */
export function argumentsOf(node: MaybeNode, source: string, expand: Expand): WrittenArgument[] {
  if (isSeq(node)) {
    return items(node)
      .map((item) => scalarArgument(item, source, expand))
      .filter((argument) => argument !== undefined);
  }
  if (node == null) return [];
  const whole = scalarArgument(node, source, expand);
  if (whole === undefined) return [];
  const locate = locator(whole, source);
  return splitWords(whole.text).map((word) => ({
    text: word.text,
    span: locate(word.text, word.span),
    rewrite: undefined,
  }));
}

/** Finds the words of an argument in the file, from left to right; the whole argument where one is not found. */
function locator(whole: WrittenArgument, source: string): (text: string, inside: Span) => Span | undefined {
  const { span, offsets } = whole;
  let from = span?.start ?? 0;
  return (text, inside) => {
    if (span === undefined) return undefined;
    if (offsets !== undefined) {
      return { start: offsets(inside.start), end: Math.max(offsets(inside.start), offsets(inside.end)) };
    }
    const at = text === "" ? -1 : source.indexOf(text, from);
    if (at === -1 || at + text.length > span.end) return span;
    from = at + text.length;
    return { start: at, end: from };
  };
}

const baseName = (text: string | undefined): string => text?.split("/").at(-1) ?? "";
const isServer = (text: string | undefined): boolean => baseName(text) === "tensorflow_model_server";
const isEntrypoint = (text: string | undefined): boolean => baseName(text) === "tf_serving_entrypoint.sh";

/** Whether one of the arguments is a flag that only the model server has. */
export const hasServerFlags = (list: readonly EmbeddedArgument[]): boolean =>
  list.some(
    ({ text }) =>
      text.startsWith("--") && findFlag(text.slice(2).split("=")[0] ?? "")?.name.includes("_") === true,
  );

export interface ServerCommand {
  readonly entrypoint: "image" | "server";
  readonly arguments: readonly EmbeddedArgument[];
}

/**
 * What a container runs: the image's own entrypoint with arguments, or the server as entrypoint, behind other programs
 * (`env`, `tini`), or in the script of a shell's `-c`. Undefined where that is something else.
 * @param variable values that a script finds in its environment
 */
export function serverCommand(
  entry: readonly WrittenArgument[],
  args: readonly WrittenArgument[],
  source: string,
  variable: (name: string) => string | undefined,
): ServerCommand | undefined {
  const [first] = entry;
  if (first === undefined) return { entrypoint: "image", arguments: args };
  const words = [...entry, ...args];
  if (/^(ba|da|a|z|k)?sh$/.test(baseName(first.text))) {
    const at = words.findIndex(({ text }, index) => index > 0 && /^-\w*c\w*$/.test(text));
    const script = at === -1 ? undefined : words[at + 1];
    return script === undefined ? undefined : commandOfScript(script, source, variable);
  }
  const program = words.findIndex(({ text }) => isServer(text) || isEntrypoint(text));
  if (program === -1) return undefined;
  return {
    entrypoint: isServer(words[program]?.text) ? "server" : "image",
    arguments: words.slice(program + 1),
  };
}

/** The last server that a script starts. */
function commandOfScript(
  script: WrittenArgument,
  source: string,
  variable: (name: string) => string | undefined,
): ServerCommand | undefined {
  let found: ServerCommand | undefined;
  const own = new Map<string, string>();
  const scope: ShellScope = {
    variable: (name) => own.get(name) ?? variable(name),
    // Kubernetes puts a variable in the place of `$(NAME)`.
    substitution: (command) => (/^\w+$/.test(command) ? variable(command) : undefined),
  };
  const locate = locator(script, source);
  readShell(script.text, scope, ({ words, assignments }) => {
    if (words.length === 0) {
      for (const { name, value, append } of assignments) own.set(name, append ? unknownText : value);
      return;
    }
    const program = words.findIndex(({ text }) => isServer(text) || isEntrypoint(text));
    // A word among the arguments of another program is no command.
    const before = words.slice(0, Math.max(0, program)).every(({ text }) => wrapper.test(text));
    if (program === -1 || !before) return;
    found = {
      entrypoint: isServer(words[program]?.text) ? "server" : "image",
      arguments: words.slice(program + 1).map((word) => ({
        text: word.text,
        span: locate(word.text, word.span),
        rewrite:
          word.plain && script.offsets !== undefined
            ? (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text}'`)
            : undefined,
      })),
    };
  });
  return found;
}

const wrapper =
  /^(exec|env|nohup|time|nice|numactl|tini|dumb-init|then|do|else|!|\{|--?[\w-]+(=.*)?|\w+=.*)$/;
