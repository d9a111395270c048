import type { Span } from "@servable/diagnostics";
import type { ParsedFlags, TfsVersion } from "@servable/server-flags";
import type { MessageNode } from "@servable/text-proto";
import type { TextProtoKind } from "./kinds.ts";
import type { BatchingView } from "./views/batching-view.ts";
import type { ModelConfigView } from "./views/model-config-view.ts";
import type { PlatformConfigView } from "./views/platform-view.ts";

/** What every rule over a text proto may look at. */
export interface TextContext {
  readonly file: string;
  readonly text: string;
  readonly kind: TextProtoKind;
  readonly version: TfsVersion;
  readonly message: MessageNode;
  /** What the file is read for: by itself, for a start (its flags are known), or for a reload of a running server. */
  readonly purpose: "file" | "start" | "reload";
  /** Flags of the server, where known. */
  readonly flags?: ParsedFlags;
  /** The server can parse the file. */
  readonly accepted: boolean;
  /** The time at which certificates are looked at; absent: not known. */
  readonly now?: Date;
}

export interface BatchingContext extends TextContext {
  readonly view: BatchingView;
  /**
   * Which part counts. all: a server-wide file or a platform's batching; pool: a server-wide file in per-model mode,
   * of which only thread count and pool name are used; sizes: a file in a version folder, of which these two are not.
   */
  readonly role: "all" | "pool" | "sizes";
}

export interface ModelConfigContext extends TextContext {
  readonly view: ModelConfigView;
  /** Platforms that the server has. */
  readonly platforms: ReadonlySet<string>;
}

export interface PlatformContext extends TextContext {
  readonly view: PlatformConfigView;
}

export const placeIn = (context: TextContext, span: Span): { file: string; span: Span } => ({
  file: context.file,
  span,
});
