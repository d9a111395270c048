import type { Diagnostic, Span } from "@servable/diagnostics";
import type {
  Discovery,
  Int64,
  SavedModelFolder,
  VersionDirectory,
  VersionPolicy,
} from "@servable/model-layout";
import type { LintedText } from "../text-proto.ts";
import type { BatchingView } from "../views/batching-view.ts";
import type { LabelView, ModelView, PolicyView } from "../views/model-config-view.ts";
import type { HostPath } from "./server-files.ts";

/** What a load is done with: from flags, or from the platform config. */
export interface LoadSettings {
  readonly tags: readonly string[];
  readonly warmup: boolean;
  readonly preferTflite: boolean;
  readonly xla: boolean;
  /** Session-level batching for versions that have no file of their own in per-model mode. */
  readonly batching:
    | { readonly view: BatchingView | undefined; readonly file: string | undefined }
    | undefined;
  readonly perModelBatching: boolean;
  /** The platform asks for something that makes every load fail: the rule that says so. */
  readonly refusedBy?: string;
  /** The platform's session cannot be made, which aborts the process: the rule that says so. */
  readonly abortedBy?: string;
}

/** Steps of one load, in order. */
export const loadStep = {
  folder: 1,
  read: 2,
  session: 3,
  restore: 4,
  batching: 5,
  queue: 6,
  warmup: 7,
} as const;

/** Why a version does not come up. */
export interface LoadProblem {
  readonly rule: string;
  readonly kind: "fails" | "aborts";
  readonly step: number;
}

export interface StartVersion {
  readonly directory: VersionDirectory;
  /** The folder of this machine. */
  readonly path: string;
  readonly settings: LoadSettings;
  readonly saved: SavedModelFolder | undefined;
  /** Batching of this version, after per-model mode. */
  readonly batching: BatchingView | undefined;
  /** Its own batching file, where per-model mode is on. */
  readonly ownFile: { readonly display: string; readonly linted: LintedText | undefined } | undefined;
  readonly problems: LoadProblem[];
}

/** A model that the server is told to serve. */
export interface StartModel {
  readonly name: string;
  readonly basePath: string;
  readonly platform: string;
  /** Where the base path is written. */
  readonly place: { readonly file: string; readonly span?: Span };
  readonly view: ModelView | undefined;
  readonly policyView: PolicyView | undefined;
  readonly policy: VersionPolicy;
  readonly labels: readonly LabelView[];
  readonly where: HostPath;
  readonly settings: LoadSettings;
  /** Absent where the folder cannot be looked at from here. */
  readonly discovery: Discovery | undefined;
  readonly missing: readonly Int64[];
  readonly versions: readonly StartVersion[];
  /** Of the folders, by the rules of model-layout. */
  readonly folderDiagnostics: readonly Diagnostic[];
}

export type ModelAccess = "found" | "inaccessible" | "unknown";

/** Whether the server gets at the base path: `inaccessible` stops the discovery of every model. */
export function accessOf(model: StartModel): ModelAccess {
  if (model.discovery === undefined) return "unknown";
  return model.discovery.problem === undefined ? "found" : "inaccessible";
}

/** The first step at which a load goes wrong decides; of one step a failure comes before a crash. */
export function deciding(problems: readonly LoadProblem[]): LoadProblem | undefined {
  return [...problems].sort(
    (a, b) => a.step - b.step || (a.kind === b.kind ? 0 : a.kind === "fails" ? -1 : 1),
  )[0];
}
