import type { TfsVersion } from "@servable/server-flags";
import type { StartContext } from "../start/start-context.ts";
import type { StartModel, StartVersion } from "../start/start-model.ts";
import type { ModelConfigView } from "../views/model-config-view.ts";

/** A change of config, as the rules over reloads see it. */
export interface ReloadContext {
  readonly version: TfsVersion;
  /** How diagnostics name the new config. */
  readonly file: string;
  readonly oldFile: string;
  readonly newView: ModelConfigView;
  readonly oldView: ModelConfigView;
  /** The config that the server compares platforms with: the last one that passed the checks on names and paths. */
  readonly storedView: ModelConfigView;
  readonly newStart: StartContext;
  readonly oldStart: StartContext;
  readonly changes: readonly ModelChange[];
  /** Labels may point at versions that are not loaded. */
  readonly freeLabels: boolean;
  /** Folders were looked at once and never again. */
  readonly looksNoMore: boolean;
}

/** What becomes of one model. */
export interface ModelChange {
  readonly name: string;
  readonly before: StartModel | undefined;
  readonly after: StartModel | undefined;
  /** Versions that serve before the change. */
  readonly loaded: readonly StartVersion[];
  /** Versions that the change brings up, as far as they load. */
  readonly loads: readonly StartVersion[];
  readonly unloads: readonly StartVersion[];
  /** Versions that are asked for and do not load. */
  readonly fails: readonly StartVersion[];
  /** The reload waits for this model for ever: its path, its versions, or the end of polling. */
  readonly waits: "path" | "versions" | "polling" | undefined;
}
