import { type Diagnostic, UserError } from "@servable/diagnostics";
import { checkTextProto, detectKind, type TextProtoKind, textProtoKinds } from "@servable/linter/text-proto";
import { textOfBytes } from "@servable/text-proto";
import type { Context } from "../cli/context.ts";
import type { Findings } from "./findings.ts";
import { fixText } from "./fix-text.ts";

export interface TextOptions {
  readonly kind: TextProtoKind | undefined;
  readonly tfsVersion: string | undefined;
  readonly fix: boolean;
}

/** Checks one text proto. `path` is undefined for standard input. @throws UserError where its kind cannot be told */
export function checkTextFile(
  context: Context,
  findings: Findings,
  bytes: Uint8Array,
  shown: string,
  path: string | undefined,
  options: TextOptions,
): void {
  const read = textOfBytes(bytes);
  const kind = options.kind ?? detectKind(path ?? shown, read);
  if (kind === undefined) {
    throw new UserError("unknown-kind", `cannot tell what ${shown} is`, {
      hint: `say what kind of text proto it is with --kind: ${textProtoKinds.join(", ")}`,
    });
  }
  const version = options.tfsVersion === undefined ? {} : { tfsVersion: options.tfsVersion };
  const check = (text: string): { readonly diagnostics: readonly Diagnostic[] } => ({
    diagnostics: checkTextProto(text, { file: shown, kind, now: new Date(), ...version }),
  });
  const { text, result } = options.fix
    ? fixText(context, read, shown, path, check)
    : { text: read, result: check(read) };
  findings.file(shown, text);
  findings.add(result.diagnostics);
}
