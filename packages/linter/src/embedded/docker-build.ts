import type { Span } from "@servable/diagnostics";
import type { ScriptPlace } from "./script-place.ts";
import { readShell, unknownText } from "./shell-words.ts";

/** A `docker build` of TensorFlow Serving's Dockerfiles. */
export interface EmbeddedBuild {
  readonly span: Span;
  /** As given with `-f`; undefined: `Dockerfile`. */
  readonly dockerfile: string | undefined;
  /** Values of `--build-arg`, without those that only the shell knows. */
  readonly arguments: ReadonlyMap<string, { readonly value: string; readonly span: Span }>;
}

/** The builds in a shell script that set a build argument of TensorFlow Serving, or use one of its Dockerfiles. */
export function buildsOfScript(text: string, place: ScriptPlace): EmbeddedBuild[] {
  if (!/TF_SERVING_|Dockerfile\.(devel|mkl|gpu)/.test(text)) return [];
  const builds: EmbeddedBuild[] = [];
  const variables = new Map<string, string>([["PWD", place.cwd]]);
  readShell(
    text,
    { variable: (name) => variables.get(name), substitution: () => undefined },
    ({ words, assignments }) => {
      for (const { name, value } of words.length === 0 ? assignments : []) {
        if (!value.includes(unknownText)) variables.set(name, value);
      }
      const docker = words.findIndex(({ text: word }) =>
        /^(docker|podman|nerdctl)$/.test(word.split("/").at(-1) ?? ""),
      );
      const build = words.findIndex(({ text: word }, index) => index > docker && word === "build");
      const first = words[docker];
      if (docker === -1 || build === -1 || build > docker + 2 || first === undefined) return;
      const found = readBuild(words.slice(build + 1), first.span);
      if (found !== undefined) builds.push(found);
    },
  );
  return builds;
}

function readBuild(words: readonly { text: string; span: Span }[], span: Span): EmbeddedBuild | undefined {
  let dockerfile: string | undefined;
  const found = new Map<string, { value: string; span: Span }>();
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    const match = /^(-f|--file|--build-arg)(?:=(.*))?$/s.exec(word.text);
    if (match === null) continue;
    const next = match[2] === undefined ? words[++index] : undefined;
    const value = match[2] ?? next?.text ?? "";
    const place = { start: word.span.start, end: next?.span.end ?? word.span.end };
    if (match[1] !== "--build-arg") dockerfile = value;
    else {
      const equals = value.indexOf("=");
      if (equals !== -1 && !value.includes(unknownText)) {
        found.set(value.slice(0, equals), { value: value.slice(equals + 1), span: place });
      }
    }
  }
  const ours =
    [...found.keys()].some((name) => name.startsWith("TF_SERVING_")) ||
    /Dockerfile\.(devel|mkl|gpu)/.test(dockerfile ?? "");
  return ours ? { span, dockerfile, arguments: found } : undefined;
}
