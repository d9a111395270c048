import type { Span } from "@servable/diagnostics";
import { MessageNode } from "@servable/text-proto";
import { type BatchingView, batchingView } from "./batching-view.ts";
import { bool, text, type Written } from "./entries.ts";
import { type SessionThreads, sessionThreads } from "./session-view.ts";

/** The SessionBundleConfig inside a platform, as far as it decides anything here. */
export interface LegacyConfigView {
  readonly span: Span;
  readonly node: MessageNode;
  readonly batching: BatchingView | undefined;
  readonly tags: readonly string[];
  readonly enableModelWarmup: Written<boolean> | undefined;
  readonly perModelBatching: Written<boolean> | undefined;
  readonly noThreadingParams: Written<boolean> | undefined;
  readonly savedModelConfig: Written<boolean> | undefined;
  readonly preferTflite: Written<boolean> | undefined;
  readonly sessionThreads: SessionThreads | undefined;
}

export interface PlatformView {
  readonly span: Span;
  readonly key: string;
  /** Message type inside source_adapter_config; undefined where none is written. */
  readonly adapterType: string | undefined;
  readonly adapterSpan: Span;
  /** What is inside could not be read: nothing is said about what is missing. */
  readonly misread: boolean;
  readonly legacy: LegacyConfigView | undefined;
}

/** A tensorflow.serving.PlatformConfigMap as it is written. */
export interface PlatformConfigView {
  readonly platforms: readonly PlatformView[];
}

/** The sizes with which a platform's thread pools cannot be made, in the order in which they are. */
export function negativeThreads(legacy: LegacyConfigView | undefined): readonly Written<number>[] {
  const { intraOp, pools = [] } = legacy?.sessionThreads ?? {};
  return [...(intraOp === undefined ? [] : [intraOp]), ...pools].filter(({ value }) => value < 0);
}

export const adapterConfigType = "tensorflow.serving.SavedModelBundleSourceAdapterConfig";

function legacyView(node: MessageNode): LegacyConfigView {
  const batching = node.message("batching_parameters");
  const session = node.message("session_config");
  return {
    span: node.span,
    node,
    batching: batching === undefined ? undefined : batchingView(batching),
    tags: node
      .getAll("saved_model_tags")
      .flatMap((entry) => (typeof entry.value === "string" ? [entry.value] : [])),
    enableModelWarmup: bool(node, "enable_model_warmup"),
    perModelBatching: bool(node, "enable_per_model_batching_params"),
    noThreadingParams: bool(node, "wrap_session_with_no_threading_params"),
    savedModelConfig: bool(node, "enable_saved_model_config"),
    preferTflite: bool(node, "prefer_tflite_model"),
    sessionThreads: session === undefined ? undefined : sessionThreads(session),
  };
}

function platformView(entry: MessageNode): PlatformView {
  const value = entry.message("value");
  const adapter = value?.message("source_adapter_config");
  const any = adapter?.any;
  const url = any?.typeUrl ?? (adapter === undefined ? undefined : text(adapter, "type_url")?.value);
  const legacy = any?.message.message("legacy_config");
  return {
    span: entry.span,
    key: text(entry, "key")?.value ?? "",
    adapterType: url === undefined || url === "" ? undefined : url.slice(url.lastIndexOf("/") + 1),
    adapterSpan: any?.nameSpan ?? adapter?.span ?? value?.span ?? entry.span,
    misread:
      entry.misread.size > 0 ||
      (value?.misread.size ?? 0) > 0 ||
      (adapter?.misread.size ?? 0) > 0 ||
      (any?.message.misread.size ?? 0) > 0 ||
      (legacy?.misread.size ?? 0) > 0,
    legacy: legacy instanceof MessageNode ? legacyView(legacy) : undefined,
  };
}

export function platformConfigView(node: MessageNode): PlatformConfigView {
  const last = new Map<string, PlatformView>();
  for (const entry of node.messages("platform_configs")) {
    const view = platformView(entry);
    last.set(view.key, view);
  }
  return { platforms: [...last.values()] };
}
