import type { Span } from "@servable/diagnostics";
import type { MessageNode } from "@servable/text-proto";
import { number, text, type Written, wide, wideList } from "./entries.ts";

export interface LabelView {
  readonly span: Span;
  readonly label: string;
  readonly version: bigint;
  /** Place of the version; the whole entry where it is left out. */
  readonly versionSpan: Span;
  readonly hasVersion: boolean;
}

export interface PolicyView {
  readonly span: Span;
  readonly kind: "latest" | "all" | "specific" | "none";
  /** latest: as written. */
  readonly numVersions: Written<number> | undefined;
  /** specific: as written. */
  readonly versions: readonly Written<bigint>[];
  readonly misread: ReadonlySet<string>;
}

/** One tensorflow.serving.ModelConfig. */
export interface ModelView {
  readonly span: Span;
  readonly name: Written<string> | undefined;
  readonly basePath: Written<string> | undefined;
  readonly platform: Written<string> | undefined;
  /** Enum number. */
  readonly type: Written<number> | undefined;
  readonly policy: PolicyView | undefined;
  readonly labels: readonly LabelView[];
  readonly loggingConfig: Span | undefined;
  /** Fields that are meant but could not be read: nothing is said about their absence. */
  readonly misread: ReadonlySet<string>;
}

/** A tensorflow.serving.ModelServerConfig as it is written. */
export interface ModelConfigView {
  readonly list:
    | { readonly span: Span; readonly models: readonly ModelView[]; readonly misread: ReadonlySet<string> }
    | undefined;
  readonly custom: Span | undefined;
  readonly misread: ReadonlySet<string>;
}

function policyView(node: MessageNode): PolicyView {
  const latest = node.message("latest");
  const specific = node.message("specific");
  const kind =
    specific !== undefined ? "specific" : node.has("all") ? "all" : latest !== undefined ? "latest" : "none";
  return {
    span: node.span,
    kind,
    numVersions: latest === undefined ? undefined : number(latest, "num_versions"),
    versions: specific === undefined ? [] : wideList(specific, "versions"),
    misread: new Set([...node.misread, ...(specific?.misread ?? []), ...(latest?.misread ?? [])]),
  };
}

function labelView(node: MessageNode): LabelView {
  const version = wide(node, "value");
  return {
    span: node.span,
    label: text(node, "key")?.value ?? "",
    version: version?.value ?? 0n,
    versionSpan: version?.span ?? node.span,
    // A version that cannot be read is told by the reader.
    hasVersion: version !== undefined || node.misread.has("value"),
  };
}

function modelView(node: MessageNode): ModelView {
  const policy = node.message("model_version_policy");
  return {
    span: node.span,
    name: text(node, "name"),
    basePath: text(node, "base_path"),
    platform: text(node, "model_platform"),
    type: number(node, "model_type"),
    policy: policy === undefined ? undefined : policyView(policy),
    // Of an entry that could not be read nothing is known.
    labels: node
      .messages("version_labels")
      .filter(({ misread }) => misread.size === 0)
      .map(labelView),
    loggingConfig: node.get("logging_config")?.span,
    misread: node.misread,
  };
}

export function modelConfigView(node: MessageNode): ModelConfigView {
  const list = node.message("model_config_list");
  return {
    list:
      list === undefined
        ? undefined
        : { span: list.span, models: list.messages("config").map(modelView), misread: list.misread },
    custom: node.get("custom_model_config")?.span,
    misread: node.misread,
  };
}

/** The name that the server sees. */
export const nameOf = (model: ModelView): string => model.name?.value ?? "";
export const basePathOf = (model: ModelView): string => model.basePath?.value ?? "";

/** Place to point at for a model: its name, else the whole entry. */
export const modelPlace = (model: ModelView): Span => model.name?.span ?? model.span;

/** The labels as the server keeps them: of equal keys the last wins. */
export function effectiveLabels(model: ModelView): LabelView[] {
  const last = new Map<string, LabelView>();
  for (const label of model.labels) last.set(label.label, label);
  return [...last.values()];
}
