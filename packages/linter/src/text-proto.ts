/**
 * Rules over one text proto, without model folders: the light entry point (`@servable/linter/text-proto`) that the
 * check of a single file loads.
 */
import { type Diagnostic, sortDiagnostics } from "@servable/diagnostics";
import { schemasFor } from "@servable/protos/text-schema";
import { defaultVersion, type ParsedFlags, type TfsVersion } from "@servable/server-flags";
import { checkText, type MessageNode } from "@servable/text-proto";
import { append, type FatedDiagnostic, runLintRules } from "./finding.ts";
import { detectKind, kindMessages, type TextProtoKind, textProtoKinds } from "./kinds.ts";
import { batchingRules } from "./rules/batching/index.ts";
import { modelConfigRules } from "./rules/model-config/index.ts";
import { monitoringRules } from "./rules/monitoring/index.ts";
import { platformRules } from "./rules/platform/index.ts";
import { sessionRules } from "./rules/session/index.ts";
import { sslRules } from "./rules/ssl/index.ts";
import { sslView } from "./rules/ssl/ssl-context.ts";
import { textProtoRules } from "./rules/text-proto/index.ts";
import { applySuppressions } from "./suppressions.ts";
import type { BatchingContext, TextContext } from "./text-context.ts";
import { type BatchingView, batchingView } from "./views/batching-view.ts";
import { modelConfigView } from "./views/model-config-view.ts";
import { platformConfigView } from "./views/platform-view.ts";

export { applySuppressions } from "./suppressions.ts";
export { detectKind, kindMessages, type TextProtoKind, textProtoKinds };

export interface TextProtoOptions {
  /** `Diagnostic.file`. */
  readonly file: string;
  /** Default: {@link detectKind}; nothing is reported where that does not tell. */
  readonly kind?: TextProtoKind;
  readonly tfsVersion?: TfsVersion;
  /** The time, for certificates that run out; absent: their dates are not looked at. */
  readonly now?: Date;
}

/** All diagnostics of one text proto, sorted; suppression comments in it are obeyed. Never throws on any text. */
export function checkTextProto(text: string, options: TextProtoOptions): Diagnostic[] {
  const kind = options.kind ?? detectKind(options.file, text);
  if (kind === undefined) return [];
  const linted = lintTextProto(text, {
    file: options.file,
    kind,
    version: options.tfsVersion ?? defaultVersion,
    purpose: "file",
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  return sortDiagnostics(
    applySuppressions(
      text,
      options.file,
      linted.found.map((item) => item.diagnostic),
    ),
  );
}

export interface LintOptions {
  readonly file: string;
  readonly kind: TextProtoKind;
  readonly version: TfsVersion;
  readonly purpose: TextContext["purpose"];
  readonly flags?: ParsedFlags;
  /** Which part of a batching file counts; default by kind. */
  readonly role?: BatchingContext["role"];
  /** Platforms that the server has; default `tensorflow`. */
  readonly platforms?: ReadonlySet<string>;
  /** As in {@link TextProtoOptions}. */
  readonly now?: Date;
}

export interface LintedText {
  readonly found: readonly FatedDiagnostic[];
  /** What the reader understood; of a refused text, as far as it went. */
  readonly message: MessageNode;
  /** The server can parse the file. */
  readonly accepted: boolean;
}

/** As {@link checkTextProto}, with what each finding does to a start, and with the message. */
export function lintTextProto(text: string, options: LintOptions): LintedText {
  const { file, kind, version, purpose, flags, now } = options;
  const { diagnostics, message } = checkText(text, {
    file,
    message: kindMessages[kind],
    schemas: schemasFor(version),
  });
  const accepted = text !== "" && !diagnostics.some((diagnostic) => diagnostic.severity === "error");
  const context: TextContext = {
    file,
    text,
    kind,
    version,
    message,
    purpose,
    accepted,
    ...(flags === undefined ? {} : { flags }),
    ...(now === undefined ? {} : { now }),
  };
  const found: FatedDiagnostic[] = diagnostics.map((diagnostic) => ({ diagnostic, fate: undefined }));
  append(found, runLintRules(textProtoRules, context, version));
  switch (kind) {
    case "batching-parameters":
      append(found, lintBatching(context, batchingView(message), options.role ?? "all"));
      break;
    case "per-model-batching":
      append(found, lintBatching(context, batchingView(message), "sizes"));
      break;
    case "model-server-config": {
      const view = modelConfigView(message);
      const platforms = options.platforms ?? new Set(["tensorflow"]);
      append(found, runLintRules(modelConfigRules, { ...context, view, platforms }, version));
      break;
    }
    case "monitoring-config":
      append(found, runLintRules(monitoringRules, context, version));
      break;
    case "ssl-config":
      append(found, runLintRules(sslRules, { ...context, view: sslView(message) }, version));
      break;
    case "platform-config": {
      const view = platformConfigView(message);
      append(found, runLintRules(platformRules, { ...context, view }, version));
      for (const platform of view.platforms) {
        const { batching, perModelBatching, noThreadingParams } = platform.legacy ?? {};
        if (batching === undefined || noThreadingParams?.value === true) continue;
        const role = perModelBatching?.value === true ? "pool" : "all";
        append(
          found,
          lintBatching({ ...context, message: platform.legacy?.node ?? message }, batching, role),
        );
      }
      break;
    }
    case "session-config":
      append(found, runLintRules(sessionRules, context, version));
      break;
    case "thread-pool-config":
      break;
  }
  // What a refused text seems to set is not worth more than the reason for which it is refused.
  const kept = accepted ? found : found.filter((item) => item.diagnostic.severity !== "info");
  return { found: kept, message, accepted };
}

function* lintBatching(
  context: TextContext,
  view: BatchingView,
  role: BatchingContext["role"],
): Generator<FatedDiagnostic> {
  yield* runLintRules(batchingRules, { ...context, view, role }, context.version);
}
