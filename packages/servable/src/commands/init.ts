import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { type DraftModel, loadSpec, renderSpec, type SpecDraft } from "@servable/config-schema";
import { UserError } from "@servable/diagnostics";
import { defineCommand } from "../cli/command.ts";
import { wholeNumber, wholeNumberProblem } from "../cli/number-flag.ts";
import { absolute, reasonOf, shownPath } from "../cli/read-input.ts";
import { replaceFile } from "../cli/replace-file.ts";
import { findExports } from "../serving/find-exports.ts";

const PORT = { min: 1, max: 65_535 };

const TARGETS = [
  { value: "compose", label: "compose", hint: "compose.yaml" },
  { value: "kubernetes", label: "Kubernetes", hint: "k8s/*.yaml" },
] as const;

export const command = defineCommand({
  name: "init",
  summary: "write servable.yaml for exported models",
  description:
    "Reads the SavedModels' versions and signatures and writes a short, commented servable.yaml. Asks on a terminal what it cannot know; takes flags, or --yes for the defaults, otherwise. Never overwrites without --force.",
  positionals: [
    {
      name: "MODEL_DIR",
      help: "base path of a model, one of its version directories, or a folder of several models; default: ./models or the folder here",
      repeatable: true,
    },
  ],
  options: [
    { name: "spec", value: "FILE", default: "servable.yaml", help: "file to write; - for standard output" },
    { name: "name", value: "NAME", help: "name of the model; default: the folder's" },
    { name: "grpc-port", value: "PORT", default: "8500", help: "port of this host for gRPC" },
    { name: "rest-port", value: "PORT", default: "8501", help: "port of this host for REST; `off` for none" },
    { name: "tfs-version", value: "X.Y.Z", help: "TensorFlow Serving version" },
    { name: "cores", value: "N", help: "CPU cores of the container; thread counts follow from it" },
    { name: "batching", help: "batch requests on the server" },
    { name: "monitoring", help: "Prometheus metrics" },
    {
      name: "target",
      value: "TARGET",
      choices: TARGETS.map(({ value }) => value),
      repeatable: true,
      help: "also generate for",
    },
    { name: "yes", short: "y", help: "ask nothing, take the defaults" },
    { name: "force", short: "f", help: "overwrite the file" },
  ],
  examples: [
    { line: "servable init ./export/resnet", says: "asks, and writes servable.yaml" },
    { line: "servable init models/resnet --yes --grpc-port 9000", says: "without questions" },
    {
      line: "servable init models --batching --target compose --yes",
      says: "all models of a repository, batched, with a compose file",
    },
  ],
  async run(context, args) {
    const target = args.get("spec") ?? "servable.yaml";
    const file = absolute(context, target);
    const specFolder = target === "-" ? context.cwd : dirname(file);
    if (target !== "-" && existsSync(file) && !args.has("force")) {
      throw new UserError("exists", `${shownPath(context, file)} is already there`, {
        hint: "--force overwrites it; --spec FILE names another",
      });
    }
    const folders =
      args.positionals.length > 0
        ? args.positionals
        : [existsSync(absolute(context, "models")) ? "models" : "."];
    let models: readonly DraftModel[] = folders.flatMap((folder) =>
      findExports(absolute(context, folder), folder.replace(/(?<=.)\/+$/, ""), specFolder),
    );
    const only = models.length === 1 ? models[0] : undefined;
    const asks = !args.has("yes") && context.inIsTerminal && context.errIsTerminal;

    let name = args.get("name");
    if (name !== undefined && only === undefined) {
      throw new UserError(
        "usage",
        `--name is for one model, but there are ${models.length}: ${models.map((model) => model.name).join(", ")}`,
      );
    }
    let grpcPort = args.get("grpc-port");
    let restPort = args.get("rest-port");
    let batching = args.has("batching");
    let monitoring = args.has("monitoring");
    let targets = args.all("target");
    if (asks) {
      const { terminalPrompts } = await import("../cli/prompts.ts");
      const ask = await terminalPrompts(context);
      ask.intro(`servable init: ${models.length === 1 ? `model ${only?.name}` : `${models.length} models`}`);
      const validPort = (text: string): string | undefined =>
        wholeNumberProblem(text, PORT) && "a port is a number from 1 to 65535";
      if (only !== undefined)
        name ??= await ask.text("Name of the model, as clients will call it", only.name, (text) =>
          /[/:\s]/.test(text) ? "REST clients cannot name a model with / or : or blanks" : undefined,
        );
      grpcPort ??= await ask.text("Port for gRPC on this host", "8500", validPort);
      restPort ??= await ask.text("Port for REST on this host (off for none)", "8501", (text) =>
        text === "off" ? undefined : validPort(text),
      );
      if (!batching)
        batching = await ask.confirm(
          "Batch requests on the server? (more throughput, for some latency at light load)",
          false,
        );
      if (!monitoring) monitoring = await ask.confirm("Prometheus metrics?", false);
      if (targets.length === 0) targets = await ask.many("Generate for docker run, and for", TARGETS, []);
    }
    if (name !== undefined && only !== undefined) models = [{ ...only, name }];
    const cores = args.get("cores");
    const version = args.get("tfs-version");
    // A pod does not see this host's folders: the claim is a name to be filled.
    const settings: Record<string, unknown> = { kubernetes: { modelVolume: { claim: "models" } } };
    const sections = Object.fromEntries(targets.map((kind) => [kind, settings[kind] ?? {}]));
    const draft: SpecDraft = {
      models,
      ...(version === undefined ? {} : { tfsVersion: version }),
      grpcPort: grpcPort === undefined ? 8500 : wholeNumber("grpc-port", grpcPort, PORT),
      restPort:
        restPort === undefined ? 8501 : restPort === "off" ? false : wholeNumber("rest-port", restPort, PORT),
      ...(cores === undefined ? {} : { cores: wholeNumber("cores", cores, { min: 1, max: 4096 }) }),
      ...(batching ? { batching: true } : {}),
      ...(monitoring ? { monitoring: true } : {}),
      ...(targets.length === 0 ? {} : { sections }),
    };
    const text = renderSpec(draft);
    const { diagnostics } = loadSpec(text, { file: target });
    const error = diagnostics.find(({ severity }) => severity === "error");
    if (error !== undefined)
      throw new UserError("bad-answer", error.message, error.help === undefined ? {} : { hint: error.help });
    if (target === "-") {
      context.out(text);
      return 0;
    }
    if (existsSync(file)) replaceFile(file, text);
    else {
      try {
        const descriptor = openSync(file, "wx");
        try {
          writeSync(descriptor, text);
        } finally {
          closeSync(descriptor);
        }
      } catch (thrown) {
        throw new UserError("cannot-write", `cannot write ${target}: ${reasonOf(thrown)}`, { cause: thrown });
      }
    }
    const paint = context.errPaint;
    context.err(
      `${paint.green("wrote")} ${shownPath(context, file)}: ${models.map((model) => `${model.name} (${model.signatures?.length ?? 0} signature${model.signatures?.length === 1 ? "" : "s"}, version ${model.versions?.at(-1) ?? "?"})`).join(", ")}\n`,
    );
    context.err(
      `next: ${paint.cyan("servable verify")} proves that it works, ${paint.cyan("servable generate")} writes the artifacts\n`,
    );
    return 0;
  },
});
