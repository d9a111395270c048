import type { Diagnostic, RuleExample } from "@servable/diagnostics";
import { memoryFileSystem } from "@servable/model-layout";
import { parseServerFlags } from "@servable/server-flags";
import type { HostFacts } from "../src/api.ts";
import { checkFlags } from "../src/flags.ts";
import { checkManifest } from "../src/manifests.ts";
import { checkReload } from "../src/reload.ts";
import { checkStart } from "../src/start.ts";
import { checkTextProto, detectKind } from "../src/text-proto.ts";

const encoder = new TextEncoder();
const absolute = (path: string): string => (path.startsWith("/") ? path : `/${path}`);

/**
 * Runs an example as `servable check` would: flags alone (by themselves, unless the rule is about a start), a start, a
 * reload, text protos, scripts and manifests.
 */
export function runExample(example: RuleExample, rule = ""): Diagnostic[] {
  const tfsVersion = example.tfsVersion ?? "2.17.1";
  const { "<flags>": flags, ...files } = example.files;
  const { machine } = example;
  const now = machine?.today === undefined ? undefined : new Date(machine.today);
  const fs = memoryFileSystem(
    new Map([
      ...Object.entries(files).map(([path, text]) => [absolute(path), encoder.encode(text)] as const),
      ...Object.entries(example.binaries ?? {}).map(
        ([path, base64]) => [absolute(path), new Uint8Array(Buffer.from(base64, "base64"))] as const,
      ),
      ...Object.entries(example.sizes ?? {}).map(
        ([path, size]) => [absolute(path), new Uint8Array(size)] as const,
      ),
    ]),
  );
  const argv = flags?.split("\n") ?? [];
  if (files["old.config"] !== undefined) {
    return [
      ...checkReload({
        newText: files["new.config"] ?? "",
        newFile: "new.config",
        oldText: files["old.config"],
        oldFile: "old.config",
        cwd: "/",
        fs,
        tfsVersion,
        ...(flags === undefined ? {} : { flags: parseServerFlags(argv, tfsVersion) }),
      }).diagnostics,
    ];
  }
  if (flags !== undefined) {
    const alone =
      Object.keys(example.files).length === 1 &&
      example.binaries === undefined &&
      example.sizes === undefined &&
      machine === undefined;
    if (alone && !rule.startsWith("start/")) {
      return checkFlags(parseServerFlags(argv, tfsVersion));
    }
    const sharesPort = (port: number): boolean => machine?.sharedPorts?.includes(port) === true;
    const takenPorts = new Set([...(machine?.takenPorts ?? []), ...(machine?.sharedPorts ?? [])]);
    return [
      ...checkStart({
        argv,
        tfsVersion,
        cwd: "/",
        fs,
        takenPorts,
        sharesPort,
        ...(now === undefined ? {} : { now }),
      }).diagnostics,
    ];
  }
  const host: HostFacts = {
    ...(machine?.cpuFeatures === undefined ? {} : { cpuFeatures: new Set(machine.cpuFeatures) }),
    ...(machine?.architecture === undefined ? {} : { architecture: machine.architecture }),
    permissions: (path) => machine?.permissions?.[path],
  };
  return Object.entries(files).flatMap(([file, text]) => {
    // What is mounted, not what is checked.
    if (/(^|\/)saved_model\.pbtxt$/.test(file) || file.startsWith("/")) return [];
    if (detectKind(file, text) === undefined || /\.(ya?ml|sh)$/.test(file)) {
      return [
        ...checkManifest(text, {
          file,
          path: absolute(file),
          cwd: "/",
          tfsVersion,
          fs,
          host,
          ...(now === undefined ? {} : { now }),
        }).diagnostics,
      ];
    }
    return checkTextProto(text, { file, tfsVersion, ...(now === undefined ? {} : { now }) });
  });
}
