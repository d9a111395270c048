import { UserError } from "@servable/diagnostics";
import { defineCommand } from "../cli/command.ts";
import { absolute } from "../cli/read-input.ts";
import { findSpec, loadSpecInput, PROFILE_OPTION, SPEC_OPTION } from "../cli/spec-input.ts";
import { SMOKE_FORMAT_CHOICES, SMOKE_SELECTION, withImages } from "../serving/smoke-flags.ts";

const STANDARD_WAIT_MS = 15_000;

export const command = defineCommand({
  name: "smoke",
  summary: "prove a running server over gRPC and REST",
  description:
    "Waits until the models are available, compares versions, signatures, dtypes and shapes with the folders on disk, sends Predict with inputs made from the signatures and with the spec's goldens, over gRPC and REST, and compares the answers. Every failure names its likely cause and what to do. Nothing that can harm a live server is sent.",
  positionals: [],
  options: [
    SPEC_OPTION,
    PROFILE_OPTION,
    { name: "grpc", value: "HOST:PORT", help: "gRPC address; default: where the spec publishes it" },
    {
      name: "rest",
      value: "URL",
      help: "REST address, such as http://localhost:8501; default: where the spec publishes it",
    },
    {
      name: "model",
      value: "NAME[=PATH]",
      repeatable: true,
      help: "without a spec: a model's name and, to compare with, its base path on disk",
    },
    {
      name: "wait",
      value: "SECONDS",
      help: "wait so long for the models to be available; default: the spec's, or 15",
    },
    SMOKE_FORMAT_CHOICES,
    ...SMOKE_SELECTION,
  ],
  examples: [
    { line: "servable smoke", says: "the server of servable.yaml on this machine" },
    { line: "servable smoke --grpc prod:8500 --rest http://prod:8501", says: "another machine" },
    {
      line: "servable smoke --grpc localhost:8500 --model resnet=models/resnet --format junit",
      says: "without a spec, for CI",
    },
  ],
  async run(context, args) {
    const wait = args.get("wait");
    if (wait !== undefined && !/^\d{1,6}(\.\d{1,6})?$/.test(wait)) {
      throw new UserError("usage", `--wait wants seconds such as 30 or 0.5, not "${wait}"`);
    }
    const waitMs = wait === undefined ? undefined : Number(wait) * 1000;
    const rest = args.get("rest");
    const { checkBasePath, checkGrpcAddress, checkRestAddress } = await import(
      "../serving/smoke-addresses.ts"
    );
    checkRestAddress(rest);
    checkGrpcAddress(args.get("grpc"));
    const given = { grpc: args.get("grpc"), rest };
    const { printSmoke, smoke } = await import("../serving/print-smoke.ts");
    const named = args.all("model");
    if (named.length > 0) {
      if (given.grpc === undefined && given.rest === undefined) {
        throw new UserError("usage", "--model wants a server: --grpc HOST:PORT, --rest URL, or both");
      }
      const models = named.map((text) => {
        const at = text.indexOf("=");
        if (at === -1) return { name: text };
        const name = text.slice(0, at);
        const basePath = absolute(context, text.slice(at + 1));
        checkBasePath(name, basePath, text.slice(at + 1));
        return { name, basePath };
      });
      const report = await smoke(
        context,
        withImages(context, args, {
          targets: given,
          models,
          waitMs: waitMs ?? STANDARD_WAIT_MS,
          stateful: args.has("stateful"),
        }),
        args.all("only"),
      );
      return printSmoke(context, report, args.get("format"));
    }
    if (findSpec(context, args) === undefined) {
      throw new UserError("no-spec", "there is no servable.yaml here to say what the server should serve", {
        hint: "name a spec with --spec FILE, or the server and its models: --grpc HOST:PORT --model NAME",
      });
    }
    const spec = await loadSpecInput(context, args);
    const { localTargets, smokeOptionsOf } = await import("../serving/smoke-target.ts");
    const { resolved } = spec.resolution;
    const targets = given.grpc === undefined && given.rest === undefined ? localTargets(resolved) : given;
    // Somebody who starts no server should not be kept waiting as long as a start may take.
    const written = spec.resolution.origins.get("smoke.startupWaitSeconds")?.kind === "written";
    const specWaitMs = written ? resolved.smoke.startupWaitSeconds * 1000 : STANDARD_WAIT_MS;
    const options = smokeOptionsOf(resolved, spec.folder, targets);
    const report = await smoke(
      context,
      withImages(context, args, {
        ...options,
        waitMs: waitMs ?? specWaitMs,
        stateful: args.has("stateful"),
      }),
      args.all("only"),
    );
    return printSmoke(context, report, args.get("format"));
  },
});
