/** What the commands `check`, `fmt`, `explain` and `lsp` do with an input, without their files and pipes. */
import { checkSpecText } from "@servable/config-schema";
import { applyFixes, type Diagnostic, sortDiagnostics } from "@servable/diagnostics";
import { languageOf } from "@servable/language-server";
import { checkManifest, looksLikeManifest } from "@servable/linter/manifests";
import { explain } from "@servable/linter/registry";
import { checkReload } from "@servable/linter/reload";
import { checkStart } from "@servable/linter/start";
import { checkTextProto, detectKind, kindMessages, textProtoKinds } from "@servable/linter/text-proto";
import { type ModelFileSystem, memoryFileSystem } from "@servable/model-layout";
import { schemas } from "@servable/protos/text-schema";
import type { Random } from "@servable/test-fixtures/random";
import { bytesOfText, format, textOfBytes } from "@servable/text-proto";
import type { Seed } from "./inputs.ts";

function sound(diagnostics: readonly Diagnostic[], texts: ReadonlyMap<string, string>): void {
  for (const { file, span, message } of diagnostics) {
    const text = texts.get(file);
    if (text === undefined || span === undefined) continue;
    if (!(span.start >= 0 && span.start <= span.end && span.end <= text.length))
      throw new Error(`a span outside the text: ${message} ${span.start}-${span.end} of ${text.length}`);
  }
}

/** As `check --fix` does. */
function fixed(text: string, file: string, check: (text: string) => readonly Diagnostic[]): void {
  let current = text;
  for (let pass = 0; pass < 12; pass++) {
    const own = sortDiagnostics(check(current)).filter((diagnostic) => diagnostic.file === file);
    const { text: next, applied } = applyFixes(current, own);
    if (applied === 0 || next === current) return;
    current = next;
  }
}

const now = new Date("2026-06-01");

function textProto(random: Random, text: string, file: string): void {
  // Text with lone surrogates stands for bytes that are no UTF-8, as a file may hold them.
  const read = textOfBytes(bytesOfText(text));
  const kind = random.chance(0.5)
    ? (detectKind(file, read) ?? random.pick(textProtoKinds))
    : random.pick(textProtoKinds);
  const tfsVersion = random.pick(["1.15.0", "2.3.0", "2.8.0", "2.17.1", "2.20.0"]);
  const check = (source: string): Diagnostic[] => checkTextProto(source, { file, kind, tfsVersion, now });
  sound(check(read), new Map([[file, read]]));
  if (random.chance(0.3)) fixed(read, file, check);
  const message = kindMessages[kind];
  const formatted = format(read, { message, schemas });
  if (formatted.errors === undefined) {
    const again = format(formatted.text, { message, schemas });
    if (again.text !== formatted.text) throw new Error("fmt is not idempotent");
  }
  if (random.chance(0.1))
    checkReload({
      newText: read,
      newFile: file,
      oldText: 'model_config_list { config { name: "m" base_path: "/m" model_platform: "tensorflow" } }',
      oldFile: "old",
      cwd: "/nowhere",
    });
}

function editor(random: Random, text: string, file: string): void {
  const language = languageOf(file, text);
  if (language === undefined) return;
  const document = textDocument(text);
  for (let times = 3; times > 0; times--) {
    const offset = document.offset(random.below(1000), random.below(1000));
    language.complete(text, offset);
    language.hover(text, offset);
  }
  sound(language.diagnostics(text), new Map([[file, text]]));
  language.format(text);
}

/** Positions as an editor gives them. */
function textDocument(text: string): { offset: (line: number, character: number) => number } {
  const lines = text.split("\n");
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  return {
    offset: (line, character) => {
      const index = line % lines.length;
      return (starts[index] ?? 0) + (character % ((lines[index]?.length ?? 0) + 1));
    },
  };
}

function manifest(random: Random, text: string, file: string, fs: ModelFileSystem): void {
  const path = `/${file}`;
  const check = (source: string): ReturnType<typeof checkManifest> =>
    checkManifest(source, { file, path, cwd: "/", level: "quick", now, fs });
  looksLikeManifest(path, text);
  const { diagnostics, texts } = check(text);
  sound(diagnostics, new Map([[file, text], ...texts]));
  if (random.chance(0.2)) fixed(text, file, (source) => check(source).diagnostics);
}

function spec(random: Random, text: string): void {
  const check = (source: string): readonly Diagnostic[] => checkSpecText(source, { file: "servable.yaml" });
  sound(check(text), new Map([["servable.yaml", text]]));
  if (random.chance(0.2)) fixed(text, "servable.yaml", check);
}

function flags(random: Random, text: string, fs: ModelFileSystem): void {
  const argv = text
    .split(random.chance(0.9) ? /\s+/ : /\n/)
    .filter((word) => word !== "" && !word.includes("\0"));
  checkStart({
    argv,
    cwd: "/",
    fs,
    level: random.pick(["quick", "graph", "bytes"]),
    tfsVersion: random.pick(["1.14.0", "2.5.1", "2.17.1", "2.20.0"]),
    now,
  });
}

const scripts = ["run.sh", "run.bash", "run.bat", "run.ps1", "Dockerfile"];
const manifests = ["compose.yaml", "docker-compose.yml", "deployment.yaml", "k8s.json"];

/** The files of an example, one of them in its mutated form. */
const filesOf = ({ files }: Seed, file: string, text: string): ModelFileSystem =>
  memoryFileSystem(
    new Map(
      Object.entries({ ...files, [file]: text })
        .filter(([path]) => path !== "<flags>")
        .map(([path, content]) => [path.startsWith("/") ? path : `/${path}`, bytesOfText(content)]),
    ),
  );

/** Gives one input to one of the entry points; gives its name. */
export function feed(random: Random, text: string, seed: Seed): string {
  const name = seed.file.split("/").at(-1) ?? "";
  const any = random.chance(0.1);
  if (random.chance(0.02)) {
    explain(text);
    return "explain";
  }
  if (random.chance(0.15)) {
    editor(
      random,
      text,
      any
        ? random.pick(["servable.yaml", "models.config", "batching.pbtxt"])
        : seed.kind === "yaml"
          ? "servable.yaml"
          : name,
    );
    return "lsp";
  }
  const kind = any ? random.pick(["flags", "yaml", "script", "text"] as const) : seed.kind;
  switch (kind) {
    case "flags":
      flags(random, text, filesOf(seed, "<flags>", ""));
      return "start";
    case "script":
      manifest(random, text, random.pick(scripts), filesOf(seed, seed.file, text));
      return "manifest";
    case "yaml":
      if (random.chance(0.5)) {
        spec(random, text);
        return "spec";
      }
      manifest(random, text, random.pick(manifests), filesOf(seed, seed.file, text));
      return "manifest";
    default:
      if (seed.files["<flags>"] !== undefined && random.chance(0.5)) {
        flags(random, seed.files["<flags>"], filesOf(seed, seed.file, text));
        return "start with file";
      }
      textProto(random, text, name);
      return "text";
  }
}

export type Target = "text" | "fmt" | "lsp" | "spec" | "manifest" | "start" | "explain";

/** Gives one text to one entry point, as it is. */
export function feedAs(target: Target, text: string, file: string): void {
  const fs = memoryFileSystem(new Map());
  switch (target) {
    case "text":
      checkTextProto(text, { file, now });
      return;
    case "fmt":
      format(text, { message: kindMessages[detectKind(file, text) ?? "model-server-config"], schemas });
      return;
    case "lsp": {
      const language = languageOf(file, text);
      for (const offset of [0, text.length >> 1, text.length]) {
        language?.complete(text, offset);
        language?.hover(text, offset);
      }
      return;
    }
    case "spec":
      checkSpecText(text, { file });
      return;
    case "manifest":
      checkManifest(text, { file, path: `/${file}`, cwd: "/", level: "quick", fs, now });
      return;
    case "start":
      checkStart({ argv: text.split("\n"), cwd: "/", fs, level: "quick", now });
      return;
    case "explain":
      explain(text);
  }
}
