import { applyFixes, sortDiagnostics, UserError } from "@servable/diagnostics";
import { checkTextProto, detectKind, type TextProtoKind, textProtoKinds } from "@servable/linter/text-proto";
import { bytesOfText, textOfBytes } from "@servable/text-proto";
import type { Context } from "../cli/context.ts";
import { absolute } from "../cli/read-input.ts";
import { replaceFile } from "../cli/replace-file.ts";
import type { Findings } from "./findings.ts";

export interface TextOptions {
  readonly kind: TextProtoKind | undefined;
  readonly tfsVersion: string | undefined;
  readonly fix: boolean;
}

/** A fix can make room for another; each pass removes at least one, and this many are never needed. */
const MAX_PASSES = 12;

/** Checks one text proto. `path` is undefined for standard input. @throws UserError where its kind cannot be told */
export function checkTextFile(
  context: Context,
  findings: Findings,
  bytes: Uint8Array,
  shown: string,
  path: string | undefined,
  options: TextOptions,
): void {
  let text = textOfBytes(bytes);
  const kind = options.kind ?? detectKind(path ?? shown, text);
  if (kind === undefined) {
    throw new UserError("unknown-kind", `cannot tell what ${shown} is`, {
      hint: `say what kind of text proto it is with --kind: ${textProtoKinds.join(", ")}`,
    });
  }
  const check = () =>
    sortDiagnostics(
      checkTextProto(text, {
        file: shown,
        kind,
        ...(options.tfsVersion === undefined ? {} : { tfsVersion: options.tfsVersion }),
      }),
    );
  let diagnostics = check();
  if (options.fix) {
    const before = text;
    let fixes = 0;
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const { text: fixed, applied } = applyFixes(text, diagnostics);
      if (applied === 0 || fixed === text) break;
      text = fixed;
      fixes += applied;
      diagnostics = check();
    }
    if (text !== before) {
      if (path === undefined) context.out(bytesOfText(text));
      else {
        replaceFile(absolute(context, path), bytesOfText(text));
        context.err(`fixed ${fixes} problem${fixes === 1 ? "" : "s"} in ${shown}\n`);
      }
    }
  }
  findings.file(shown, text);
  findings.add(diagnostics);
}
