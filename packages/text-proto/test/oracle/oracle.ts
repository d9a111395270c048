import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CppError } from "@servable/text-proto";

/** What the C++ parser says about one text. */
export interface OracleAnswer {
  readonly accept: boolean;
  /** Deterministic wire form, empty where refused. */
  readonly bytes: Buffer;
  /** What `protoc --decode` prints for the bytes, empty where refused. */
  readonly printed: Buffer;
  readonly errors: readonly CppError[];
  readonly warnings: readonly CppError[];
}

export interface OracleInput {
  readonly message: string;
  readonly text: Uint8Array;
}

const here = import.meta.dirname;
const protos = join(here, "../../../protos/proto");

/** Why the oracle cannot be built here, or undefined. */
export function whyNoOracle(): string | undefined {
  for (const [tool, argument] of [
    ["g++", "--version"],
    ["protoc", "--version"],
  ] as const) {
    try {
      execFileSync(tool, [argument], { stdio: "ignore" });
    } catch {
      return `${tool} is not installed (Debian: apt-get install g++ libprotobuf-dev protobuf-compiler)`;
    }
  }
  const headers = ["/usr/include", "/usr/local/include"].map((path) =>
    join(path, "google/protobuf/text_format.h"),
  );
  return headers.some((path) => existsSync(path)) ? undefined : "libprotobuf-dev is not installed";
}

/** Builds the program and a descriptor set of our own .proto files into a folder (kept from run to run); gives both. */
export function buildOracle(folder = join(tmpdir(), `servable-oracle-${process.getuid?.() ?? 0}`)): {
  program: string;
  descriptors: string;
} {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, "oracle");
  const source = join(here, "oracle.cc");
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs) {
    const fresh = mkdtempSync(join(folder, "build-"));
    execFileSync("g++", ["-O2", "-std=c++17", source, "-o", join(fresh, "oracle"), "-lprotobuf", "-pthread"]);
    execFileSync("mv", [join(fresh, "oracle"), program]);
    rmSync(fresh, { recursive: true });
  }
  const descriptors = join(folder, `own-${process.pid}.binpb`);
  const files = ["config", "any-types"].flatMap((area) =>
    readdirSync(join(protos, area)).filter((file) => file.endsWith(".proto")),
  );
  execFileSync("protoc", [
    `-I${join(protos, "config")}`,
    `-I${join(protos, "any-types")}`,
    "--include_imports",
    `--descriptor_set_out=${descriptors}`,
    ...files,
  ]);
  return { program, descriptors };
}

/** A running oracle; judges inputs batch by batch. */
export class Oracle {
  readonly #child: ChildProcess;
  #chunks: Buffer[] = [];
  #size = 0;
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(program: string, descriptors: string) {
    // Deep nesting costs the C++ parser stack.
    this.#child = spawn(
      "bash",
      ["-c", 'ulimit -s unlimited 2>/dev/null; exec "$0" "$1"', program, descriptors],
      {
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake?.();
    });
    this.#child.on("exit", () => {
      this.#ended = true;
      this.#wake?.();
    });
    // A write after the program's end shows as its exit.
    this.#child.stdin?.on("error", () => undefined);
  }

  async judge(inputs: readonly OracleInput[]): Promise<OracleAnswer[]> {
    const parts: Buffer[] = [];
    const number = (value: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value);
      return bytes;
    };
    for (const { message, text } of [
      ...inputs,
      { message: "google.protobuf.Any", text: Buffer.from("\f") },
    ]) {
      const name = Buffer.from(message);
      parts.push(number(name.length), name, number(text.length), Buffer.from(text));
    }
    this.#child.stdin?.write(Buffer.concat(parts));
    const answers: OracleAnswer[] = [];
    for (let index = 0; index <= inputs.length; index++) answers.push(await this.#answer());
    return answers.slice(0, -1);
  }

  close(): void {
    this.#child.stdin?.end();
  }

  async #answer(): Promise<OracleAnswer> {
    const accept = (await this.#number()) === 1;
    const bytes = await this.#take(await this.#number());
    const printed = await this.#take(await this.#number());
    const count = await this.#number();
    const errors: CppError[] = [];
    const warnings: CppError[] = [];
    for (let index = 0; index < count; index++) {
      const line = await this.#number();
      const column = await this.#number();
      const warning = (await this.#number()) === 1;
      const raw = (await this.#take(await this.#number())).toString("latin1");
      const message = raw.replace(/[\u0080-\u00ff]/g, "\ufffd");
      (warning ? warnings : errors).push({ line, column, message });
    }
    return { accept, bytes, printed, errors, warnings };
  }

  async #number(): Promise<number> {
    return (await this.#take(4)).readUInt32LE(0);
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#size < length) {
      if (this.#ended) throw new Error("the oracle ended early (did the C++ parser crash?)");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= length) {
      this.#size -= length;
      if (first.length === length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(length);
      return first.subarray(0, length);
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = all.length > length ? [all.subarray(length)] : [];
    this.#size -= length;
    return all.subarray(0, length);
  }
}
