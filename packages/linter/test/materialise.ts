import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type ModelFileSystem, memoryFileSystem } from "@servable/model-layout";
import { sharedFixture } from "@servable/test-fixtures";

/** A file of a recorded scenario: a text, or an object as fixtures/server/README.md describes. */
export type ScenarioFile =
  | string
  | {
      $model?: string;
      $without?: string[];
      $truncate?: Record<string, number>;
      $file?: string;
      $dir?: number;
      $symlink?: string;
      $b64?: string;
      $mode?: string;
    };

export interface Substitution {
  readonly dir: string;
  readonly port: number;
  readonly rest: number;
}

export function substitute(text: string, { dir, port, rest }: Substitution): string {
  const values: Record<string, string> = {
    DIR: dir,
    PORT: String(port),
    REST: String(rest),
    REST65536: String(rest + 65536),
  };
  return text.replace(/\$\{(?:PEM:([^}]+)|(\w+))\}/g, (whole, pem: string | undefined, name: string) =>
    pem === undefined
      ? (values[name] ?? whole)
      : readFileSync(sharedFixture("server", "certs", pem), "utf8").replaceAll("\n", "\\n"),
  );
}

/** Copies a folder; the fixtures are read-only, the copy is not. */
function copyWritable(from: string, to: string): void {
  if (statSync(from).isDirectory()) {
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) copyWritable(join(from, name), join(to, name));
  } else {
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, readFileSync(from));
  }
}

/** Writes one file of a scenario below `dir`. */
export function put(path: string, file: ScenarioFile, at: Substitution): void {
  const target = join(at.dir, path);
  if (typeof file === "string") {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, substitute(file, at));
    return;
  }
  if (file.$model !== undefined) {
    copyWritable(sharedFixture(file.$model), target);
    for (const gone of file.$without ?? []) rmSync(join(target, gone), { recursive: true, force: true });
    for (const [name, bytes] of Object.entries(file.$truncate ?? {})) truncateSync(join(target, name), bytes);
  } else if (file.$file !== undefined) {
    copyWritable(sharedFixture(file.$file), target);
  } else if (file.$dir !== undefined) {
    mkdirSync(target, { recursive: true });
  } else if (file.$symlink !== undefined) {
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(substitute(file.$symlink, at), target);
  } else if (file.$b64 !== undefined) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, Buffer.from(file.$b64, "base64"));
  }
  if (file.$mode !== undefined && existsSync(target)) chmodSync(target, Number.parseInt(file.$mode, 8));
}

export function materialise(files: Readonly<Record<string, ScenarioFile>>, at: Substitution): void {
  mkdirSync(at.dir, { recursive: true });
  for (const [path, file] of Object.entries(files)) put(path, file, at);
}

const fixtureFiles = new Map<string, ReadonlyMap<string, Uint8Array>>();

/** Files of a fixture folder (or the one file), by path below it; read once. */
function readFixture(path: string): ReadonlyMap<string, Uint8Array> {
  const known = fixtureFiles.get(path);
  if (known !== undefined) return known;
  const found = new Map<string, Uint8Array>();
  const visit = (at: string, below: string): void => {
    if (statSync(at).isDirectory()) {
      found.set(`${below}/`, new Uint8Array());
      for (const name of readdirSync(at)) visit(join(at, name), `${below}/${name}`);
    } else found.set(below, readFileSync(at));
  };
  visit(sharedFixture(path), "");
  fixtureFiles.set(path, found);
  return found;
}

/** The scenario's files without touching the disk; undefined where only a disk will do (links, modes). */
export function inMemory(
  files: Readonly<Record<string, ScenarioFile>>,
  at: Substitution,
): ModelFileSystem | undefined {
  const held = new Map<string, Uint8Array>([[`${at.dir}/`, new Uint8Array()]]);
  const encoder = new TextEncoder();
  for (const [path, file] of Object.entries(files)) {
    const target = join(at.dir, path);
    if (typeof file === "string") held.set(target, encoder.encode(substitute(file, at)));
    else if (file.$symlink !== undefined || file.$mode !== undefined) return undefined;
    else if (file.$model !== undefined) {
      for (const [below, bytes] of readFixture(file.$model)) {
        if (file.$without?.some((gone) => below === `/${gone}` || below.startsWith(`/${gone}/`)) === true)
          continue;
        const kept = file.$truncate?.[below.slice(1)];
        held.set(`${target}${below}`, kept === undefined ? bytes : bytes.subarray(0, kept));
      }
    } else if (file.$file !== undefined)
      held.set(target, readFixture(file.$file).get("") ?? new Uint8Array());
    else if (file.$dir !== undefined)
      held.set(target.endsWith("/") ? target : `${target}/`, new Uint8Array());
    else if (file.$b64 !== undefined) held.set(target, Buffer.from(file.$b64, "base64"));
  }
  return memoryFileSystem(held);
}
