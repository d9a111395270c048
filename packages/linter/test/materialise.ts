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
