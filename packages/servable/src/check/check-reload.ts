import { checkReload } from "@servable/linter/reload";
import { textOfBytes } from "@servable/text-proto";
import type { Context } from "../cli/context.ts";
import { readInput, shownPath } from "../cli/read-input.ts";
import type { Findings } from "./findings.ts";

/** Whether a running server that has `oldPath` would accept `newPath`, and what would load and unload. */
export async function checkConfigReload(
  context: Context,
  findings: Findings,
  newPath: string,
  oldPath: string,
  tfsVersion: string | undefined,
  argv: readonly string[] | undefined,
): Promise<void> {
  const newText = textOfBytes(await readInput(context, newPath));
  const oldText = textOfBytes(await readInput(context, oldPath));
  const newFile = newPath === "-" ? "<stdin>" : shownPath(context, newPath);
  const { parseServerFlags, defaultVersion } = await import("@servable/server-flags");
  const result = checkReload({
    newText,
    newFile,
    oldText,
    oldFile: shownPath(context, oldPath),
    cwd: context.cwd,
    ...(tfsVersion === undefined ? {} : { tfsVersion }),
    ...(argv === undefined ? {} : { flags: parseServerFlags(argv, tfsVersion ?? defaultVersion) }),
    displayPath: (path) => shownPath(context, path),
  });
  findings.file(newFile, newText);
  for (const [file, text] of result.texts) findings.source(file, text);
  findings.add(result.diagnostics);
  findings.reload = result.reload;
}
