import { type ExportPart, partsChangedSinceExport } from "../../saved-model/fingerprint-hashes.ts";
import { fingerprint64 } from "../../saved-model/fingerprint64.ts";
import type { VersionContext } from "../version-context.ts";

/** The parts of saved_model.pb that fingerprint.pb was not made for; empty where that is not known, too. */
export function changedParts(context: VersionContext): readonly ExportPart[] {
  if (!context.has("fingerprint.pb") || context.savedModelName !== "saved_model.pb") return [];
  if (!context.savedModel.ok || context.wireFault !== undefined) return [];
  const [meta] = context.savedModel.value.metaGraphs;
  const fingerprint = context.fingerprint.ok ? context.fingerprint.value : undefined;
  if (meta === undefined || fingerprint === undefined || fingerprint.savedModelChecksum === 0) return [];
  // Of one without the graph's hash saved-model/fingerprint-fits speaks.
  if (fingerprint.graphDefProgramHash === 0) return [];
  const { bytes } = context.savedModel.value.source;
  return partsChangedSinceExport(bytes, fingerprint, meta.tensorflowVersion) ?? [];
}

/** Whether variables.index can be read and is not the one that fingerprint.pb was made for. */
export function variablesChanged(context: VersionContext): boolean {
  const fingerprint = context.fingerprint.ok ? context.fingerprint.value : undefined;
  const hash = fingerprint?.checkpointHash ?? 0;
  if (hash === 0 || context.variables?.ok !== true) return false;
  return fingerprint64(context.variablesFile.bytes) !== BigInt(hash);
}
