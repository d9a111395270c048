import { type Diagnostic, runRules, sortDiagnostics } from "@servable/diagnostics";
import type { CheckModelsOptions } from "../check-models.ts";
import { findModels } from "../discovery/find-models.ts";
import { DEFAULT_TFS_VERSION } from "../discovery/version-name.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { rule as regular } from "../rules/layout/files-are-regular.ts";
import { VersionContext } from "../rules/version-context.ts";
import { rule as framed } from "../rules/warmup/records-are-framed.ts";
import { rule as fit } from "../rules/warmup/records-fit-signatures.ts";
import { rule as inPlace } from "../rules/warmup/warmup-in-place.ts";
import { readSignatures } from "../saved-model/open-saved-model.ts";
import { summariseWarmup, type WarmupRequest } from "./summarise-warmup.ts";
import { WARMUP_FILE } from "./warmup-file.ts";

/** What {@link checkWarmup} found. */
export interface WarmupCheck {
  readonly diagnostics: readonly Diagnostic[];
  /** The requests that can be read. */
  readonly requests: readonly WarmupRequest[];
}

/**
 * Checks only the warm-up records of one version directory, against its signatures.
 * @throws ModelReadError where there are no signatures to compare with: then nothing would seem wrong
 */
export function checkWarmup(versionDir: string, options: CheckModelsOptions = {}): WarmupCheck {
  const fs = options.fs ?? nodeFileSystem;
  readSignatures(versionDir, fs, options.tags);
  const model = findModels(versionDir, fs, { as: "version" }).models[0]!;
  const context = new VersionContext(model, model.versions[0], versionDir, fs, "graph", {
    tfsVersion: options.tfsVersion ?? DEFAULT_TFS_VERSION,
    tags: options.tags ?? ["serve"],
    officialImage: false,
    preferTflite: false,
    batching: options.batching ?? false,
  });
  const file = context.file(WARMUP_FILE);
  const special = [...runRules([regular], context)].filter((diagnostic) => diagnostic.file === file);
  const diagnostics = sortDiagnostics([...special, ...runRules([inPlace, framed, fit], context)]);
  const unreadable =
    special.length > 0 || diagnostics.some(({ message }) => message.includes("can't be read"));
  return { diagnostics, requests: unreadable ? [] : [...summariseWarmup(versionDir, fs)] };
}
