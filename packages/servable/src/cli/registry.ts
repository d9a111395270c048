import { command as check } from "../commands/check.ts";
import type { Command } from "./command.ts";

/** Every command with its one line, so that the overview needs no module; the module is loaded when it runs. */
export const COMMANDS: readonly {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}[] = [
  {
    name: "init",
    summary: "write servable.yaml for exported models",
    load: async () => (await import("../commands/init.ts")).command,
  },
  {
    name: "generate",
    summary: "write the serving artifacts from the spec",
    load: async () => (await import("../commands/generate.ts")).command,
  },
  {
    name: "check",
    summary: "find what is wrong in specs, text protos, flags and model folders",
    // At hand without loading more: hooks run it once a file.
    load: async () => check,
  },
  {
    name: "fmt",
    summary: "format text protos, comments kept",
    load: async () => (await import("../commands/fmt.ts")).command,
  },
  {
    name: "inspect",
    summary: "show what a model folder holds",
    load: async () => (await import("../commands/inspect.ts")).command,
  },
  {
    name: "publish",
    summary: "put an export under the next version number, whole or not at all",
    load: async () => (await import("../commands/publish.ts")).command,
  },
  {
    name: "diff",
    summary: "what changed between two versions of a model, and whom it breaks",
    load: async () => (await import("../commands/diff.ts")).command,
  },
  {
    name: "warmup",
    summary: "write or check the warm-up requests of a version",
    load: async () => (await import("../commands/warmup.ts")).command,
  },
  {
    name: "serve",
    summary: "start the embedded model server",
    load: async () => (await import("../commands/serve.ts")).command,
  },
  {
    name: "smoke",
    summary: "prove a running server over gRPC and REST",
    load: async () => (await import("../commands/smoke.ts")).command,
  },
  {
    name: "verify",
    summary: "generate, start, wait, smoke, stop: the main job",
    load: async () => (await import("../commands/verify.ts")).command,
  },
  {
    name: "explain",
    summary: "say what a rule or a pasted log line means",
    load: async () => (await import("../commands/explain.ts")).command,
  },
  {
    name: "rules",
    summary: "list every rule",
    load: async () => (await import("../commands/rules.ts")).command,
  },
  {
    name: "lsp",
    summary: "language server for editors, over stdio",
    load: async () => (await import("../commands/lsp.ts")).command,
  },
];
