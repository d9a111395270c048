import { showShape } from "@servable/tensors";
import type { Signature, SignatureTensor } from "../messages.ts";
import { failedCall, isProblem, servingSignatures } from "../smoke-context.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";

/** Differences of what the server says from what the SavedModel says, one line each. */
export function signatureDifferences(
  served: Readonly<Record<string, Signature>>,
  disk: Readonly<Record<string, Signature>>,
): string[] {
  const differences: string[] = [];
  for (const name of new Set([...Object.keys(disk), ...Object.keys(served)])) {
    const a = served[name];
    const b = disk[name];
    if (a === undefined || b === undefined) {
      differences.push(`signature ${name} is ${a === undefined ? "on disk only" : "not on disk"}`);
      continue;
    }
    if (a.method !== b.method)
      differences.push(`${name}: method is ${a.method || "empty"}, on disk ${b.method || "empty"}`);
    differences.push(...tensorDifferences(`${name} input`, a.inputs, b.inputs));
    differences.push(...tensorDifferences(`${name} output`, a.outputs, b.outputs));
  }
  return differences;
}

function tensorDifferences(
  what: string,
  served: Readonly<Record<string, SignatureTensor>>,
  disk: Readonly<Record<string, SignatureTensor>>,
): string[] {
  const differences: string[] = [];
  for (const alias of new Set([...Object.keys(disk), ...Object.keys(served)])) {
    const a = served[alias];
    const b = disk[alias];
    if (a === undefined || b === undefined) {
      differences.push(`${what} ${alias} is ${a === undefined ? "on disk only" : "not on disk"}`);
      continue;
    }
    if (a.dtype !== b.dtype) differences.push(`${what} ${alias}: dtype is ${a.dtype}, on disk ${b.dtype}`);
    if (a.encoding === "dense" && b.encoding === "dense" && showShape(a.shape) !== showShape(b.shape)) {
      differences.push(`${what} ${alias}: shape is ${showShape(a.shape)}, on disk ${showShape(b.shape)}`);
    }
  }
  return differences;
}

const MOST = 4;

export const check: SmokeCheck = {
  id: "metadata/signatures",
  title: "the signatures served are those on disk",
  proves: "names, methods, dtypes and shapes of all signatures equal the SavedModel's, by gRPC and by REST",
  async *run(context) {
    for (const model of context.options.models) {
      const versions = await context.availableVersions(model);
      const disk = context.disk(model);
      for (const version of versions) {
        const onDisk = disk?.version(version);
        for (const transport of context.transports) {
          const about = { model: model.name, version: jsonVersion(version), transport } as const;
          const metadata = await context.metadata(model, version, transport);
          if (!metadata.ok) {
            yield { ...about, ...failedCall(metadata.error, "the metadata can't be read") };
            continue;
          }
          const served = servingSignatures(metadata.value.signatures);
          const count = Object.keys(served).length;
          const told = `${count} signature${count === 1 ? "" : "s"} (${Object.keys(served).sort().join(", ")})`;
          if (onDisk === undefined) {
            const reason =
              disk === undefined
                ? "no base path was given"
                : (disk.problem ?? `${disk.basePath} has no version ${version} here`);
            yield { ...about, outcome: "skip", message: `${told}; nothing to compare with: ${reason}` };
            continue;
          }
          if (isProblem(onDisk.signatures)) {
            yield {
              ...about,
              outcome: "skip",
              message: `${told}; nothing to compare with: ${onDisk.signatures.problem}`,
            };
            continue;
          }
          const differences = signatureDifferences(served, onDisk.signatures);
          if (differences.length === 0) {
            yield { ...about, outcome: "pass", message: `${told}, as in ${onDisk.path}` };
            continue;
          }
          const more = differences.length > MOST ? ` and ${differences.length - MOST} more` : "";
          yield {
            ...about,
            outcome: "fail",
            message: `${differences.slice(0, MOST).join("; ")}${more}`,
            help: "the server has loaded other files than these: another folder or mount, or the version directory was changed after it was loaded (the server never loads a version number again); publish a change under a new version number",
          };
        }
      }
    }
  },
};
