import { UserError } from "@servable/diagnostics";
import type { Context } from "./context.ts";

/** An error of a library that was given absolute paths, with those below the working folder as the user knows them. */
export function shownError(context: Context, error: UserError, hint = error.hint): UserError {
  const folder = context.cwd.endsWith("/") ? context.cwd : `${context.cwd}/`;
  const shown = (text: string): string => text.replaceAll(folder, "");
  return new UserError(error.code, shown(error.message), {
    exitCode: error.exitCode,
    cause: error,
    ...(hint === undefined ? {} : { hint: shown(hint) }),
  });
}
